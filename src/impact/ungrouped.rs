//! Columns that stand beside groups without being grouped by: engines have no one value for them, and refuse the query.
//!
//! In: a model in both states. Out: such columns, where the query had none before. Only what is certain is told: what a function does
//! that isn't listed, and columns on which a key may decide the others, are left alone.

use crate::compare::LocalChange;
use crate::dialect::Family;
use crate::resolve::{Block, BlockId, BlockKind, Resolved, Select, Source};
use crate::sql::functions::{FunctionKind, kind_in};
use crate::sql::tree::{Op, Tree};
use crate::state::{AnalysedModel, Query};

use super::failures::Failure;

/// The first column that isn't grouped by now, if there was none before.
pub(super) fn find(before: Option<&AnalysedModel>, after: &AnalysedModel, query: &Query) -> Option<Failure> {
    let ungrouped = |model: &AnalysedModel| model.resolved().and_then(|resolved| first(resolved).cloned());
    if before.is_some_and(|before| ungrouped(before).is_some()) {
        return None;
    }
    let column = ungrouped(after)?;
    let Op::Bound(_, _, name) = &column.op else { return None };
    let message = format!("{name} stands beside groups, and is neither grouped by nor aggregated");
    let location = query.rendered.location(column.span);
    let change = LocalChange { code: "S112", column: Some(name.clone()), location, before: None, after: None, message };
    Some(Failure { change, via: vec![], source: None })
}

/// Engines that refuse such a column. Others take the value of any row, or leave it to a setting.
fn refuses(family: Family) -> bool {
    use Family::{
        Athena, BigQuery, ClickHouse, Databricks, DuckDb, Fabric, Postgres, Presto, Redshift, Snowflake, Spark, TSql,
        Trino,
    };
    matches!(
        family,
        Athena
            | BigQuery
            | ClickHouse
            | Databricks
            | DuckDb
            | Fabric
            | Postgres
            | Presto
            | Redshift
            | Snowflake
            | Spark
            | TSql
            | Trino
    )
}

fn first(resolved: &Resolved) -> Option<&Tree> {
    if !refuses(resolved.dialect.family) {
        return None;
    }
    let mut blocks = resolved.blocks.iter().enumerate();
    blocks.find_map(|(id, block)| of_block(resolved, id as BlockId, block))
}

fn of_block<'r>(resolved: &'r Resolved, id: BlockId, block: &'r Block) -> Option<&'r Tree> {
    let BlockKind::Select(select) = &block.kind else { return None };
    let family = resolved.dialect.family;
    let values: Vec<&Tree> = block.outputs.iter().map(|output| &output.value).chain(&select.having).collect();
    let is_understood = !block.open && block.other.is_empty() && block.outputs.iter().all(|output| !output.is_open);
    let search = Search { block: id, family, keys: keys(select)? };
    let is_grouped = select.group.is_some() || values.iter().any(|value| search.aggregates(value));
    if !is_understood || !is_grouped {
        return None;
    }
    values.into_iter().find_map(|value| search.ungrouped(value)).filter(|column| !may_depend(family, select, column))
}

/// The keys of the groups; nothing where what they are isn't certain.
fn keys(select: &Select) -> Option<Vec<&Tree>> {
    let Some(group) = &select.group else { return Some(vec![]) };
    let mut keys: Vec<&Tree> = Vec::new();
    for key in group.keys.iter().chain(&group.sets) {
        let mut is_certain = true;
        key.walk(&mut |node| {
            is_certain &=
                !matches!(node.op, Op::Uncertain | Op::Missing(_) | Op::Opaque(_) | Op::Hole(_) | Op::Nested(_));
            true
        });
        if !is_certain {
            return None;
        }
        keys.push(key.unwrap_parens());
    }
    // Sets name their keys further inside; so does a column that USING merges of two.
    let is_list =
        |key: &&Tree| matches!(key.op, Op::Rollup | Op::Cube | Op::GroupingSets | Op::Tuple) || is_merged(key);
    let mut pending: Vec<&Tree> = keys.iter().copied().filter(is_list).collect();
    while let Some(list) = pending.pop() {
        for kid in &list.kids {
            keys.push(kid.unwrap_parens());
            pending.extend(Some(kid.unwrap_parens()).filter(is_list));
        }
    }
    (!group.all).then_some(keys)
}

fn is_merged(key: &Tree) -> bool {
    key.kids.last().is_some_and(|last| matches!(&last.op, Op::Modifier(words) if words.starts_with("USING")))
        || matches!(&key.op, Op::Function(name) if &**name == "COALESCE")
}

/// In Postgres a table's primary key decides its other columns. Only tables can have one, and some key must be of the table.
fn may_depend(family: Family, select: &Select, column: &Tree) -> bool {
    let Op::Bound(_, relation, _) = &column.op else { return true };
    let is_table =
        select.relations.get(*relation as usize).is_none_or(|relation| matches!(relation.source, Source::Model(_)));
    let is_key = |key: &Tree| matches!(&key.op, Op::Bound(_, of, _) if of == relation);
    let has_key = select.group.iter().flat_map(|group| &group.keys).any(|key| is_key(key.unwrap_parens()));
    family == Family::Postgres && is_table && has_key
}

struct Search<'r> {
    block: BlockId,
    family: Family,
    keys: Vec<&'r Tree>,
}

impl Search<'_> {
    /// Does the value certainly have an aggregate of this block?
    fn aggregates(&self, value: &Tree) -> bool {
        match &value.op {
            Op::Window | Op::Nested(_) | Op::Lambda | Op::Opaque(_) | Op::Hole(_) => false,
            Op::Function(name) if kind_in(name, self.family) == FunctionKind::Aggregate => {
                let mut is_own = true;
                value.walk(&mut |node| {
                    is_own &= !matches!(&node.op, Op::Bound(block, ..) if *block != self.block);
                    true
                });
                is_own
            }
            _ => value.kids.iter().any(|kid| self.aggregates(kid)),
        }
    }

    /// A column of this block outside of all aggregates and keys.
    fn ungrouped<'t>(&self, value: &'t Tree) -> Option<&'t Tree> {
        if self.keys.contains(&value.unwrap_parens()) {
            return None;
        }
        match &value.op {
            Op::Bound(block, ..) => (*block == self.block).then_some(value),
            Op::Function(name) if kind_in(name, self.family) != FunctionKind::Scalar => None,
            Op::Window | Op::Nested(_) | Op::Lambda | Op::Opaque(_) | Op::Hole(_) | Op::Uncertain | Op::Missing(_) => {
                None
            }
            Op::Other(_) | Op::Altered(_) => None,
            _ => value.kids.iter().find_map(|kid| self.ungrouped(kid)),
        }
    }
}
