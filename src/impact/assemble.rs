//! Effects, findings and SQLMesh's plan put together into an [`Analysis`].

use std::collections::BTreeSet;

use crate::changes::rule;
use crate::diagnostic::Diagnostic;
use crate::names::{ColumnName, ModelName};
use crate::plan::{AuditPrediction, Plan, Prediction, Rebuild, instant_text};
use crate::state::{AnalysedModel, State, Understanding};

use super::Sides;
use super::analysis::*;
use super::effects::{Cause, Effects, Spread};
use super::refused;

pub(super) fn assemble(sides: &Sides<'_>, plan: &Plan, spread: Spread, base: Revision, head: Revision) -> Analysis {
    let is_metadata = |code: &str| code.starts_with('M') || code == "U204";
    let rewrites = spread.causes.iter().filter(|cause| !is_metadata(cause.change.code));
    let rewritten: BTreeSet<ModelName> = rewrites.map(|cause| cause.model.clone()).collect();
    let mut causes = spread.causes;
    causes.extend(plan.violations.iter().map(refused::cause));
    let (findings, ids) = findings(&causes);
    let names: BTreeSet<&ModelName> = spread.effects.keys().chain(plan.models.keys()).collect();
    let nothing = Effects::default();
    let is_filled_in = |effects: &Effects| {
        let causes = effects.rows.iter().flat_map(|rows| &rows.because).filter_map(|&at| causes.get(at));
        effects.columns.is_empty() && causes.map(|cause| cause.change.code).all(|code| code == "P112")
    };
    let mut models: Vec<ModelImpact> = names
        .into_iter()
        .filter_map(|name| {
            let effects = spread.effects.get(name).unwrap_or(&nothing);
            let shown = model(sides, name, effects, plan, &ids, rewritten.contains(name))?;
            // SQLMesh itself computes the time that an earlier start adds; only the readers miss it.
            let disagreement = shown.disagreement.filter(|_| !is_filled_in(effects) || shown.rows.because.is_empty());
            Some(ModelImpact { disagreement, ..shown })
        })
        .collect();
    models.sort_by(|a, b| a.name.cmp(&b.name));
    let totals = totals(&models, plan.options.now.and_then(instant_text));
    Analysis {
        schema_version: 1,
        base,
        head,
        verdict: worst(&models, &findings),
        models,
        findings,
        diagnostics: diagnostics(sides.after),
        coverage: coverage(sides.after),
        rebuild: totals,
        standalone_audits: plan.audits.iter().map(audit).collect(),
    }
}

fn audit((name, audit): (&String, &AuditPrediction)) -> AuditImpact {
    let path = audit.path.to_string();
    AuditImpact { name: name.clone(), path, change: audit.change, sqlmesh: audit.category }
}

/// The worst of all models; an audit, test or metric that fails is no model and counts as much.
fn worst(models: &[ModelImpact], findings: &[Finding]) -> Verdict {
    if findings.iter().any(|finding| finding.severity == FindingSeverity::Failing) {
        return Verdict::Breaking;
    }
    models.iter().map(|model| model.verdict).max().unwrap_or(Verdict::Metadata)
}

/// Findings in reading order, and the id of each cause.
fn findings(causes: &[Cause]) -> (Vec<Finding>, Vec<u32>) {
    let mut order: Vec<usize> = (0..causes.len()).collect();
    order.sort_by_key(|&at| {
        let cause = &causes[at];
        (severity(cause), cause.via.len(), cause.model.clone(), cause.change.location.clone(), at)
    });
    let mut ids = vec![0; causes.len()];
    let mut findings = Vec::with_capacity(causes.len());
    for (number, &at) in order.iter().enumerate() {
        let id = number as u32 + 1;
        ids[at] = id;
        findings.push(finding(id, &causes[at]));
    }
    (findings, ids)
}

fn severity(cause: &Cause) -> FindingSeverity {
    match rule(cause.change.code).map(|rule| rule.severity) {
        Some(FindingSeverity::Breaking | FindingSeverity::Info) if cause.uncertain => FindingSeverity::Unknown,
        Some(severity) => severity,
        None => FindingSeverity::Unknown,
    }
}

fn finding(id: u32, cause: &Cause) -> Finding {
    let change = &cause.change;
    let place = &change.location;
    Finding {
        id,
        code: change.code.to_owned(),
        severity: severity(cause),
        model: cause.model.to_string(),
        column: change.column.as_ref().map(ToString::to_string),
        path: place.path.to_string(),
        line: place.line,
        col: place.col,
        end_line: place.end_line,
        end_col: place.end_col,
        message: change.message.clone(),
        before: change.before.clone(),
        after: change.after.clone(),
        via: cause.via.clone(),
    }
}

