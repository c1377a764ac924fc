//! Trees of real repositories: each test builds a small one with `git` and reads it as `impact diff` would.

mod lost_content;
mod odd_paths;
mod on_disk;
mod ranges;
mod repositories;
mod unknown_revisions;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use impact::source::{Range, ReadError, Repository, Sides, SourceError, Tree, WorkTree, open};
use tempfile::TempDir;

const ORDERS: &str = "models/orders.sql";

/// A repository in a temporary folder.
struct Sandbox {
    _folder: TempDir,
    root: PathBuf,
}

impl Sandbox {
    /// Without commits.
    fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        let root = folder.path().canonicalize().unwrap().join("project");
        fs::create_dir(&root).unwrap();
        let sandbox = Sandbox { _folder: folder, root };
        sandbox.git(&["init", "-q", "-b", "main"]);
        for (key, value) in [("core.autocrlf", "false"), ("core.excludesFile", ""), ("core.symlinks", "true")] {
            sandbox.git(&["config", key, value]);
        }
        sandbox
    }

    /// With one commit: `models/orders.sql` holds `SELECT 1`.
    fn with_orders() -> Self {
        let sandbox = Self::empty();
        sandbox.commit(ORDERS, "SELECT 1\n");
        sandbox
    }

    fn git(&self, arguments: &[&str]) -> String {
        run_git(&self.root, arguments)
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let file = self.root.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Writes a file and commits everything.
    fn commit(&self, path: &str, text: impl AsRef<[u8]>) {
        self.write(path, text);
        self.commit_all();
    }

    fn commit_all(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "change"]);
    }

    fn repository(&self) -> Repository {
        Repository::discover(&self.root).unwrap()
    }

    fn work_tree(&self) -> WorkTree {
        WorkTree::open(&self.repository()).unwrap()
    }

    fn sides(&self, typed: Option<&str>, staged: bool) -> Result<Sides, SourceError> {
        open(&self.repository(), &Range::parse(typed)?, staged)
    }

    /// `models/orders.sql` on both sides.
    fn orders(&self, typed: Option<&str>, staged: bool) -> [String; 2] {
        let (base, head) = self.sides(typed, staged).unwrap();
        [text(&*base, ORDERS), text(&*head, ORDERS)]
    }

    fn refused(&self, typed: Option<&str>, staged: bool) -> SourceError {
        self.sides(typed, staged).err().expect("should be refused")
    }
}

fn run_git(folder: &Path, arguments: &[&str]) -> String {
    let output = git_command(folder).args(arguments).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {stderr}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// `git` without the settings of whoever runs the tests.
fn git_command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com"])
        .args(["-c", "protocol.file.allow=always", "-c", "commit.gpgSign=false"])
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" });
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    command
}

fn paths(tree: &dyn Tree) -> Vec<&str> {
    tree.entries().iter().map(|entry| &*entry.path).collect()
}

fn read(tree: &dyn Tree, path: &str) -> Result<String, ReadError> {
    let entry = tree.find(path).unwrap_or_else(|| panic!("no {path} in {}", tree.name()));
    Ok(String::from_utf8(tree.read(entry)?.to_vec()).unwrap())
}

fn text(tree: &dyn Tree, path: &str) -> String {
    read(tree, path).unwrap().trim().to_owned()
}

fn unreadable(tree: &dyn Tree, path: &str) -> ReadError {
    read(tree, path).expect_err("should be unreadable")
}

fn same_content(a: &dyn Tree, b: &dyn Tree, path: &str) -> bool {
    a.find(path).unwrap().id == b.find(path).unwrap().id
}
