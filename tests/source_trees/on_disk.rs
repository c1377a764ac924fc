//! The index and the work tree: what is tracked, staged, modified, ignored.

use std::fs;
use std::time::{Instant, SystemTime};

use impact::source::{IndexTree, MemoryTree};

use super::{ORDERS, Sandbox, git_command, paths, read, same_content, text, unreadable};

#[test]
fn modified_staged_untracked_and_ignored_files() {
    let sandbox = Sandbox::with_orders();
    sandbox.commit("models/gone.sql", "SELECT 1\n");
    sandbox.commit(".gitignore", "*.tmp\n/target/\n");
    sandbox.write("models/staged.sql", "SELECT 'staged'\n");
    sandbox.git(&["add", "-A"]);
    sandbox.write("models/staged.sql", "SELECT 'unstaged'\n");
    sandbox.write("models/new/untracked.sql", "SELECT 'new'\n");
    sandbox.write("models/x.tmp", "ignored");
    sandbox.write("target/y.sql", "ignored");
    fs::remove_file(sandbox.root.join("models/gone.sql")).unwrap();

    let tree = sandbox.work_tree();
    let expected = [".gitignore", "models/new/untracked.sql", ORDERS, "models/staged.sql"];
    assert_eq!(paths(&tree), expected);
    assert_eq!(text(&tree, "models/staged.sql"), "SELECT 'unstaged'");
    assert_eq!(text(&tree, "models/new/untracked.sql"), "SELECT 'new'");

    let index = IndexTree::open(&sandbox.repository()).unwrap();
    let expected = [".gitignore", "models/gone.sql", ORDERS, "models/staged.sql"];
    assert_eq!(paths(&index), expected);
    assert_eq!(text(&index, "models/staged.sql"), "SELECT 'staged'");
}

#[test]
fn equal_bytes_have_equal_ids_in_every_kind_of_tree() {
    let sandbox = Sandbox::with_orders();
    sandbox.write("copy.sql", "SELECT 1\n");
    let (base, head) = sandbox.sides(None, false).unwrap();
    assert!(same_content(&*base, &*head, ORDERS));
    assert_eq!(head.find("copy.sql").unwrap().id, base.find(ORDERS).unwrap().id);
    let memory = MemoryTree::new("demo", [(ORDERS, "SELECT 1\n")]);
    assert!(same_content(&*base, &memory, ORDERS));
}

#[test]
fn a_renamed_file_keeps_its_id() {
    let sandbox = Sandbox::with_orders();
    sandbox.git(&["mv", ORDERS, "models/purchases.sql"]);
    for staged in [false, true] {
        let (base, head) = sandbox.sides(None, staged).unwrap();
        assert_eq!(paths(&*head), ["models/purchases.sql"]);
        assert_eq!(base.entries()[0].id, head.entries()[0].id);
    }
}

#[test]
fn a_file_that_changes_after_it_was_listed_is_an_error() {
    let sandbox = Sandbox::with_orders();
    sandbox.write(ORDERS, "SELECT 'two'\n");
    let tree = sandbox.work_tree();
    sandbox.write(ORDERS, "SELECT 'three'\n");
    let error = unreadable(&tree, ORDERS);
    assert_eq!(error.message, "models/orders.sql changed while it was being read");
}

#[test]
fn a_folder_in_place_of_a_file_and_the_other_way_round() {
    let sandbox = Sandbox::with_orders();
    sandbox.commit("marts/a.sql", "SELECT 1\n");
    fs::remove_file(sandbox.root.join(ORDERS)).unwrap();
    sandbox.write("models/orders.sql/x.sql", "SELECT 2\n");
    fs::remove_dir_all(sandbox.root.join("marts")).unwrap();
    sandbox.write("marts", "SELECT 3\n");
    assert_eq!(paths(&sandbox.work_tree()), ["marts", "models/orders.sql/x.sql"]);
}

#[test]
fn a_sparse_checkout_takes_from_the_index_what_is_not_on_disk() {
    let sandbox = Sandbox::with_orders();
    sandbox.commit("marts/a.sql", "SELECT 2\n");
    sandbox.git(&["sparse-checkout", "set", "--no-cone", "/models/"]);
    assert!(!sandbox.root.join("marts").exists());
    let (base, head) = sandbox.sides(None, false).unwrap();
    assert_eq!(paths(&*base), paths(&*head));
    assert_eq!(text(&*head, "marts/a.sql"), "SELECT 2");
}

#[test]
fn a_sparse_or_split_index_is_refused_with_the_way_out() {
    let sandbox = Sandbox::with_orders();
    sandbox.commit("marts/deep/a.sql", "SELECT 2\n");
    sandbox.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "models"]);
    assert!(sandbox.refused(None, false).help.unwrap().contains("git sparse-checkout reapply"));
    sandbox.git(&["sparse-checkout", "reapply", "--no-sparse-index"]);
    assert_eq!(text(&sandbox.work_tree(), "marts/deep/a.sql"), "SELECT 2");
    sandbox.git(&["update-index", "--split-index"]);
    assert!(sandbox.refused(None, true).help.unwrap().contains("--no-split-index"));
}

