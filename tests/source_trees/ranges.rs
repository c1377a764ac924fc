//! Every form of a range, and the two states that it names.

use impact::source::open_revision;

use super::{ORDERS, Sandbox, text};

/// main: 1, 2, 3; topic leaves main at 2 and has 4. Staged: 5. On disk: 6.
fn forked() -> Sandbox {
    let sandbox = Sandbox::with_orders();
    sandbox.commit(ORDERS, "SELECT 2\n");
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    sandbox.commit(ORDERS, "SELECT 4\n");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.commit(ORDERS, "SELECT 3\n");
    sandbox.git(&["checkout", "-q", "topic"]);
    sandbox.write(ORDERS, "SELECT 5\n");
    sandbox.git(&["add", "-A"]);
    sandbox.write(ORDERS, "SELECT 6\n");
    sandbox
}

#[test]
fn each_form_reads_its_two_states() {
    let sandbox = forked();
    let cases = [
        (None, false, ["4", "6"]),
        (None, true, ["4", "5"]),
        (Some("main"), false, ["3", "6"]),
        (Some("main"), true, ["3", "5"]),
        (Some("HEAD~2"), false, ["1", "6"]),
        (Some("main..topic"), false, ["3", "4"]),
        (Some("main.."), false, ["3", "4"]),
        (Some("..main"), false, ["4", "3"]),
        (Some("main...topic"), false, ["2", "4"]),
        (Some("main..."), false, ["2", "4"]),
        (Some("...main"), false, ["2", "3"]),
    ];
    for (typed, staged, expected) in cases {
        let expected = expected.map(|n| format!("SELECT {n}"));
        assert_eq!(sandbox.orders(typed, staged), expected, "{typed:?} staged: {staged}");
    }
}

#[test]
fn states_are_called_as_they_were_typed() {
    let sandbox = forked();
    let names = |typed, staged| {
        let (base, head) = sandbox.sides(typed, staged).unwrap();
        [base, head].map(|tree| (tree.name().to_owned(), tree.commit().map(str::to_owned)))
    };
    let at = |name: &str, revision| (name.to_owned(), Some(sandbox.git(&["rev-parse", revision])));
    let files = |name: &str| (name.to_owned(), None);
    let fork = format!("main (merge base {})", &sandbox.git(&["rev-parse", "main~1"])[..7]);
    assert_eq!(names(None, false), [at("HEAD", "HEAD"), files("work tree")]);
    assert_eq!(names(Some("HEAD~1"), true), [at("HEAD~1", "HEAD~1"), files("index")]);
    assert_eq!(names(Some("main..topic"), false), [at("main", "main"), at("topic", "topic")]);
    assert_eq!(names(Some("main..."), false), [at(&fork, "main~1"), at("HEAD", "HEAD")]);
}

#[test]
fn a_revision_is_a_branch_a_tag_a_hash_or_a_place_near_one() {
    let sandbox = forked();
    sandbox.git(&["tag", "-a", "v1", "-m", "first", "main"]);
    let short = &sandbox.git(&["rev-parse", "main"])[..10];
    for revision in ["main", "v1", "v1^{commit}", "refs/heads/main", short, "main^0", "@{-1}"] {
        let tree = open_revision(&sandbox.repository(), revision).unwrap();
        assert_eq!(text(&tree, ORDERS), "SELECT 3", "{revision}");
    }
}

#[test]
fn a_range_and_the_index_dont_go_together() {
    let error = forked().refused(Some("main..topic"), true);
    assert!(error.message.contains("`--staged` compares with the index"), "{error}");
}

#[test]
fn unrelated_histories_have_no_merge_base() {
    let sandbox = Sandbox::with_orders();
    sandbox.git(&["checkout", "-q", "--orphan", "other"]);
    sandbox.commit(ORDERS, "SELECT 2\n");
    let error = sandbox.refused(Some("main...other"), false);
    assert_eq!(error.message, "`main` and `other` have no common commit");
    assert!(error.help.unwrap().contains("two dots"));
}
