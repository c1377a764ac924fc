//! How a column comes about: copied, computed, or computed over several rows.
//!
//! In: a resolved query. Out: a word for each output. Never says "copied" of a value that could differ from its source.

use crate::resolve::{BlockKind, Resolved, Source};
use crate::sql::tree::Op;

use super::aggregates;

/// How a column's values come from their sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Derivation {
    /// The source's values as they are.
    Identity,
    /// Computed from values of one row. Also where it isn't known.
    #[default]
    Transformation,
    /// Computed over several rows.
    Aggregation,
}

/// Blocks that a column is followed through.
const MAX_DEPTH: usize = 1_000;

/// How an output of the query's root comes about.
pub fn derivation(resolved: &Resolved, output: usize) -> Derivation {
    let mut at = (resolved.root, output);
    for _ in 0..MAX_DEPTH {
        let Some(block) = resolved.block(at.0) else { break };
        if let BlockKind::Wrapped(inner) = block.kind {
            at.0 = inner;
            continue;
        }
        let (BlockKind::Select(select), Some(output)) = (&block.kind, block.outputs.get(at.1)) else { break };
        let value = output.value.unwrap_parens();
        let Op::Bound(of, relation, name) = &value.op else {
            return if aggregates(value) { Derivation::Aggregation } else { Derivation::Transformation };
        };
        let relation = (*of == at.0).then(|| select.relations.get(*relation as usize)).flatten();
        match relation.map(|relation| (&relation.source, &relation.schema)) {
            Some((Source::Model(_), _)) => return Derivation::Identity,
            Some((Source::Block(inner), schema)) => {
                let Some(place) = schema.columns.iter().position(|column| column.name == *name) else { break };
                at = (*inner, place);
            }
            _ => break,
        }
    }
    Derivation::Transformation
}
