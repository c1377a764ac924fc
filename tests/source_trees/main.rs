//! Trees of real repositories: each test builds a small one with `git` and reads it as `impact diff` would.

mod lost_content;
mod odd_paths;
mod on_disk;
mod ranges;
mod repositories;
#[path = "../sandbox/mod.rs"]
mod sandbox;
mod unknown_revisions;

use impact::source::{Range, ReadError, Repository, Sides, SourceError, Tree, WorkTree, open};

use sandbox::{Sandbox, git_command, run_git};

const ORDERS: &str = "models/orders.sql";

impl Sandbox {
    /// With one commit: `models/orders.sql` holds `SELECT 1`.
    fn with_orders() -> Self {
        let sandbox = Self::empty();
        sandbox.commit(ORDERS, "SELECT 1\n");
        sandbox
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
