//! What limits an answer about a changed query: stars and columns that can't be looked up, values that differ by run.
//!
//! In: both versions of a query. Out: places for findings that change no verdict.

use std::collections::{BTreeMap, BTreeSet};

use crate::names::{ColumnName, ModelName};
use crate::resolve::{BlockKind, ProblemKind, Resolved, Source};
use crate::sql::functions::is_volatile;
use crate::sql::tree::{Op, Span, Tree};

/// A remark with its place in the new query.
pub(super) struct Remark {
    pub(super) code: &'static str,
    pub(super) column: Option<ColumnName>,
    pub(super) span: Span,
    pub(super) message: String,
}

/// All remarks about a query that changed.
pub(super) fn remarks(before: &Resolved, after: &Resolved) -> Vec<Remark> {
    let mut remarks = open_stars(after);
    remarks.extend(volatile_calls(after));
    remarks.extend(unchecked_columns(before, after));
    remarks
}

fn open_stars(after: &Resolved) -> Vec<Remark> {
    let mut places = BTreeMap::new();
    for problem in &after.problems {
        if let ProblemKind::OpenStar { models } = &problem.kind {
            places.entry(problem.span).or_insert(models);
        }
    }
    let remark = |(span, models): (Span, &Vec<ModelName>)| {
        let of = match models.first() {
            Some(model) => format!("the columns of {model}"),
            None => "columns".to_owned(),
        };
        let message = format!("* stands for {of}, which aren't known");
        Remark { code: "U205", column: None, span, message }
    };
    places.into_iter().map(remark).collect()
}

/// May two evaluations of the query over the same tables give different results?
pub(super) fn is_volatile_query(query: &Resolved) -> bool {
    !volatile_calls(query).is_empty()
}

fn volatile_calls(after: &Resolved) -> Vec<Remark> {
    let mut calls: BTreeMap<Span, Remark> = BTreeMap::new();
    let mut look = |tree: &Tree, column: Option<&ColumnName>| {
        tree.walk(&mut |node| {
            if let Op::Function(name) = &node.op
                && (is_volatile(name) || reads_the_clock(name))
            {
                let message = format!("{name} gives another result in every run");
                let remark = Remark { code: "U206", column: column.cloned(), span: node.span, message };
                calls.entry(node.span).or_insert(remark);
            }
            true
        });
    };
    for output in after.root().into_iter().flat_map(|root| &root.outputs) {
        look(&output.value, Some(&output.name));
    }
    for expression in after.blocks.iter().flat_map(|block| block.expressions()) {
        look(expression, None);
    }
    calls.into_values().collect()
}

/// Equal throughout a query, another one in the next run.
fn reads_the_clock(name: &str) -> bool {
    const CLOCKS: &[&str] = &[
        "CURRENT_DATE",
        "CURRENT_DATETIME",
        "CURRENT_TIME",
        "CURRENT_TIMESTAMP",
        "GETDATE",
        "LOCALTIME",
        "LOCALTIMESTAMP",
        "NOW",
        "SYSDATE",
        "SYSTIMESTAMP",
        "TODAY",
    ];
    CLOCKS.contains(&name)
}

/// Columns read only now, of tables whose columns aren't known.
fn unchecked_columns(before: &Resolved, after: &Resolved) -> Vec<Remark> {
    let known: BTreeSet<(ModelName, ColumnName)> = columns_of_unknown_tables(before).into_keys().collect();
    let mut by_table: BTreeMap<ModelName, (Span, Vec<ColumnName>)> = BTreeMap::new();
    for ((model, column), span) in columns_of_unknown_tables(after) {
        if !known.contains(&(model.clone(), column.clone())) {
            let (first, columns) = by_table.entry(model).or_insert((span, vec![]));
            *first = (*first).min(span);
            columns.push(column);
        }
    }
    let remark = |(model, (span, columns)): (ModelName, (Span, Vec<ColumnName>))| {
        let names: Vec<&str> = columns.iter().map(|column| &**column).collect();
        let message = format!(
            "the columns of {model} aren't known, so whether it has {} can't be checked",
            super::evidence::list(&names)
        );
        Remark { code: "U208", column: None, span, message }
    };
    by_table.into_iter().map(remark).collect()
}

fn columns_of_unknown_tables(resolved: &Resolved) -> BTreeMap<(ModelName, ColumnName), Span> {
    let mut columns: BTreeMap<(ModelName, ColumnName), Span> = BTreeMap::new();
    for expression in resolved.blocks.iter().flat_map(|block| block.expressions()) {
        expression.walk(&mut |node| {
            if let Op::Bound(block, relation, name) = &node.op
                && &**name != "*"
                && let Some(model) = unknown_table(resolved, *block, *relation)
            {
                let place = columns.entry((model.clone(), name.clone())).or_insert(node.span);
                *place = (*place).min(node.span);
            }
            true
        });
    }
    columns
}

fn unknown_table(resolved: &Resolved, block: u32, relation: u32) -> Option<&ModelName> {
    let BlockKind::Select(select) = &resolved.block(block)?.kind else { return None };
    let relation = select.relations.get(relation as usize)?;
    match &relation.source {
        Source::Model(model) if relation.schema.open && relation.schema.columns.is_empty() => Some(model),
        _ => None,
    }
}
