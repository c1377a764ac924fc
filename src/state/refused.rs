//! Queries that sqlglot's `qualify` refuses, or that it doesn't understand. SQLMesh takes them as written.

use std::collections::BTreeSet;

use crate::dialect::{Dialect, Family};
use crate::resolve::{Block, BlockKind, ProblemKind, Relation, Resolved, Source};
use crate::sql::tree::{Op, Tree};

/// Does sqlglot refuse the query with this text?
pub(super) fn is_refused(resolved: &Resolved, text: &str, dialect: Dialect) -> bool {
    fails(resolved)
        || resolved.names_expressions
        || reads_values_by_place(resolved)
        || reads_function_by_name(resolved, text)
        || any_node(resolved, |node| is_column(node, text, dialect))
        || merges_naturally(resolved, text)
        || match dialect.family {
            Family::TSql | Family::Fabric => resolved.blocks.iter().any(pivots),
            Family::DuckDb => has_comprehension(resolved, text),
            _ => false,
        }
}

fn fails(resolved: &Resolved) -> bool {
    resolved.problems.iter().any(|problem| {
        !problem.in_code
            && matches!(
                problem.kind,
                ProblemKind::MissingColumn { in_star: false, .. }
                    | ProblemKind::AmbiguousColumn { .. }
                    | ProblemKind::UnknownQualifier { .. }
                    | ProblemKind::NamedElsewhere { .. }
            )
    })
}

/// Words that are calls without brackets, and the dialects in which sqlglot takes each for a column, which no table has
/// (`NO_PAREN_FUNCTIONS`). Written by `tests/oracle/functions.py`.
const COLUMNS: &str = include_str!("columns.txt");

/// Is a call without brackets (`CURRENT_TIMESTAMP` in ClickHouse) a column to sqlglot? `text`: that of the query.
pub(crate) fn is_column(call: &Tree, text: &str, dialect: Dialect) -> bool {
    if !matches!(call.op, Op::Function(_)) || !call.kids.is_empty() {
        return false;
    }
    let Some(word) = text.get(call.span.range()) else { return false };
    let name = if dialect.name().is_empty() { "generic" } else { dialect.name() };
    let known =
        COLUMNS.lines().filter_map(|line| line.split_once(' ')).find(|(known, _)| word.eq_ignore_ascii_case(known));
    known.is_some_and(|(_, dialects)| dialects.split(',').any(|known| known == name))
}

/// Does an unqualified name stand for a column of a table function whose columns aren't said?
fn reads_function_by_name(resolved: &Resolved, text: &str) -> bool {
    let relation = |block: u32, relation: u32| match resolved.block(block).map(|block| &block.kind) {
        Some(BlockKind::Select(select)) => select.relations.get(relation as usize),
        _ => None,
    };
    if !resolved.blocks.iter().flat_map(relations).any(is_open_function) {
        return false;
    }
    let is_unknown = |relation: &Relation, name: &str| {
        is_open_function(relation) && relation.schema.get(name).is_none() && !is_place(relation, name)
    };
    any_node(resolved, |node| match &node.op {
        Op::Bound(block, at, name) => {
            let is_qualified = text.get(node.span.range()).is_none_or(|text| text.contains('.'));
            !is_qualified && relation(*block, *at).is_some_and(|relation| is_unknown(relation, name))
        }
        _ => false,
    })
}

/// `SELECT column1 FROM (VALUES (1))`: to sqlglot the columns have other names, `_col_0` in every dialect.
fn reads_values_by_place(resolved: &Resolved) -> bool {
    let source = |block: u32, relation: u32| match resolved.block(block).map(|block| &block.kind) {
        Some(BlockKind::Select(select)) => match select.relations.get(relation as usize)?.source {
            Source::Block(id) => Some(id),
            _ => None,
        },
        _ => None,
    };
    if !resolved.blocks.iter().any(|block| matches!(block.kind, BlockKind::Values(_))) {
        return false;
    }
    any_node(resolved, |node| match &node.op {
        Op::Bound(block, relation, name) => {
            source(*block, *relation).is_some_and(|values| resolved.is_called_by_engine(values, name))
        }
        _ => false,
    })
}

fn relations(block: &Block) -> &[Relation] {
    match &block.kind {
        BlockKind::Select(select) => &select.relations,
        _ => &[],
    }
}

fn is_open_function(relation: &Relation) -> bool {
    matches!(relation.source, Source::Function(_)) && relation.schema.open
}

/// `WITH OFFSET AS name`
fn is_place(relation: &Relation, name: &str) -> bool {
    let Source::Function(call) = &relation.source else { return false };
    call.kids.iter().any(|kid| matches!(&kid.op, Op::NamedArgument(known) if &**known == name))
}

/// Does an unqualified name stand for a column that NATURAL merges? To sqlglot it is ambiguous.
fn merges_naturally(resolved: &Resolved, text: &str) -> bool {
    let starts_with = |text: &str, word: &str| text.get(..word.len()).is_some_and(|s| s.eq_ignore_ascii_case(word));
    let is_natural = |relation: &Relation| {
        let Some(join) = &relation.join else { return false };
        let (before, after) = text.split_at_checked(join.span.start as usize).unwrap_or(("", ""));
        let words = ["JOIN", "INNER", "LEFT", "RIGHT", "FULL", "OUTER", "NATURAL"];
        let mut of_join = before
            .split_whitespace()
            .rev()
            .take_while(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)));
        starts_with(after, "NATURAL") || of_join.any(|word| word.eq_ignore_ascii_case("NATURAL"))
    };
    if !resolved.blocks.iter().flat_map(relations).any(is_natural) {
        return false;
    }
    any_node(resolved, |node| {
        let is_merged = node.op == Op::Function("COALESCE".into());
        is_merged && text.get(node.span.range()).is_some_and(|text| !starts_with(text, "COALESCE"))
    })
}

/// T-SQL writes the values that become columns as names, which sqlglot takes for columns that are there before.
fn pivots(block: &Block) -> bool {
    block.other.iter().any(|other| other.op == Op::Altered("PIVOT".into()))
}

/// `[x + 1 FOR x IN l]`: sqlglot doesn't know whose column `x` is.
fn has_comprehension(resolved: &Resolved, text: &str) -> bool {
    text.contains('[')
        && any_node(resolved, |node| matches!(&node.op, Op::Function(name) if name.ends_with("COMPREHENSION")))
}

/// Is it true of a node of the query? Parts that stand in several places are looked at once.
fn any_node(resolved: &Resolved, is_true: impl Fn(&Tree) -> bool) -> bool {
    let mut found = false;
    let mut seen = BTreeSet::new();
    for tree in resolved.blocks.iter().flat_map(|block| block.expressions()) {
        tree.walk(&mut |node| {
            found = found || is_true(node);
            !found && (node.kids.is_empty() || seen.insert(node.fingerprint()))
        });
    }
    found
}
