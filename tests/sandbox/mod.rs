//! A git repository in a temporary folder, made with `git` and without the settings of whoever runs the tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A repository in a temporary folder.
pub struct Sandbox {
    _folder: TempDir,
    pub root: PathBuf,
}

impl Sandbox {
    /// Without commits.
    pub fn empty() -> Self {
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

    pub fn git(&self, arguments: &[&str]) -> String {
        run_git(&self.root, arguments)
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let file = self.root.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Writes a file and commits everything.
    pub fn commit(&self, path: &str, text: impl AsRef<[u8]>) {
        self.write(path, text);
        self.commit_all();
    }

    pub fn commit_all(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "change"]);
    }
}

pub fn run_git(folder: &Path, arguments: &[&str]) -> String {
    let output = git_command(folder).args(arguments).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {stderr}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// `git` without the settings of whoever runs the tests.
pub fn git_command(folder: &Path) -> Command {
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
