//! Whether a query gives the same rows however time is cut into runs.
//!
//! In: a model of an incremental kind, resolved. Out: yes only where each row is computed from one row of one table, so
//! that neither the number of intervals in a run nor their length can be seen in the result.

use crate::lineage::looks_beyond_row;
use crate::resolve::{Block, BlockKind, Distinct, Select};
use crate::sql::tree::{Op, SetOperator, Tree};
use crate::state::{AnalysedModel, Query};

/// Is every row computed from itself alone?
pub(super) fn row_by_row(model: &AnalysedModel) -> bool {
    // Merging by key, and replacing whole partitions, let one run see what another one left.
    model.model.kind.name == "INCREMENTAL_BY_TIME_RANGE"
        && model.query.as_ref().is_some_and(|query| {
            let blocks = query.resolved.iter().flat_map(|resolved| &resolved.blocks);
            query.resolved.is_some() && blocks.into_iter().all(|block| is_row_by_row(query, block))
        })
}

fn is_row_by_row(query: &Query, block: &Block) -> bool {
    let by_kind = match &block.kind {
        BlockKind::Select(select) => reads_one_row(select),
        BlockKind::SetOperation { op, all, .. } => *op == SetOperator::Union && *all,
        BlockKind::Wrapped(_) | BlockKind::Values(_) => true,
        BlockKind::Opaque => false,
    };
    by_kind
        && block.limit.is_empty()
        && block.other.is_empty()
        && !block.expressions().into_iter().any(|tree| looks_beyond_row(tree) || has_subquery(tree))
        && block.outputs.iter().all(|output| !names_the_run(query.rendered.snippet(output.span)))
}

fn reads_one_row(select: &Select) -> bool {
    let Select { relations, group, having, qualify, distinct, .. } = select;
    relations.len() <= 1
        && group.is_none()
        && having.is_empty()
        && qualify.is_empty()
        && matches!(distinct, Distinct::No)
}

fn has_subquery(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |node| {
        found |= matches!(node.op, Op::Nested(_));
        !found
    });
    found
}

/// A value that contains the run's start or end differs with the run.
fn names_the_run(text: &str) -> bool {
    text.contains(['@', '{'])
}
