//! What limits an answer about a changed query: stars and columns that can't be looked up, values that differ by run.
//!
//! In: both versions of a query. Out: places for findings that change no verdict.

use std::collections::{BTreeMap, BTreeSet};

use crate::names::{ColumnName, ModelName};
use crate::resolve::{Block, BlockKind, Distinct, ProblemKind, Resolved, Source};
use crate::sql::functions::is_volatile;
use crate::sql::tree::{Node, Op, Span, Tree};

use super::fingerprint::hangs_on_ties;

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

/// Where the new query leaves a choice to the engine: which rows stay, which of several values is taken, in which order they are
/// put together. Two versions are compared as if it chose the same way in both. A remark with a column is about its values alone.
/// Rows may tie in nearly every order, so that those are told only where the whole query is another one (`rewritten`).
pub(super) fn open_orders(after: &Resolved, rewritten: bool) -> Vec<Remark> {
    let mut found: BTreeMap<Span, Remark> = BTreeMap::new();
    let mut add = |column: Option<&ColumnName>, span: Span, message: String| {
        found.entry(span).or_insert(Remark { code: "U210", column: column.cloned(), span, message });
    };
    let mut look = |tree: &Tree, column: Option<&ColumnName>| {
        tree.walk(&mut |node| {
            let is_choice = hangs_on_ties(node);
            if is_choice && (rewritten || !is_sorted(node)) {
                add(column, node.span, choice(node));
            }
            !(is_choice && node.op == Op::Window)
        });
    };
    for output in after.root().into_iter().flat_map(|root| &root.outputs) {
        look(&output.value, Some(&output.name));
    }
    for expression in after.blocks.iter().flat_map(|block| block.expressions()) {
        look(expression, None);
    }
    for block in &after.blocks {
        if let Some((span, message)) = chosen_rows(block).filter(|_| rewritten || block.order.is_empty()) {
            add(None, span, message);
        }
    }
    found.into_values().collect()
}

/// LIMIT and DISTINCT ON keep rows by an order that there may not be.
fn chosen_rows(block: &Block) -> Option<(Span, String)> {
    let is_picked = matches!(&block.kind, BlockKind::Select(select) if matches!(select.distinct, Distinct::On(_)));
    let what = match (block.limit.is_empty(), is_picked) {
        (false, _) => "LIMIT",
        (true, true) => "DISTINCT ON",
        (true, false) => return None,
    };
    let span = block.limit.first().map_or(block.span, |limit| limit.span);
    let span = if span.is_empty() { block.span } else { span };
    let message = match block.order.is_empty() {
        true => format!("{what} without ORDER BY: which rows stay is left to the engine"),
        false => format!("{what} after ORDER BY: which of the rows that tie stay is left to the engine"),
    };
    Some((span, message))
}

/// A window with an order, which rows may tie in.
fn is_sorted(node: &Node) -> bool {
    let has_order = |spec: &Tree| spec.kids.iter().any(|kid| kid.op == Op::OrderBy);
    node.op == Op::Window && node.kids.get(1).is_some_and(has_order)
}

/// What the engine chooses in a call that hangs on ties.
fn choice(node: &Node) -> String {
    let call = if node.op == Op::Window { node.kids.first().map(|call| &**call) } else { Some(node) };
    let name = match call.map(|call| &call.op) {
        Some(Op::Function(name)) => name,
        _ => "the call",
    };
    match is_sorted(node) {
        true => format!("{name} OVER: the order of rows that tie is left to the engine"),
        false => format!("{name} without ORDER BY: the order of the rows is left to the engine"),
    }
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
