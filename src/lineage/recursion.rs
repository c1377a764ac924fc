//! CTEs that read themselves: what their columns depend on is the least answer that contains its own consequences.

use std::rc::Rc;

use crate::resolve::{BlockId, Recursion};
use crate::sql::tree::Name;

use super::columns::every;
use super::flow::{Flow, Role, Rows};
use super::traced::Traced;
use super::tracer::Tracer;

/// How often definitions may be traced again, over the whole query, before the answer is widened to everything.
pub(super) const PASSES: usize = 64;

impl Tracer<'_> {
    /// What is known so far of the CTE that a block inside its own definition reads by this name.
    pub(super) fn estimate(&self, block: BlockId, cte: &Name) -> Option<(BlockId, Rc<Traced>)> {
        let named = self.named.get(cte)?.iter();
        let innermost = named
            .filter_map(|at| Some((*at, self.resolved.recursions.get(*at)?)))
            .filter(|(_, recursion)| recursion.blocks.contains(&block))
            .min_by_key(|(_, recursion)| recursion.blocks.end - recursion.blocks.start)?;
        let estimate = self.estimates.get(&innermost.0).cloned()?;
        Some((innermost.1.root, estimate))
    }

    /// Traces the definition again and again, until what it says of itself no longer changes.
    pub(super) fn fixpoint(&mut self, at: usize, recursion: &Recursion) -> Rc<Traced> {
        let mut estimate = Rc::new(Traced::default());
        loop {
            self.estimates.insert(at, estimate.clone());
            let found = self.trace_definition(recursion);
            let mut grown = (*estimate).clone();
            grown.absorb(&found);
            if grown == *estimate {
                return estimate;
            }
            if self.passes == 0 {
                let outputs = self.resolved.block(recursion.root).map_or(0, |block| block.outputs.len());
                let widest = self.widest(outputs);
                self.estimates.insert(at, widest);
                return Rc::new(self.trace_definition(recursion));
            }
            self.passes -= 1;
            estimate = Rc::new(grown);
        }
    }

    fn trace_definition(&mut self, recursion: &Recursion) -> Traced {
        self.forget(recursion.blocks.clone());
        self.trace_range(recursion.blocks.start..recursion.root, Some(recursion));
        self.resolved.block(recursion.root).map(|block| self.trace(recursion.root, block)).unwrap_or_default()
    }

    /// What anything in the query may depend on at most.
    pub(super) fn anything(&self) -> Flow {
        let tables = &self.resolved.tables;
        Flow { sources: tables.iter().map(every).collect(), models: tables.clone(), ..Flow::default() }
    }

    fn widest(&self, outputs: usize) -> Rc<Traced> {
        let anything = self.anything();
        let mut rows = Rows::default();
        rows.decided_by(&anything, Role::Filter);
        Rc::new(Traced::new(vec![anything.clone(); outputs], rows, anything.clone()).ordered_by(anything))
    }
}
