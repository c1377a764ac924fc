//! 0, 1 and 2, and the levels of `--fail-on`.

use super::{ORDERS, Sandbox, edited_shop, impact, shop};

const LEVELS: [&str; 5] = ["never", "failing", "breaking", "unknown", "any"];

/// The exit status at every level, from `never` to `any`.
fn at_every_level(sandbox: &Sandbox) -> [i32; 5] {
    LEVELS.map(|level| impact(sandbox, &["diff", "--fail-on", level, "--format", "json"]).status)
}

#[test]
fn nothing_changed() {
    assert_eq!(at_every_level(&shop()), [0, 0, 0, 0, 0]);
}

#[test]
fn a_failing_query_is_the_worst() {
    let sandbox = shop();
    sandbox.write("models/orders.sql", ORDERS.replace("AS amount", "AS price"));
    assert_eq!(at_every_level(&sandbox), [0, 1, 1, 1, 1]);
}

#[test]
fn other_values_break_readers() {
    assert_eq!(at_every_level(&edited_shop()), [0, 0, 1, 1, 1]);
}

#[test]
fn what_can_t_be_read_is_unknown_and_no_failure_of_the_run() {
    let sandbox = shop();
    sandbox.write("models/statuses.sql", "MODEL (name shop.statuses, kind VIEW);\nSELECT FROM WHERE\n");
    assert_eq!(at_every_level(&sandbox), [0, 0, 0, 1, 1]);
}

#[test]
fn a_project_that_does_not_load_fails() {
    let sandbox = shop();
    sandbox.write("models/new.sql", "SELECT 1 AS id\n");
    assert_eq!(at_every_level(&sandbox), [0, 1, 1, 1, 1]);
    let run = impact(&sandbox, &["diff"]);
    assert!(run.out.contains("the project will not load"), "{run:?}");
}

#[test]
fn an_addition_is_a_change() {
    let sandbox = shop();
    sandbox.write("models/orders.sql", ORDERS.replace("  status\n", "  status,\n  id % 7 AS bucket\n"));
    assert_eq!(at_every_level(&sandbox), [0, 0, 0, 0, 1]);
}

#[test]
fn only_selected_models_count() {
    let sandbox = edited_shop();
    let status = |glob: &str| impact(&sandbox, &["diff", "--fail-on", "breaking", "--select", glob]).status;
    assert_eq!([status("shop.*"), status("models/revenue.sql"), status("shop.statuses")], [1, 1, 0]);
}

#[test]
fn arguments_that_make_no_sense_are_usage() {
    for arguments in [&["diff", "--fail-on", "sometimes"][..], &["frobnicate"], &["diff", "--format"], &[]] {
        let run = impact(&shop(), arguments);
        assert!(!run.refusal().is_empty());
        assert!(run.help().contains("--help"), "{run:?}");
    }
}