fn model(
    sides: &Sides<'_>,
    name: &ModelName,
    effects: &Effects,
    plan: &Plan,
    ids: &[u32],
    rewritten: bool,
) -> Option<ModelImpact> {
    let (before, after) = (sides.before.models.get(name), sides.after.models.get(name));
    let shown = after.or(before)?;
    let prediction: Option<&Prediction> = plan.models.get(name);
    let rows = RowsImpact {
        effect: effects.rows.as_ref().map_or(RowEffect::Same, |rows| rows.effect),
        because: numbers(effects.rows.as_ref().map(|rows| rows.because.as_slice()), ids),
    };
    let columns = columns(before.map(|model| &**model), after.map(|model| &**model), effects, ids);
    let change = prediction.map_or(Change::None, |prediction| prediction.change);
    let sqlmesh = prediction.and_then(|prediction| prediction.category);
    let verdict = verdict(change, effects, rewritten, &rows, &columns);
    // Where the columns aren't known the contract says the same of the rows, whatever is known of them.
    let rows = if columns.is_empty() { rows_of_unknown_columns(rows, effects, ids) } else { rows };
    Some(ModelImpact {
        name: name.to_string(),
        path: shown.model.path.to_string(),
        kind: shown.model.kind.name.clone(),
        change,
        sqlmesh,
        verdict,
        disagreement: disagreement(change, sqlmesh, verdict, effects),
        fails: effects.fails,
        rows,
        columns,
        rebuild: preview(plan.rebuilds.get(name), verdict),
        sqlmesh_certain: !plan.uncertain.contains(name),
        sqlmesh_because: plan.reasons.get(name).cloned().unwrap_or_default(),
    })
}

fn rows_of_unknown_columns(rows: RowsImpact, effects: &Effects, ids: &[u32]) -> RowsImpact {
    let open = effects.open.as_ref().map(|open| open.effect.because.as_slice());
    let because = if rows.because.is_empty() { numbers(open, ids) } else { rows.because };
    RowsImpact { effect: RowEffect::Unknown, because }
}

/// Whatever isn't proved to stay has to be computed.
fn preview(rebuild: Option<&Rebuild>, verdict: Verdict) -> RebuildPreview {
    let data_changes = match verdict {
        Verdict::Metadata | Verdict::Equivalent => false,
        Verdict::NonBreaking | Verdict::Unknown | Verdict::Breaking => true,
    };
    match rebuild {
        Some(rebuild) => {
            let (needed, needed_intervals) = rebuild.needed(data_changes);
            RebuildPreview { sqlmesh: rebuild.sqlmesh, intervals: rebuild.intervals, needed, needed_intervals }
        }
        None => RebuildPreview {
            sqlmesh: Some(RebuildAction::None),
            intervals: None,
            needed: RebuildAction::None,
            needed_intervals: None,
        },
    }
}

/// Sums over these models.
pub fn totals(models: &[ModelImpact], now: Option<String>) -> RebuildTotals {
    let previews = || models.iter().map(|model| model.rebuild);
    let sum = |of: fn(RebuildPreview) -> Option<u64>| {
        previews().try_fold(0u64, |sum, preview| sum.checked_add(of(preview)?)).filter(|_| now.is_some())
    };
    RebuildTotals {
        sqlmesh_models: previews().filter(|preview| preview.sqlmesh.is_some_and(RebuildAction::computes)).count(),
        sqlmesh_intervals: sum(|preview| preview.intervals),
        needed_models: previews().filter(|preview| preview.needed.computes()).count(),
        needed_intervals: sum(|preview| preview.needed_intervals),
        now,
    }
}

fn numbers(because: Option<&[usize]>, ids: &[u32]) -> Vec<u32> {
    let mut numbers: Vec<u32> = because.unwrap_or_default().iter().filter_map(|&at| ids.get(at).copied()).collect();
    numbers.sort_unstable();
    numbers
}

