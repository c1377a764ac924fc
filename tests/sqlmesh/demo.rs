//! The demo's two states against SQLMesh's recorded plan, model by model.

use std::path::Path;

use crate::agreement::{Answer, analysed, described, expected, predicted};
use crate::example::files;

#[test]
fn the_demo_is_planned_as_sqlmesh_plans_it() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/demo");
    let text = std::fs::read_to_string(demo.join("sqlmesh.json")).expect("the recorded plan");
    let answer: Answer = serde_json::from_str(&text.replace("memory.", "")).expect("a plan");
    let (before, after) = (files(&demo.join("before")), files(&demo.join("after")));
    let (expected, actual) = (expected(&answer), predicted(&analysed(&before, &after)));
    assert!(expected == actual, "{}", described("demo", &expected, &actual));
}
