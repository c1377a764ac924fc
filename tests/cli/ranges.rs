//! Every way to say what is compared with what, and which project.

use super::{CONFIG, ORDERS, REVENUE, Sandbox, diff, edited_shop, impact, impact_in, shop, verdicts, write_shop};

const BROKEN: [(&str, &str); 2] = [("shop.orders", "breaking"), ("shop.revenue", "breaking")];

/// Three commits: as it was, another currency, a comment.
fn history() -> Sandbox {
    let sandbox = edited_shop();
    sandbox.commit_all();
    sandbox.commit("models/statuses.sql", format!("-- seen\n{}", super::STATUSES));
    sandbox
}

#[test]
fn the_work_tree_against_head() {
    let sandbox = edited_shop();
    let analysis = diff(&sandbox, &[]);
    assert_eq!((&analysis["base"]["rev"], &analysis["head"]["rev"]), (&"HEAD".into(), &"work tree".into()));
    let breaking: Vec<_> = verdicts(&analysis).into_iter().filter(|(_, verdict)| *verdict == "breaking").collect();
    assert_eq!(breaking, BROKEN);
    let total = &analysis["models"][1]["columns"][1];
    assert_eq!((&total["name"], &total["effect"]), (&"total".into(), &"value".into()));
}

#[test]
fn untracked_files_count_and_ignored_ones_don_t() {
    let sandbox = shop();
    sandbox.commit(".gitignore", "models/scratch.sql\n");
    let model = |name: &str| format!("MODEL (name shop.{name}, kind VIEW);\nSELECT 1 AS one\n");
    sandbox.write("models/fresh.sql", model("fresh"));
    sandbox.write("models/scratch.sql", model("scratch"));
    assert_eq!(verdicts(&diff(&sandbox, &[])), [("shop.fresh", "non_breaking")]);
    assert_eq!(verdicts(&diff(&sandbox, &["--staged"])), []);
}

#[test]
fn the_work_tree_against_a_revision() {
    let sandbox = history();
    assert_eq!(verdicts(&diff(&sandbox, &["HEAD"])), []);
    let since = diff(&sandbox, &["HEAD~2"]);
    assert!(verdicts(&since).starts_with(&BROKEN));
    assert_eq!(since["base"]["commit"].as_str().unwrap(), sandbox.git(&["rev-parse", "HEAD~2"]));
}

#[test]
fn two_revisions_whatever_the_work_tree_holds() {
    let sandbox = history();
    sandbox.write("models/orders.sql", "not SQL at all (");
    assert!(verdicts(&diff(&sandbox, &["HEAD~2..HEAD"])).starts_with(&BROKEN));
    assert!(verdicts(&diff(&sandbox, &["HEAD~2.."])).starts_with(&BROKEN));
    assert_eq!(diff(&sandbox, &["HEAD~2", "HEAD"]), diff(&sandbox, &["HEAD~2..HEAD"]));
    let comment = diff(&sandbox, &["HEAD~1..HEAD"]);
    assert!(verdicts(&comment).iter().all(|(_, verdict)| *verdict == "metadata"), "{comment}");
}

#[test]
fn three_dots_leave_out_what_the_base_did_meanwhile() {
    let sandbox = shop();
    sandbox.git(&["switch", "-q", "-c", "topic"]);
    sandbox.commit("models/statuses.sql", "MODEL (name shop.statuses, kind VIEW);\nSELECT status FROM shop.orders\n");
    sandbox.git(&["switch", "-q", "main"]);
    sandbox.commit("models/orders.sql", ORDERS.replace("/ 100", "/ 1000"));
    let names = |range: &str| -> Vec<String> {
        let analysis = diff(&sandbox, &[range]);
        verdicts(&analysis).iter().filter(|(_, v)| *v == "breaking").map(|(name, _)| (*name).to_owned()).collect()
    };
    assert_eq!(names("main...topic"), ["shop.statuses"]);
    assert_eq!(names("main..topic"), ["shop.orders", "shop.revenue", "shop.statuses"]);
}

