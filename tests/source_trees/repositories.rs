//! Where a repository is found, and kinds of repositories: bare, linked worktree, submodule, hostile.

use std::fs;
use std::path::Path;
use std::process::Command;

use impact::source::{IndexTree, Range, Repository, open, open_revision};
use tempfile::TempDir;

use super::{ORDERS, Sandbox, paths, run_git, text};

#[test]
fn it_is_found_from_a_folder_below() {
    let sandbox = Sandbox::with_orders();
    let repository = Repository::discover(&sandbox.root.join("models")).unwrap();
    assert_eq!(repository.workdir().unwrap().canonicalize().unwrap(), sandbox.root);
}

#[test]
fn outside_of_one_the_error_says_so() {
    let folder = TempDir::new().unwrap();
    let message = |path: &Path| Repository::discover(path).err().unwrap().message;
    assert!(message(folder.path()).ends_with("is not in a git repository"));
    assert!(message(&folder.path().join("nowhere")).starts_with("there is no folder at"));
}

#[test]
fn without_commits_the_base_is_empty() {
    let sandbox = Sandbox::empty();
    sandbox.write(ORDERS, "SELECT 1\n");
    for typed in [None, Some("HEAD")] {
        let (base, head) = sandbox.sides(typed, false).unwrap();
        assert_eq!((base.name(), base.commit()), ("HEAD (no commits yet)", None));
        assert!(base.entries().is_empty());
        assert_eq!(text(&*head, ORDERS), "SELECT 1");
    }
    let help = sandbox.refused(Some("HEAD~1"), false).help;
    assert_eq!(help.as_deref(), Some("the current branch has no commits yet"));
}

#[test]
fn a_bare_repository_compares_revisions_only() {
    let sandbox = Sandbox::with_orders();
    sandbox.commit(ORDERS, "SELECT 2\n");
    sandbox.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let repository = Repository::discover(&sandbox.root.join("../bare.git")).unwrap();
    let (base, head) = open(&repository, &Range::parse(Some("HEAD~1..")).unwrap(), false).unwrap();
    assert_eq!([text(&*base, ORDERS), text(&*head, ORDERS)], ["SELECT 1", "SELECT 2"]);
    for (staged, what) in [(false, "work tree"), (true, "index")] {
        let error = open(&repository, &Range::Head, staged).err().unwrap();
        let message = format!("this is a bare repository: it has no {what} to compare HEAD with");
        assert_eq!(error.message, message);
        assert!(error.help.unwrap().contains("impact diff HEAD~1..HEAD"));
    }
}

#[test]
fn a_linked_worktree_has_its_own_head_and_index() {
    let sandbox = Sandbox::with_orders();
    sandbox.git(&["worktree", "add", "-q", "-b", "topic", "../linked"]);
    let linked = sandbox.root.join("../linked").canonicalize().unwrap();
    let write = |text: &str| fs::write(linked.join(ORDERS), text).unwrap();
    write("SELECT 2\n");
    run_git(&linked, &["commit", "-q", "-am", "two"]);
    write("SELECT 3\n");
    run_git(&linked, &["add", "-A"]);
    write("SELECT 4\n");
    let repository = Repository::discover(&linked).unwrap();
    let both = |typed, staged| {
        let (base, head) = open(&repository, &Range::parse(typed).unwrap(), staged).unwrap();
        [text(&*base, ORDERS), text(&*head, ORDERS)]
    };
    assert_eq!(both(None, false), ["SELECT 2", "SELECT 4"]);
    assert_eq!(both(None, true), ["SELECT 2", "SELECT 3"]);
    assert_eq!(both(Some("main.."), false), ["SELECT 1", "SELECT 2"]);
    assert_eq!(sandbox.orders(None, false), ["SELECT 1", "SELECT 1"]);
}

#[test]
fn many_threads_read_one_tree() {
    let sandbox = Sandbox::empty();
    for n in 0..64 {
        sandbox.write(&format!("models/m{n}.sql"), format!("SELECT {n}\n"));
    }
    sandbox.commit_all();
    let tree = &open_revision(&sandbox.repository(), "HEAD").unwrap();
    let read_all = move || {
        for n in 0..64 {
            assert_eq!(text(tree, &format!("models/m{n}.sql")), format!("SELECT {n}"));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(read_all);
        }
    });
}

#[test]
fn submodules_are_named_but_not_read() {
    let inner = Sandbox::with_orders();
    let sandbox = Sandbox::with_orders();
    sandbox.git(&["submodule", "add", "-q", inner.root.to_str().unwrap(), "vendor/shared"]);
    sandbox.commit_all();
    sandbox.write("notes/readme.txt", "text");
    sandbox.git(&["init", "-q", "untracked_clone"]);
    sandbox.write("untracked_clone/models/x.sql", "SELECT 1\n");
    let (base, head) = sandbox.sides(None, false).unwrap();
    assert_eq!(paths(&*base), [".gitmodules", ORDERS]);
    assert_eq!(base.submodules(), ["vendor/shared"]);
    assert_eq!(paths(&*head), [".gitmodules", ORDERS, "notes/readme.txt"]);
    assert_eq!(head.submodules(), ["untracked_clone", "vendor/shared"]);
    let index = IndexTree::open(&sandbox.repository()).unwrap();
    assert_eq!(index.submodules(), ["vendor/shared"]);

    let own = Repository::discover(&sandbox.root.join("vendor/shared")).unwrap();
    let (_, head) = open(&own, &Range::Head, false).unwrap();
    assert_eq!(text(&*head, ORDERS), "SELECT 1");
}

#[test]
fn a_few_objects_that_stand_for_endless_folders_are_given_up() {
    let sandbox = Sandbox::empty();
    let make_tree = |lines: String| {
        sandbox.write("../lines", lines);
        let stdin = fs::File::open(sandbox.root.join("../lines")).unwrap();
        let mut mktree = Command::new("git");
        let output = mktree.current_dir(&sandbox.root).arg("mktree").stdin(stdin).output();
        String::from_utf8(output.unwrap().stdout).unwrap().trim().to_owned()
    };
    let mut folder = make_tree(String::new());
    for _ in 0..12 {
        folder = make_tree((0..10).map(|n| format!("040000 tree {folder}\tf{n}\n")).collect());
    }
    let commit = sandbox.git(&["commit-tree", &folder, "-m", "deep"]);
    let error = open_revision(&sandbox.repository(), &commit).err().unwrap();
    assert_eq!(error.message, "the commit has more than 2000000 files and folders");
}
