//! Where a report goes, in which format and colours.

use std::fs;

use super::{command, diff, edited_shop, finish, impact, schema, shop, verdicts};

const ESCAPE: char = '\u{1b}';

#[test]
fn the_json_is_what_its_schema_promises() {
    let sandbox = edited_shop();
    sandbox.write("models/statuses.sql", "MODEL (name shop.statuses, kind VIEW);\nSELECT oops FROM shop.order\n");
    let promise = impact(&sandbox, &["schema", "diff"]).json();
    let analysis = diff(&sandbox, &[]);
    assert_eq!(schema::violations(&promise, &analysis), Vec::<String>::new());
    assert_eq!(analysis["schema_version"], 1);
    for list in ["models", "findings", "diagnostics"] {
        assert!(!analysis[list].as_array().unwrap().is_empty(), "nothing was checked in {list}");
    }
    let lineage = impact(&sandbox, &["lineage", "--format", "json"]).json();
    let promise = impact(&sandbox, &["schema", "lineage"]).json();
    assert_eq!(schema::violations(&promise, &lineage), Vec::<String>::new());
}

#[test]
fn into_a_pipe_goes_markdown() {
    let run = impact(&edited_shop(), &["diff"]);
    assert!(run.out.starts_with("<!-- impact -->\n"), "{run:?}");
}

#[test]
fn a_file_gets_the_report_and_the_screen_nothing() {
    let sandbox = edited_shop();
    let run = impact(&sandbox, &["diff", "--format", "json", "--output", "report.json"]);
    assert_eq!((run.status, run.out.as_str(), run.err.as_str()), (0, "", ""));
    let written: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(sandbox.root.join("report.json")).unwrap()).unwrap();
    assert_eq!(verdicts(&written), verdicts(&diff(&sandbox, &[])));
    let run = impact(&sandbox, &["diff", "--output", "no/such/folder/report.md"]);
    assert!(run.refusal().starts_with("can't write no/such/folder/report.md"), "{run:?}");
}

#[test]
fn colour_is_for_terminals_and_for_those_who_insist() {
    let sandbox = edited_shop();
    let out = |color: &[&str], no_color: bool| {
        let mut arguments = vec!["diff", "--format", "terminal"];
        arguments.extend(color);
        let mut command = command(&sandbox.root, &arguments);
        if no_color {
            command.env("NO_COLOR", "1");
        }
        finish(command).out
    };
    assert!(!out(&[], false).contains(ESCAPE), "a pipe is no terminal");
    assert!(out(&["--color", "always"], false).contains(ESCAPE));
    assert!(out(&["--color", "always"], true).contains(ESCAPE), "the flag is nearer than the environment");
    assert!(!out(&["--color", "never"], false).contains(ESCAPE));
    assert!(!out(&[], true).contains(ESCAPE));
}

#[test]
fn a_selection_narrows_the_report_and_makes_no_claim_about_the_rest() {
    let sandbox = edited_shop();
    assert_eq!(verdicts(&diff(&sandbox, &["--select", "*.revenue"])), [("shop.revenue", "breaking")]);
    let terminal = |glob: &str| impact(&sandbox, &["diff", "--format", "terminal", "--select", glob]).out;
    assert!(terminal("raw.*").starts_with("Nothing changes in the selected models.\n"));
    assert!(!terminal("*.revenue").contains("untouched"));
    assert_eq!(
        impact(&sandbox, &["diff", "--select", "a{b"]).refusal(),
        "'a{b' is no pattern: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)"
    );
}

#[test]
fn the_same_state_gives_the_same_bytes() {
    let sandbox = edited_shop();
    let run = || impact(&sandbox, &["diff", "--format", "json"]).out;
    assert_eq!(run(), run());
}

#[test]
fn markdown_links_to_the_lines_of_a_revision() {
    let base = "https://example.com/shop/blob/abc";
    let run = impact(&edited_shop(), &["diff", "--format", "markdown", "--link-base", base]);
    assert!(run.out.contains("(https://example.com/shop/blob/abc/models/orders.sql#L6)"), "{run:?}");
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let sandbox = shop();
    let mut head = command(&sandbox.root, &["explain", "R105"]);
    head.stdout(std::process::Stdio::piped());
    let mut child = head.spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