/// All columns, old and new, in the new order, removed ones last.
fn columns(
    before: Option<&AnalysedModel>,
    after: Option<&AnalysedModel>,
    effects: &Effects,
    ids: &[u32],
) -> Vec<ColumnImpact> {
    let mut names: Vec<ColumnName> = Vec::new();
    let renamed: BTreeSet<&ColumnName> = effects.renamed.values().collect();
    let is_old_name =
        |name: &ColumnName| renamed.contains(name) && after.is_some_and(|model| model.schema.get(name).is_none());
    for column in after.into_iter().chain(before).flat_map(|model| &model.schema.columns) {
        if !names.contains(&column.name) && !is_old_name(&column.name) {
            names.push(column.name.clone());
        }
    }
    let one = |name: ColumnName| {
        let effect = effects.columns.get(&name);
        let kept = after.is_some_and(|model| model.schema.get(&name).is_some());
        ColumnImpact {
            effect: match effect {
                Some(effect) => effect.effect,
                None if kept => ColumnEffect::Same,
                None if after.is_some_and(|model| model.schema.open) => ColumnEffect::Unknown,
                None => ColumnEffect::Removed,
            },
            from: effects.renamed.get(&name).map(ToString::to_string),
            because: numbers(effect.map(|effect| effect.because.as_slice()), ids),
            name: name.to_string(),
        }
    };
    names.into_iter().map(one).collect()
}

/// `rewritten`: more than metadata changed.
fn verdict(change: Change, effects: &Effects, rewritten: bool, rows: &RowsImpact, columns: &[ColumnImpact]) -> Verdict {
    if effects.fails {
        return Verdict::Breaking;
    }
    if change == Change::Added {
        return if rows.effect == RowEffect::Same { Verdict::NonBreaking } else { Verdict::Unknown };
    }
    let of_rows = match rows.effect {
        RowEffect::Same => None,
        RowEffect::Changed => Some(Verdict::Breaking),
        RowEffect::Unknown => Some(Verdict::Unknown),
    };
    let of_columns = columns.iter().filter_map(|column| match column.effect {
        ColumnEffect::Same => None,
        ColumnEffect::Added => Some(Verdict::NonBreaking),
        ColumnEffect::Removed | ColumnEffect::Renamed | ColumnEffect::Value | ColumnEffect::Type => {
            Some(Verdict::Breaking)
        }
        ColumnEffect::Unknown => Some(Verdict::Unknown),
    });
    let of_open = effects.open.as_ref().map(|_| Verdict::Unknown);
    let worst = of_columns.chain(of_rows).chain(of_open).max();
    worst.unwrap_or(if rewritten { Verdict::Equivalent } else { Verdict::Metadata })
}

/// Where SQLMesh would keep data that changes, or rebuild data that doesn't.
fn disagreement(
    change: Change,
    sqlmesh: Option<Category>,
    verdict: Verdict,
    effects: &Effects,
) -> Option<Disagreement> {
    if effects.fails || matches!(change, Change::Added | Change::Removed) {
        return None;
    }
    let keeps_data = match (change, sqlmesh) {
        (Change::None | Change::Metadata, _) => true,
        (_, Some(Category::NonBreaking | Category::IndirectNonBreaking | Category::Metadata)) => true,
        (_, Some(Category::Breaking | Category::IndirectBreaking) | None) => false,
    };
    match verdict {
        Verdict::Breaking if keeps_data => Some(Disagreement::SqlmeshUnsafe),
        Verdict::Metadata | Verdict::Equivalent | Verdict::NonBreaking if !keeps_data && sqlmesh.is_some() => {
            Some(Disagreement::SqlmeshOverBroad)
        }
        _ => None,
    }
}

fn diagnostics(state: &State) -> Vec<ReportedDiagnostic> {
    let mut all: Vec<Diagnostic> = state.diagnostics.clone();
    all.sort_by(|a, b| (&a.location, a.code, &a.message).cmp(&(&b.location, b.code, &b.message)));
    all.dedup();
    let reported = |diagnostic: Diagnostic| ReportedDiagnostic {
        code: diagnostic.code.to_owned(),
        severity: diagnostic.severity,
        path: diagnostic.location.path.to_string(),
        line: diagnostic.location.line,
        col: diagnostic.location.col,
        message: diagnostic.message,
        help: diagnostic.help,
    };
    all.into_iter().map(reported).collect()
}

/// How much of the new state was understood.
pub(super) fn coverage(state: &State) -> Coverage {
    let mut coverage = Coverage { models: state.models.len(), ..Coverage::default() };
    for model in state.models.values() {
        match model.understanding() {
            Understanding::Whole => coverage.analysed += 1,
            Understanding::Partial => coverage.partial += 1,
            Understanding::Nothing => coverage.opaque += 1,
        }
    }
    coverage
}