#[test]
fn what_is_staged_is_not_what_lies_in_the_work_tree() {
    let sandbox = edited_shop();
    sandbox.git(&["add", "-A"]);
    sandbox.write("models/orders.sql", ORDERS);
    assert!(verdicts(&diff(&sandbox, &["--staged"])).starts_with(&BROKEN));
    assert_eq!(verdicts(&diff(&sandbox, &[])), []);
    assert!(verdicts(&diff(&sandbox, &["HEAD", "--staged"])).starts_with(&BROKEN));
    let refused = impact(&sandbox, &["diff", "HEAD..HEAD", "--staged"]);
    assert_eq!(refused.refusal(), "`--staged` compares with the index, so it takes one revision, not a range");
}

#[test]
fn before_the_first_commit_everything_is_added() {
    let sandbox = Sandbox::empty();
    write_shop(&sandbox, "");
    let analysis = diff(&sandbox, &[]);
    let models = analysis["models"].as_array().unwrap();
    assert!(models.len() >= 3 && models.iter().all(|model| model["change"] == "added"), "{analysis}");
}

#[test]
fn a_project_is_found_from_below_and_from_above() {
    let sandbox = Sandbox::empty();
    write_shop(&sandbox, "data/shop/");
    sandbox.commit_all();
    sandbox.write("data/shop/models/orders.sql", ORDERS.replace("/ 100", "/ 1000"));
    for folder in ["", "data", "data/shop", "data/shop/models"] {
        let run = impact_in(&sandbox.root.join(folder), &["diff", "--format", "json"]);
        let analysis = run.json();
        assert!(verdicts(&analysis).starts_with(&BROKEN), "{folder}: {analysis}");
        assert_eq!(analysis["models"][0]["path"], "data/shop/models/orders.sql");
    }
}

#[test]
fn of_several_projects_one_must_be_named() {
    let sandbox = Sandbox::empty();
    write_shop(&sandbox, "a/");
    write_shop(&sandbox, "b/");
    sandbox.commit_all();
    sandbox.write("a/models/orders.sql", ORDERS.replace("/ 100", "/ 1000"));
    let run = impact(&sandbox, &["diff"]);
    assert_eq!(run.refusal(), "there are several projects here: a, b");
    assert!(run.help().contains("-p FOLDER"), "{run:?}");
    assert!(verdicts(&diff(&sandbox, &["-p", "a"])).starts_with(&BROKEN));
    assert_eq!(verdicts(&diff(&sandbox, &["-p", "b"])), []);
}

#[test]
fn several_projects_are_one_analysis() {
    let sandbox = Sandbox::empty();
    sandbox.write("base/config.yaml", CONFIG);
    sandbox.write("base/models/orders.sql", ORDERS);
    sandbox.write("reports/config.yaml", CONFIG);
    sandbox.write("reports/models/revenue.sql", REVENUE);
    sandbox.commit_all();
    sandbox.write("base/models/orders.sql", ORDERS.replace("/ 100", "/ 1000"));
    assert_eq!(verdicts(&diff(&sandbox, &["-p", "base"])), [BROKEN[0]]);
    assert_eq!(verdicts(&diff(&sandbox, &["-p", "base", "-p", "reports"])), BROKEN);
}

#[test]
fn a_project_that_moved_is_compared_with_where_it_was() {
    let sandbox = shop();
    sandbox.git(&["tag", "before"]);
    std::fs::create_dir(sandbox.root.join("warehouse")).unwrap();
    sandbox.git(&["mv", "config.yaml", "external_models.yaml", "models", "warehouse"]);
    sandbox.commit_all();
    for arguments in [&["before..HEAD"][..], &["before"], &["before", "-p", "warehouse"]] {
        let analysis = diff(&sandbox, arguments);
        let unchanged = verdicts(&analysis).iter().all(|(_, verdict)| *verdict == "metadata");
        assert!(unchanged, "{arguments:?}: {analysis}");
    }
}

#[test]
fn a_project_of_one_side_only_is_added_or_removed() {
    let sandbox = Sandbox::empty();
    sandbox.commit("README.md", "nothing here yet\n");
    write_shop(&sandbox, "");
    sandbox.commit_all();
    let change = |range: &str| diff(&sandbox, &[range])["models"][0]["change"].clone();
    assert_eq!(change("HEAD~1..HEAD"), "added");
    assert_eq!(change("HEAD..HEAD~1"), "removed");
}
