//! Edits outside of a model's own file: what its macros and variables stand for in its header and statements.

use crate::impact::{Analysis, RowEffect};
use crate::pipeline::{Side, analyze};
use crate::project::load::LoadOptions;
use crate::source::MemoryTree;

const CONFIG: &str = "model_defaults:\n  dialect: duckdb\nvariables:\n  limit: 1\n";
const CODE: &str = "from sqlmesh import macro\n\n@macro()\ndef m(evaluator):\n    x = 'a'\n    return x\n";

fn compared(model: &str, before: (&str, &str), after: (&str, &str)) -> Analysis {
    let tree = |(config, code)| {
        MemoryTree::new(
            "t",
            [("config.yaml", config), ("macros/__init__.py", ""), ("macros/m.py", code), ("models/q.sql", model)],
        )
    };
    let (before, after) = (tree(before), tree(after));
    let side = |tree| Side { tree, roots: vec![String::new()] };
    analyze(&side(&before), &side(&after), &LoadOptions::default())
}

/// What an edit of the macro and one of the variable do to the rows of the model.
fn rows_after_edits(model: &str) -> [RowEffect; 2] {
    let rows = |after| {
        compared(model, (CONFIG, CODE), after).models.first().map_or(RowEffect::Same, |model| model.rows.effect)
    };
    assert_eq!(rows((CONFIG, CODE)), RowEffect::Same, "{model}");
    [rows((CONFIG, &CODE.replace("'a'", "'b'"))), rows((&CONFIG.replace("limit: 1", "limit: 2"), CODE))]
}

const UNKNOWN: RowEffect = RowEffect::Unknown;
const CHANGED: RowEffect = RowEffect::Changed;
const SAME: RowEffect = RowEffect::Same;

#[test]
fn statements_change_with_what_their_macros_stand_for() {
    let model = |statements: &str| format!("MODEL (name s.q, kind FULL); {statements}");
    assert_eq!(rows_after_edits(&model("SET x = @m(); SELECT 1 AS a")), [UNKNOWN, SAME]);
    assert_eq!(rows_after_edits(&model("SET x = @limit; SELECT 1 AS a")), [SAME, UNKNOWN]);
    assert_eq!(rows_after_edits(&model("SELECT 1 AS a; @IF(@limit = 1, SET x = 1)")), [SAME, UNKNOWN]);
    let template = "JINJA_STATEMENT_BEGIN; SET x = {{ var('limit') }}; JINJA_END; SELECT 1 AS a";
    assert_eq!(rows_after_edits(&model(template)), [SAME, UNKNOWN]);
    assert_eq!(rows_after_edits(&model("SET x = 1; SELECT 1 AS a")), [SAME, SAME]);
}

#[test]
fn headers_change_with_what_their_macros_stand_for() {
    let model = |header: &str| format!("MODEL (name s.q, {header}); SELECT 1 AS a");
    let key = "kind INCREMENTAL_BY_UNIQUE_KEY (unique_key @m())";
    assert_eq!(rows_after_edits(&model(key)), [CHANGED, SAME]);
    let filter = "kind INCREMENTAL_BY_UNIQUE_KEY (unique_key a, merge_filter source.a > @limit)";
    assert_eq!(rows_after_edits(&model(filter)), [SAME, CHANGED]);
    assert_eq!(rows_after_edits(&model("kind @m()"))[0], UNKNOWN);
    assert_eq!(rows_after_edits(&model("kind @IF(@limit = 1, FULL, INCREMENTAL_UNMANAGED)")), [SAME, UNKNOWN]);
    assert_eq!(rows_after_edits(&model("kind FULL, owner @m()")), [SAME, SAME]);
    assert_eq!(rows_after_edits(&model("@m(), kind FULL"))[0], UNKNOWN);
    assert_eq!(rows_after_edits(&model("enabled @m(), kind FULL"))[0], UNKNOWN);
}

#[test]
fn a_query_changes_with_the_variables_of_the_gateway_that_it_runs_on() {
    let config = |value: &str| {
        let gateway = |name: &str, value: &str| format!("  {name}:\n    variables:\n      bucket: {value}\n");
        let gateways = format!("gateways:\n{}{}", gateway("one", "a"), gateway("two", value));
        format!("{gateways}default_gateway: one\nmodel_defaults:\n  dialect: duckdb\n")
    };
    let rows = |gateway: &str| {
        let model = format!("MODEL (name s.q, kind FULL, gateway {gateway}); SELECT a FROM s.t WHERE b = @bucket");
        let analysis = compared(&model, (&config("b"), CODE), (&config("c"), CODE));
        analysis.models.first().map_or(SAME, |model| model.rows.effect)
    };
    assert_eq!([rows("one"), rows("two")], [SAME, CHANGED]);
}
