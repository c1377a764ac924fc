//! Content that isn't in the clone: shallow, partial, damaged, in Git LFS, too large.

use std::fs;

use impact::source::{Range, Repository, open};

use super::{ORDERS, Sandbox, paths, run_git, same_content, text, unreadable};

const SEED: &str = "seeds/big.csv";
const POINTER: &str = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 12345\n";

/// Three commits, cloned to `../clone` with these options.
fn cloned(options: &[&str]) -> (Sandbox, Repository) {
    let sandbox = Sandbox::with_orders();
    sandbox.commit(ORDERS, "SELECT 2\n");
    sandbox.git(&["branch", "old"]);
    sandbox.commit(ORDERS, "SELECT 3\n");
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", sandbox.root.display());
    sandbox.git(&[&["clone", "-q"], options, &[&url, "../clone"]].concat());
    let repository = Repository::discover(&sandbox.root.join("../clone")).unwrap();
    (sandbox, repository)
}

fn remove_object(sandbox: &Sandbox, revision: &str) -> String {
    let id = sandbox.git(&["rev-parse", revision]);
    let (folder, file) = id.split_at(2);
    fs::remove_file(sandbox.root.join(".git/objects").join(folder).join(file)).unwrap();
    id
}

#[test]
fn a_shallow_clone_reads_what_it_has_and_names_the_way_to_the_rest() {
    let (_sandbox, repository) = cloned(&["--depth", "1", "--no-single-branch"]);
    let (base, _) = open(&repository, &Range::Head, false).unwrap();
    assert_eq!(text(&*base, ORDERS), "SELECT 3");
    for typed in ["HEAD~1", "HEAD~1..HEAD", "unknown", "origin/old...HEAD"] {
        let range = Range::parse(Some(typed)).unwrap();
        let error = open(&repository, &range, false).err();
        let help = error.unwrap_or_else(|| panic!("{typed} was found")).help.unwrap();
        assert!(help.contains("git fetch --unshallow"), "{typed}: {help}");
        assert!(help.contains("fetch-depth: 0"), "{typed}: {help}");
    }
}

#[test]
fn a_partial_clone_opens_and_names_the_command_that_completes_it() {
    let (sandbox, repository) = cloned(&["--filter=blob:none"]);
    let (base, head) = open(&repository, &Range::parse(Some("HEAD~1")).unwrap(), false).unwrap();
    assert_eq!(text(&*head, ORDERS), "SELECT 3");
    let error = unreadable(&*base, ORDERS);
    let id = sandbox.git(&["rev-parse", "HEAD~1:models/orders.sql"]);
    assert_eq!(error.message, format!("models/orders.sql isn't in this clone: object {id} is missing"));
    assert!(error.help.unwrap().contains("git fetch --refetch --no-filter"));
    run_git(&sandbox.root.join("../clone"), &["fetch", "-q", "--refetch", "--no-filter"]);
    assert_eq!(text(&*base, ORDERS), "SELECT 2");
}

#[test]
fn a_missing_file_costs_only_itself() {
    let sandbox = Sandbox::with_orders();
    sandbox.commit("models/lost.sql", "SELECT 'lost'\n");
    let id = remove_object(&sandbox, "HEAD:models/lost.sql");
    let (base, head) = sandbox.sides(None, false).unwrap();
    assert_eq!(text(&*base, ORDERS), "SELECT 1");
    let error = unreadable(&*base, "models/lost.sql");
    assert_eq!(error.message, format!("models/lost.sql isn't in this clone: object {id} is missing"));
    assert!(error.help.unwrap().contains("git fetch --refetch"));
    assert_eq!(text(&*head, "models/lost.sql"), "SELECT 'lost'");
}

#[test]
fn a_missing_folder_is_an_error_for_the_whole() {
    let sandbox = Sandbox::with_orders();
    let id = remove_object(&sandbox, "HEAD:models");
    let error = sandbox.refused(None, false);
    assert_eq!(error.message, format!("models isn't in this clone: object {id} is missing"));
}

#[test]
fn a_damaged_object_is_said_to_be_damaged() {
    let sandbox = Sandbox::with_orders();
    let id = remove_object(&sandbox, "HEAD:models/orders.sql");
    let (folder, file) = id.split_at(2);
    sandbox.write(&format!(".git/objects/{folder}/{file}"), "garbage");
    let (base, _) = sandbox.sides(None, false).unwrap();
    let error = unreadable(&*base, ORDERS);
    let message = format!("models/orders.sql can't be read: object {id}: ");
    assert!(error.message.starts_with(&message), "{error}");
    assert!(error.help.unwrap().contains("git fsck"));
}

#[test]
fn a_git_lfs_pointer_is_no_content() {
    let sandbox = Sandbox::with_orders();
    sandbox.commit(SEED, POINTER);
    let (base, head) = sandbox.sides(None, false).unwrap();
    let (_, index) = sandbox.sides(None, true).unwrap();
    for tree in [&base, &head, &index] {
        let error = unreadable(&**tree, SEED);
        assert_eq!(error.message, "seeds/big.csv is a Git LFS pointer; its content isn't in this clone");
        assert!(error.help.unwrap().contains("git lfs pull"));
    }
}

#[test]
fn a_pulled_git_lfs_file_is_read_from_disk() {
    let sandbox = Sandbox::with_orders();
    // What Git LFS does when a file is added: the index gets the pointer, the file stays as it is.
    sandbox.write("../pointer", POINTER);
    sandbox.git(&["config", "filter.lfs.clean", "cat ../pointer"]);
    sandbox.write(".gitattributes", "*.csv filter=lfs\n");
    sandbox.write(SEED, "id\n1\n");
    let written = fs::File::options().append(true).open(sandbox.root.join(SEED)).unwrap();
    written.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    sandbox.commit_all();
    let (base, head) = sandbox.sides(None, false).unwrap();
    assert_eq!(unreadable(&*base, SEED).message, "seeds/big.csv is a Git LFS pointer; its content isn't in this clone");
    assert_eq!(text(&*head, SEED), "id\n1");
    assert!(same_content(&*base, &*head, SEED));
}

#[test]
fn a_file_over_the_limit_is_listed_but_not_read() {
    let sandbox = Sandbox::with_orders();
    sandbox.write(SEED, "");
    let seed = fs::File::options().write(true).open(sandbox.root.join(SEED)).unwrap();
    seed.set_len((64 << 20) + 1).unwrap();
    let message = "seeds/big.csv is too large to read: 65 MiB, the limit is 64 MiB";
    assert_eq!(unreadable(&sandbox.work_tree(), SEED).message, message);
    sandbox.commit_all();
    let (base, head) = sandbox.sides(None, false).unwrap();
    assert_eq!(paths(&*base), paths(&*head));
    assert_eq!(unreadable(&*base, SEED).message, message);
}
