//! What is asked of SQLMesh: `--now`, `--forward-only`, `--bot`, `--explain-sqlmesh`.

use serde_json::Value;

use super::{CONFIG, Sandbox, diff, impact};

const EVENTS: &str = "MODEL (name shop.events, kind INCREMENTAL_BY_TIME_RANGE (time_column at), start '2024-03-01');\n\
     SELECT 1 AS id, @start_ts::TIMESTAMP AS at, 2 AS amount\n";
const REPORT: &str = "MODEL (name shop.report, kind FULL);\nSELECT id FROM shop.events\n";

/// A model changes a column that its reader doesn't read.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write("config.yaml", CONFIG);
    sandbox.write("models/events.sql", EVENTS);
    sandbox.write("models/report.sql", REPORT);
    sandbox.commit_all();
    sandbox.write("models/events.sql", EVENTS.replace("2 AS amount", "3 AS amount"));
    sandbox
}

fn rebuild<'v>(analysis: &'v Value, model: &str) -> &'v Value {
    let models = analysis["models"].as_array().expect("models");
    &models.iter().find(|found| found["name"] == model).expect("the model")["rebuild"]
}

#[test]
fn intervals_are_counted_only_for_an_instant_that_is_given() {
    let sandbox = sandbox();
    let without = diff(&sandbox, &[]);
    assert_eq!(rebuild(&without, "shop.events")["sqlmesh"], "new_table");
    assert_eq!(rebuild(&without, "shop.events")["intervals"], Value::Null);
    assert_eq!(without["rebuild"]["now"], Value::Null);

    // Ten days are over; the reader has no start of its own, and nothing in it changes.
    let with = diff(&sandbox, &["--now", "2024-03-11T12:00"]);
    assert_eq!(rebuild(&with, "shop.events")["intervals"], 10);
    assert_eq!(rebuild(&with, "shop.report")["intervals"], 10);
    assert_eq!(rebuild(&with, "shop.report")["needed"], "virtual");
    assert_eq!(rebuild(&with, "shop.report")["needed_intervals"], 0);
    assert_eq!(with["rebuild"]["now"], "2024-03-11T12:00:00Z");
    assert_eq!(with["rebuild"]["sqlmesh_intervals"], 20);
    assert_eq!(with["rebuild"]["needed_intervals"], 10);
}

#[test]
fn a_forward_only_plan_rebuilds_nothing() {
    let analysis = diff(&sandbox(), &["--forward-only", "--now", "2024-03-11"]);
    assert_eq!(rebuild(&analysis, "shop.events")["sqlmesh"], "virtual");
    assert_eq!(analysis["rebuild"]["sqlmesh_models"], 0);
    assert_eq!(analysis["rebuild"]["sqlmesh_intervals"], 0);
}

#[test]
fn the_bot_has_a_categorizer_of_its_own() {
    let sandbox = sandbox();
    let bot = "cicd_bot:\n  type: github\n  auto_categorize_changes:\n    sql: semi\n";
    sandbox.write("config.yaml", format!("{CONFIG}{bot}"));
    let category = |flags: &[&str]| diff(&sandbox, flags)["models"][0]["sqlmesh"].clone();
    assert_eq!((category(&[]), category(&["--bot"])), (Value::from("BREAKING"), Value::Null));
}

#[test]
fn what_is_no_time_is_refused() {
    for text in ["tomorrow", "2024-02-30", "2024-01-01T99:00", "", "12"] {
        let run = impact(&sandbox(), &["diff", "--now", text]);
        assert_eq!(run.refusal(), format!("'{text}' is no time"));
        assert!(run.help().contains("2024-01-31"), "{run:?}");
    }
}

#[test]
fn sqlmesh_s_reasons_are_told() {
    let sandbox = sandbox();
    let asked =
        ["--explain-sqlmesh", "shop.events", "--explain-sqlmesh", "shop.report", "--explain-sqlmesh", "no.such"];
    let text = impact(&sandbox, &[&["diff", "--format", "terminal"], &asked[..]].concat()).out;
    let told = text.split_once("Why SQLMesh says so").expect("the section").1;
    for sentence in [
        "its data hash differs in the query",
        "directly modified: its query differs once rendered",
        "the first place where the trees differ is the projection `amount`",
        "INDIRECT_BREAKING: its parent shop.events is BREAKING",
        "the plan doesn't list it",
    ] {
        assert!(told.contains(sentence), "{sentence:?} isn't in {told}");
    }
    let markdown = impact(&sandbox, &[&["diff", "--format", "markdown"], &asked[..]].concat()).out;
    assert!(markdown.contains("- `breaking_above`: "), "{markdown}");
    let reasons = &diff(&sandbox, &[])["models"][1]["sqlmesh_because"];
    assert_eq!(reasons[0]["step"], "indirectly_modified", "{reasons}");
    assert_eq!(reasons[1]["about"], serde_json::json!(["shop.events"]), "{reasons}");
}

#[test]
fn what_hangs_on_code_that_is_not_run_is_marked() {
    let sandbox = sandbox();
    let code = |body: &str| format!("from sqlmesh import macro\n\n@macro()\ndef net(evaluator, x):\n    {body}\n");
    sandbox.write("models/events.sql", EVENTS.replace("2 AS", "@net(2) AS"));
    sandbox.write("macros/net.py", code("return x"));
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["commit", "-q", "-m", "code"]);
    sandbox.write("macros/net.py", code("return x + 1"));
    let certain = |analysis: &Value| -> Vec<bool> {
        let models = analysis["models"].as_array().expect("models");
        models.iter().map(|model| model["sqlmesh_certain"].as_bool().expect("a flag")).collect()
    };
    assert_eq!(certain(&diff(&sandbox, &[])), [false, false]);
    let text = impact(&sandbox, &["diff", "--format", "terminal"]).out;
    assert!(text.contains("BREAKING?  ") && text.contains("of 2 models (?) hangs on"), "{text}");
    sandbox.write("macros/net.py", code("return x"));
    sandbox.write("models/events.sql", EVENTS.replace("2 AS", "@net(2) + 1 AS"));
    assert_eq!(certain(&diff(&sandbox, &[])), [true, true]);
}

#[test]
fn intervals_that_cannot_be_counted_are_left_open() {
    let sandbox = sandbox();
    sandbox.write("models/events.sql", EVENTS.replace("'2024-03-01'", "'Jan 5 2024'"));
    let analysis = diff(&sandbox, &["--now", "2024-03-11"]);
    assert_eq!(rebuild(&analysis, "shop.events")["intervals"], Value::Null);
    assert_eq!(rebuild(&analysis, "shop.report")["intervals"], Value::Null, "it starts with its parent");
    assert_eq!(analysis["rebuild"]["sqlmesh_intervals"], Value::Null);
    let text = impact(&sandbox, &["diff", "--format", "terminal", "--now", "2024-03-11"]).out;
    assert!(text.contains("can't be told"), "{text}");
}

#[test]
fn the_ends_of_time_are_times_too() {
    for now in ["0001-01-01", "1969-12-31T23:59:59", "9999-12-31T23:59"] {
        let run = impact(&sandbox(), &["diff", "--format", "json", "--now", now]);
        assert_eq!(run.status, 0, "{run:?}");
    }
}
