//! An analysis against what a case says of it.

use impact::impact::{Analysis, Change, ColumnEffect, Disagreement, Finding, ModelImpact, Verdict};

use crate::book::{Expected, ExpectedFinding, ExpectedModel};

/// What differs, one sentence each. Every model and every finding has to be in both.
pub fn differences(expected: &Expected, analysis: &Analysis) -> Vec<String> {
    let mut differences = Vec::new();
    for model in &analysis.models {
        match expected.models.iter().find(|known| known.name == model.name) {
            None => differences.push(format!("{} isn't expected", model.name)),
            Some(known) => differences.extend(model_differences(known, model)),
        }
    }
    for known in expected.models.iter().filter(|known| analysis.models.iter().all(|model| model.name != known.name)) {
        differences.push(format!("{} isn't listed", known.name));
    }
    let mut left: Vec<&Finding> = analysis.findings.iter().collect();
    for known in &expected.findings {
        match left.iter().position(|finding| agrees(known, finding)) {
            Some(at) => drop(left.remove(at)),
            None => differences.push(format!("not found: {}", known.line)),
        }
    }
    differences.extend(left.into_iter().map(|finding| format!("not expected: {}", finding_line(finding))));
    differences
}

/// Where the prediction of SQLMesh's plan is another one than SQLMesh's own, as far as the case tells it.
pub fn mispredictions(expected: &Expected, analysis: &Analysis) -> Vec<String> {
    let pairs = expected.models.iter().filter(|known| !known.sqlmesh.is_empty()).filter_map(|known| {
        let model = analysis.models.iter().find(|model| model.name == known.name)?;
        // What only running code tells may be another answer, but has to say so.
        let is_open = known.sqlmesh.ends_with(": hangs on code") && !model.sqlmesh_certain;
        (!is_open).then(|| (known, sqlmesh(model)))
    });
    let wrong = pairs.filter(|(known, predicted)| known.sqlmesh != *predicted);
    wrong
        .map(|(known, predicted)| format!("{}: SQLMesh {:?}, predicted {predicted:?}", known.name, known.sqlmesh))
        .collect()
}

fn model_differences(expected: &ExpectedModel, model: &ModelImpact) -> Vec<String> {
    let cells = [
        ("rows", &expected.rows, word(model.rows.effect)),
        ("columns", &expected.columns, columns(model)),
        ("verdict", &expected.verdict, verdict(model)),
    ];
    cells
        .into_iter()
        .filter(|(_, expected, actual)| *expected != actual)
        .map(|(what, expected, actual)| format!("{}: {what} should be {expected:?}, is {actual:?}", model.name))
        .collect()
}

fn agrees(expected: &ExpectedFinding, finding: &Finding) -> bool {
    let stated = |expected: &Option<String>, actual: String| expected.as_ref().is_none_or(|text| *text == actual);
    expected.code == finding.code
        && expected.subject == subject(finding)
        && expected.place == place(finding)
        && stated(&expected.via, finding.via.join(" → "))
        && stated(&expected.before, text(&finding.before))
        && stated(&expected.after, text(&finding.after))
        && stated(&expected.message, finding.message.clone())
}

/// The analysis as a case would say it.
pub fn shown(analysis: &Analysis) -> String {
    let rows = analysis.models.iter().map(|model| {
        let (columns, verdict, sqlmesh) = (columns(model), verdict(model), sqlmesh(model));
        format!("| {} | {} | {columns} | {verdict} | {sqlmesh} |", model.name, word(model.rows.effect))
    });
    let findings = analysis.findings.iter().map(|finding| format!("- {}", finding_line(finding)));
    let diagnostics = analysis.diagnostics.iter().map(|diagnostic| {
        format!("({} {}:{} {})", diagnostic.code, diagnostic.path, diagnostic.line, diagnostic.message)
    });
    rows.chain(findings).chain(diagnostics).collect::<Vec<_>>().join("\n")
}

fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).expect("a word").as_str().expect("a word").to_owned()
}

fn columns(model: &ModelImpact) -> String {
    let changed = model.columns.iter().filter(|column| column.effect != ColumnEffect::Same);
    let one = |column: &impact::impact::ColumnImpact| match &column.from {
        Some(from) => format!("{from} → {}", column.name),
        None => format!("{} {}", column.name, word(column.effect)),
    };
    let listed: Vec<String> = changed.map(one).collect();
    if listed.is_empty() { "same".to_owned() } else { listed.join(", ") }
}

fn verdict(model: &ModelImpact) -> String {
    if model.fails {
        assert_eq!(model.verdict, Verdict::Breaking, "{} fails", model.name);
        return "fails".to_owned();
    }
    word(model.verdict).replace('_', "-")
}

fn sqlmesh(model: &ModelImpact) -> String {
    let category = match (model.change, model.sqlmesh) {
        (Change::None, _) => "not listed".to_owned(),
        (Change::Added, _) => "added".to_owned(),
        (Change::Removed, _) => "removed".to_owned(),
        (_, Some(category)) => word(category),
        (_, None) => "asks".to_owned(),
    };
    match model.disagreement {
        None => category,
        Some(Disagreement::SqlmeshUnsafe) => format!("{category}: unsafe"),
        Some(Disagreement::SqlmeshOverBroad) => format!("{category}: over broad"),
    }
}

fn subject(finding: &Finding) -> String {
    finding.column.iter().fold(finding.model.clone(), |model, column| format!("{model}.{column}"))
}

fn place(finding: &Finding) -> String {
    match finding.line {
        0 => finding.path.clone(),
        line => format!("{}:{line}:{}", finding.path, finding.col),
    }
}

/// On one line; nothing is `nothing`.
fn text(snippet: &Option<String>) -> String {
    match snippet {
        Some(snippet) => snippet.split_whitespace().collect::<Vec<_>>().join(" "),
        None => "nothing".to_owned(),
    }
}

fn finding_line(finding: &Finding) -> String {
    let via = if finding.via.is_empty() { String::new() } else { format!(", via {}", finding.via.join(" → ")) };
    let (before, after) = (text(&finding.before), text(&finding.after));
    format!(
        "{} {} at {}{via}: `{before}` → `{after}`; \"{}\"",
        finding.code,
        subject(finding),
        place(finding),
        finding.message
    )
}
