//! Revisions that lead nowhere, and what the user is told.

use std::fs;

use super::Sandbox;

#[test]
fn the_help_lists_what_was_tried() {
    let error = Sandbox::with_orders().refused(Some("mian~2"), false);
    assert_eq!(error.message, "unknown revision `mian~2`");
    let tried = "tried it as a commit hash, refs/tags/mian, refs/heads/mian and refs/remotes/mian";
    assert_eq!(error.help.as_deref(), Some(tried));
}

#[test]
fn a_history_that_ends_earlier_is_told_from_an_unknown_name() {
    let help = Sandbox::with_orders().refused(Some("HEAD~5"), false).help;
    assert_eq!(help.as_deref(), Some("`HEAD` is there, but not what `HEAD~5` leads to"));
}

#[test]
fn a_path_is_recognised() {
    let error = Sandbox::with_orders().refused(Some("models"), false);
    assert!(error.help.unwrap().starts_with("`models` is a path"));
}

#[test]
fn a_branch_of_a_remote_is_suggested() {
    let sandbox = Sandbox::with_orders();
    sandbox.git(&["remote", "add", "upstream", "https://example.com/project.git"]);
    sandbox.git(&["update-ref", "refs/remotes/upstream/develop", "HEAD"]);
    let error = sandbox.refused(Some("develop~1...HEAD"), false);
    assert_eq!(error.help.as_deref(), Some("did you mean `upstream/develop~1`?"));
}

#[test]
fn a_folder_or_a_file_is_no_commit() {
    let sandbox = Sandbox::with_orders();
    let message = |typed| sandbox.refused(Some(typed), false).message;
    assert_eq!(message("HEAD:models"), "`HEAD:models` is a folder, not a commit");
    let file = "`HEAD:models/orders.sql` is a file, not a commit";
    assert_eq!(message("HEAD:models/orders.sql"), file);
}

#[test]
fn hostile_text_is_only_looked_up() {
    let sandbox = Sandbox::with_orders();
    let texts = ["HEAD~99999999999999999999", "HEAD^{", "@{", "\0", "HEAD@{99999}", ":/[", "a b", "^", "~", "HEAD:"];
    for typed in texts {
        assert!(sandbox.sides(Some(typed), false).is_err(), "{typed:?}");
    }
}

#[test]
fn the_start_of_two_hashes_is_ambiguous() {
    let sandbox = Sandbox::with_orders();
    let id = sandbox.git(&["rev-parse", "HEAD"]);
    let (folder, file) = id.split_at(2);
    // A lookup by prefix goes by file names, so a second object needs no content of its own.
    let objects = sandbox.root.join(".git/objects").join(folder);
    let twin = format!("{}{}", &file[..18], "0".repeat(20));
    fs::copy(objects.join(file), objects.join(twin)).unwrap();
    let error = sandbox.refused(Some(&id[..12]), false);
    assert_eq!(error.message, format!("`{}` is the start of more than one object's hash", &id[..12]));
    assert_eq!(error.help.as_deref(), Some("type more of the hash"));
}
