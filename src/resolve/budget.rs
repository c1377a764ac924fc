//! How far a query may grow when stars and aliases are written out.
//!
//! A short text can stand for more columns or larger expressions than fit into memory: a star over two stars doubles,
//! and so does an alias that uses another one twice. Who spends more than there is gets the query given up as a whole.

use super::Relation;

/// Outputs of one SELECT: some steps take quadratic time in their number.
const MAX_OUTPUTS: usize = 10_000;

/// Outputs of all SELECTs of a query.
const MAX_ALL_OUTPUTS: usize = 100_000;

/// Nodes of expressions that are put where their aliases stand.
const MAX_INLINED: usize = 1_000_000;

/// Relations of one SELECT.
const MAX_RELATIONS: usize = 1_000;

/// What has been spent.
#[derive(Debug, Default)]
pub(super) struct Budget {
    outputs: usize,
    inlined: usize,
    exceeded: bool,
}

impl Budget {
    /// Nothing was overspent.
    pub(super) fn is_kept(&self) -> bool {
        !self.exceeded
    }

    /// One more output in a SELECT that has some. Says whether there may be one.
    pub(super) fn output(&mut self, outputs: usize) -> bool {
        self.outputs += 1;
        self.exceeded |= outputs >= MAX_OUTPUTS || self.outputs > MAX_ALL_OUTPUTS;
        self.is_kept()
    }

    /// An expression of this size in the place of its alias. Says whether it may be put there.
    pub(super) fn inline(&mut self, size: usize) -> bool {
        self.inlined = self.inlined.saturating_add(size);
        self.exceeded |= self.inlined > MAX_INLINED;
        self.is_kept()
    }

    /// One more relation in a SELECT that has some. Says whether there may be one.
    pub(super) fn relation(&mut self, relations: &[Relation]) -> bool {
        self.exceeded |= relations.len() >= MAX_RELATIONS;
        self.is_kept()
    }
}
