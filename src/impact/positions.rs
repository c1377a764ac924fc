//! `GROUP BY 3` and `ORDER BY 3` where a query has fewer outputs than that.

use crate::compare::LocalChange;
use crate::dialect::Family;
use crate::resolve::{Block, BlockKind};
use crate::sql::tree::{Op, Tree};
use crate::state::{AnalysedModel, Query};

use super::failures::Failure;

/// The first position now that no output has, if there was none before.
pub(super) fn find(before: Option<&AnalysedModel>, after: &AnalysedModel, query: &Query) -> Option<Failure> {
    if before.is_some_and(|before| first(before).is_some()) {
        return None;
    }
    let (position, count) = first(after)?;
    let Op::Number(number) = &position.op else { return None };
    let outputs = if count == 1 { "one column".to_owned() } else { format!("{count} columns") };
    let message = format!("position {number} is asked for, and the query gives {outputs}");
    let location = query.rendered.location(position.span);
    let change = LocalChange { code: "S113", column: None, location, before: None, after: None, message };
    Some(Failure { change, via: vec![], source: None })
}

/// A position that is too large, and how many outputs there are.
fn first(model: &AnalysedModel) -> Option<(&Tree, usize)> {
    let resolved = model.resolved()?;
    let family = resolved.dialect.family;
    resolved.blocks.iter().find_map(|block| Some((of_block(family, block)?, block.outputs.len())))
}

fn of_block(family: Family, block: &Block) -> Option<&Tree> {
    if block.open || block.outputs.iter().any(|output| output.is_open) || family == Family::Generic {
        return None;
    }
    let is_too_large = |key: &&Tree| {
        let position = match &key.op {
            Op::Number(text) => text.parse::<usize>().ok(),
            _ => None,
        };
        position.is_some_and(|position| position > block.outputs.len())
    };
    let order = block.order.iter().filter_map(|item| match &item.op {
        Op::OrderItem(..) => item.first(),
        _ => Some(item),
    });
    let group = match &block.kind {
        BlockKind::Select(select) if counts_groups(family) => select.group.as_ref(),
        _ => None,
    };
    // Where another number than that of an output may stand, it is a constant that orders nothing.
    let order = order.filter(|_| counts_orders(family));
    group.into_iter().flat_map(|group| &group.keys).chain(order).find(is_too_large)
}

/// Engines in which a number in GROUP BY is certainly a position.
fn counts_groups(family: Family) -> bool {
    use Family::{BigQuery, DuckDb, MySql, Postgres, Redshift, Snowflake, Sqlite, Trino};
    matches!(family, BigQuery | DuckDb | MySql | Postgres | Redshift | Snowflake | Sqlite | Trino)
}

/// Engines in which a number in ORDER BY is certainly a position. In Spark and ClickHouse a setting decides.
fn counts_orders(family: Family) -> bool {
    counts_groups(family) || matches!(family, Family::TSql | Family::Fabric)
}
