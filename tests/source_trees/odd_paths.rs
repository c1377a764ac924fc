//! Symbolic links, pipes, and names that aren't UTF-8.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::process::Command;

use impact::source::Tree;

use super::{ORDERS, Sandbox, git_command, paths, text};

#[test]
fn links_to_files_are_read_and_others_left_out() {
    let sandbox = Sandbox::with_orders();
    sandbox.write("../secret.sql", "SELECT 'secret'\n");
    let links = [
        ("alias.sql", "orders.sql"),
        ("outside.sql", "../../secret.sql"),
        ("loop.sql", "loop.sql"),
        ("all", ".."),
        ("dangling.sql", "nothing.sql"),
    ];
    for (link, target) in links {
        symlink(target, sandbox.root.join("models").join(link)).unwrap();
    }
    let untracked = sandbox.work_tree();
    sandbox.commit_all();
    let (base, head) = sandbox.sides(None, false).unwrap();
    let (_, index) = sandbox.sides(None, true).unwrap();
    for tree in [&untracked as &dyn Tree, &*base, &*head, &*index] {
        assert_eq!(paths(tree), ["models/alias.sql", ORDERS], "{}", tree.name());
        assert_eq!(text(tree, "models/alias.sql"), "SELECT 1");
    }
}

#[test]
fn a_link_shows_the_changes_of_its_target() {
    let sandbox = Sandbox::with_orders();
    symlink("orders.sql", sandbox.root.join("models/alias.sql")).unwrap();
    sandbox.commit_all();
    sandbox.write(ORDERS, "SELECT 'two'\n");
    let (base, head) = sandbox.sides(None, false).unwrap();
    assert_eq!(text(&*base, "models/alias.sql"), "SELECT 1");
    assert_eq!(text(&*head, "models/alias.sql"), "SELECT 'two'");
}

#[test]
fn a_folder_replaced_by_a_link_is_not_followed() {
    let sandbox = Sandbox::with_orders();
    fs::rename(sandbox.root.join("models"), sandbox.root.join("../elsewhere")).unwrap();
    symlink("../elsewhere", sandbox.root.join("models")).unwrap();
    assert!(paths(&sandbox.work_tree()).is_empty());
}

#[test]
fn names_that_are_not_utf8_are_shown_and_read_one_by_one() {
    let sandbox = Sandbox::empty();
    let names: [&[u8]; 2] = [b"caf\xe8.sql", b"caf\xe9.sql"];
    for (name, number) in names.iter().zip(1..) {
        fs::write(sandbox.root.join(OsStr::from_bytes(name)), format!("SELECT {number}\n")).unwrap();
    }
    let untracked = sandbox.work_tree();
    sandbox.commit_all();
    let (base, head) = sandbox.sides(None, false).unwrap();
    for tree in [&untracked as &dyn Tree, &*base, &*head] {
        assert_eq!(paths(tree), ["caf\u{fffd}.sql"; 2]);
        let texts: Vec<_> = tree.entries().iter().map(|entry| tree.read(entry).unwrap().to_vec()).collect();
        assert_eq!(texts, [b"SELECT 1\n", b"SELECT 2\n"], "{}", tree.name());
    }
}

#[test]
fn a_pipe_is_no_file() {
    let sandbox = Sandbox::with_orders();
    fs::remove_file(sandbox.root.join(ORDERS)).unwrap();
    for path in [ORDERS, "models/pipe.sql"] {
        let made = Command::new("mkfifo").arg(sandbox.root.join(path)).status();
        assert!(made.unwrap().success());
    }
    assert!(paths(&sandbox.work_tree()).is_empty());
}

#[test]
fn an_index_cant_lead_out_of_the_work_tree() {
    let sandbox = Sandbox::with_orders();
    sandbox.write("../outside/secret.sql", "SELECT 'secret'\n");
    symlink("../outside", sandbox.root.join("linked")).unwrap();
    let id = sandbox.git(&["rev-parse", "HEAD:models/orders.sql"]);
    sandbox.write("../lines", format!("100644 {id} 2\tlinked/secret.sql\n"));
    let lines = fs::File::open(sandbox.root.join("../lines")).unwrap();
    let mut update = git_command(&sandbox.root);
    let updated = update.args(["update-index", "--index-info"]).stdin(lines).status();
    assert!(updated.unwrap().success());
    assert_eq!(paths(&sandbox.work_tree()), [ORDERS]);
}