#[test]
fn an_announced_file_is_on_disk_but_not_in_the_index() {
    let sandbox = Sandbox::with_orders();
    sandbox.write("models/later.sql", "SELECT 2\n");
    sandbox.git(&["add", "-N", "models/later.sql"]);
    assert_eq!(paths(&IndexTree::open(&sandbox.repository()).unwrap()), [ORDERS]);
    assert_eq!(text(&sandbox.work_tree(), "models/later.sql"), "SELECT 2");
}

#[test]
fn a_conflict_is_unreadable_in_the_index_and_a_file_on_disk() {
    let sandbox = Sandbox::with_orders();
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    sandbox.commit(ORDERS, "SELECT 2\n");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.commit(ORDERS, "SELECT 3\n");
    let merge = git_command(&sandbox.root).args(["merge", "-q", "topic"]).output();
    assert!(!merge.unwrap().status.success());

    let index = IndexTree::open(&sandbox.repository()).unwrap();
    assert_eq!(paths(&index), [ORDERS]);
    let error = unreadable(&index, ORDERS);
    assert_eq!(error.message, "models/orders.sql has an unresolved merge conflict in the index");

    let tree = sandbox.work_tree();
    assert_eq!(paths(&tree), [ORDERS]);
    assert!(text(&tree, ORDERS).contains("======="));
}

#[test]
fn line_endings_that_git_would_convert_make_no_difference() {
    let sandbox = Sandbox::empty();
    sandbox.write(".gitattributes", "*.sql text\n*.csv -text\n");
    sandbox.write("seed.csv", "id\n");
    sandbox.commit(ORDERS, "SELECT 1\nFROM t\n");
    sandbox.write(ORDERS, "SELECT 1\r\nFROM t\r\n");
    sandbox.write("seed.csv", "id\r\n");
    let (base, head) = sandbox.sides(None, false).unwrap();
    assert!(same_content(&*base, &*head, ORDERS));
    assert!(!same_content(&*base, &*head, "seed.csv"));
    assert_eq!(read(&*head, ORDERS).unwrap(), "SELECT 1\nFROM t\n");
    assert_eq!(read(&*head, "seed.csv").unwrap(), "id\r\n");

    sandbox.write(ORDERS, "SELECT 1\r\nFROM t\r\nWHERE x\r\n");
    assert_eq!(read(&sandbox.work_tree(), ORDERS).unwrap(), "SELECT 1\nFROM t\nWHERE x\n");
}

#[test]
fn autocrlf_leaves_alone_what_is_stored_with_carriage_returns() {
    let sandbox = Sandbox::empty();
    sandbox.write("crlf.sql", "SELECT 1\r\n");
    sandbox.commit("lf.sql", "SELECT 1\n");
    sandbox.git(&["config", "core.autocrlf", "true"]);
    sandbox.write("crlf.sql", "SELECT 'two'\r\n");
    sandbox.write("lf.sql", "SELECT 'two'\r\n");
    let tree = sandbox.work_tree();
    assert_eq!(read(&tree, "crlf.sql").unwrap(), "SELECT 'two'\r\n");
    assert_eq!(read(&tree, "lf.sql").unwrap(), "SELECT 'two'\n");
}

#[test]
fn nothing_is_written() {
    let sandbox = Sandbox::with_orders();
    let orders = fs::File::options().append(true).open(sandbox.root.join(ORDERS));
    orders.unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    sandbox.write("new.sql", "SELECT 2\n");
    let state = || {
        let index = fs::read(sandbox.root.join(".git/index")).unwrap();
        (index, sandbox.git(&["count-objects", "-v"]))
    };
    let before = state();
    sandbox.orders(None, false);
    sandbox.orders(None, true);
    assert_eq!(state(), before);
}

#[test]
fn thousands_of_files_are_listed_quickly() {
    let sandbox = Sandbox::empty();
    for n in 0..2000 {
        sandbox.write(&format!("models/m{}/model_{n}.sql", n % 50), format!("SELECT {n}\n"));
    }
    sandbox.commit_all();
    sandbox.write("models/m1/model_1.sql", "SELECT 'changed'\n");
    let start = Instant::now();
    let (base, head) = sandbox.sides(None, false).unwrap();
    let took = start.elapsed();
    assert_eq!((base.entries().len(), head.entries().len()), (2000, 2000));
    println!("listed in {took:?}");
    // A few dozen milliseconds on an idle machine; the margin is for busy ones.
    assert!(took.as_millis() < 1000, "{took:?}");
}
