//! `sqlmesh format` over whole projects: no data changes, and the plan is SQLMesh's.

use std::collections::BTreeMap;

use impact::impact::Verdict;
use serde::Deserialize;

use crate::agreement::{analysed, predicted, read};
use crate::example::{Files, files, folder};

/// As `tests/oracle/formatted.py` records it.
#[derive(Deserialize)]
struct Recorded {
    projects: BTreeMap<String, Project>,
}

#[derive(Deserialize)]
struct Project {
    /// The files that the formatter changes, as it writes them.
    files: Files,
    /// SQLMesh's category of each model that its plan lists.
    plan: BTreeMap<String, Option<String>>,
}

/// Models that impact doesn't prove to be the same, each with the reason.
const UNPROVED: &[(&str, &str)] = &[
    ("SNOWFLAKE.FLATTENED", "the formatter names the columns of FLATTEN, and writes paths as GET_PATH"),
    ("SNOWFLAKE.VARIANT_PATHS", "the formatter writes paths as GET_PATH"),
    ("bigquery.joined", "the formatter writes an array of a row as UNNEST"),
    ("trino.row_field", "the formatter writes a field of a cast in a way that Trino doesn't know"),
];

/// Models of which SQLMesh says something else than impact predicts, each with the reason.
const PLANNED_OTHERWISE: &[(&str, &str)] = &[
    ("bigquery.cte_columns", "sqlglot leaves the key of GROUP BY without its table where the CTE names its columns"),
    ("trino.row_field", "a field of a cast isn't understood"),
];

#[test]
fn formatting_changes_no_data_and_is_planned_as_sqlmesh_plans_it() {
    let recorded: Recorded = read("recorded/formatted.json");
    let (mut unproved, mut otherwise, mut models) = (Vec::new(), Vec::new(), 0);
    for (name, project) in &recorded.projects {
        let before = files(&folder(name).expect("a project of this repository"));
        let mut after = before.clone();
        after.extend(project.files.clone());
        let analysis = analysed(&before, &after);
        models += project.files.len();
        let changed = analysis.models.iter().filter(|model| model.verdict > Verdict::Equivalent);
        unproved.extend(changed.map(|model| model.name.clone()));
        let plan: BTreeMap<String, Option<String>> =
            predicted(&analysis).into_iter().map(|(name, (_, category))| (name, category)).collect();
        let names = plan.keys().chain(project.plan.keys());
        otherwise.extend(names.filter(|name| plan.get(*name) != project.plan.get(*name)).cloned());
    }
    otherwise.sort();
    otherwise.dedup();
    unproved.sort();
    assert!(models > 300, "only {models} files are formatted");
    assert_eq!(unproved, UNPROVED.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    assert_eq!(otherwise, PLANNED_OTHERWISE.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}
