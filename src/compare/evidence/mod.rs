//! Looks for the places that explain why two fingerprints differ.
//!
//! Blocks are compared pair by pair from the outermost inwards; a difference is reported where it stands, in a CTE or
//! subquery if need be. In: two resolved queries with their fingerprints. Out: [`Evidence`], and the effects that the
//! fingerprints decide; evidence never does.

mod columns;
mod rows;
mod values;

use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::impact::RowEffect;
use crate::resolve::{Block, BlockId, Output, Resolved};
use crate::sql::tree::{Name, Span};

use super::canon::Proof;
use super::fingerprint::{BlockPrints, Prints};
use super::{Doubts, Evidence, Pairing, outputs};

/// Collects evidence.
pub(super) struct Evidences<'r> {
    before: &'r Resolved,
    after: &'r Resolved,
    before_prints: Prints<'r>,
    after_prints: Prints<'r>,
    /// Pairs of blocks whose rows have been explained.
    explained: BTreeSet<(BlockId, BlockId)>,
    /// Fingerprints of both queries in another form, where these show more.
    in_form: Option<(Rc<BlockPrints>, Rc<BlockPrints>)>,
    pub(super) found: Vec<Evidence>,
}

/// A block with its number and fingerprints.
#[derive(Clone)]
struct At<'r> {
    id: BlockId,
    block: &'r Block,
    prints: Rc<BlockPrints>,
}

impl<'r> Evidences<'r> {
    pub(super) fn new(before: (&'r Resolved, Prints<'r>), after: (&'r Resolved, Prints<'r>)) -> Self {
        Evidences {
            before: before.0,
            after: after.0,
            before_prints: before.1,
            after_prints: after.1,
            explained: BTreeSet::new(),
            in_form: None,
            found: Vec::new(),
        }
    }

    /// Do the queries as they are written show that nothing differs?
    pub(super) fn all_same(&mut self, pairing: Pairing) -> bool {
        let (before, after) = self.root_prints();
        let outputs = self.before.root().map_or(0, |block| block.outputs.len());
        before.rows == after.rows && self.same_columns(pairing, &before, &after) == outputs
    }

    /// Takes the fingerprints of another form, if they show more. Never some of these and some of those: each says that
    /// columns are the same together.
    pub(super) fn rests_on(&mut self, proof: &Proof, pairing: Pairing) -> bool {
        let (before, after) = self.root_prints();
        let shown = self.same_columns(pairing, &before, &after);
        let (before_form, after_form) = &proof.prints;
        let is_more = before.rows != after.rows || self.same_columns(pairing, before_form, after_form) > shown;
        if is_more {
            self.in_form = Some(proof.prints.clone());
        }
        is_more
    }

    fn same_columns(&self, pairing: Pairing, before: &BlockPrints, after: &BlockPrints) -> usize {
        let pairs = paired(outputs(self.before), outputs(self.after), pairing);
        pairs.iter().filter(|(b, a)| before.columns.get(*b) == after.columns.get(*a)).count()
    }

    fn root_prints(&mut self) -> (Rc<BlockPrints>, Rc<BlockPrints>) {
        if let Some(in_form) = &self.in_form {
            return in_form.clone();
        }
        (self.before_prints.block(self.before.root), self.after_prints.block(self.after.root))
    }

    pub(super) fn rows_effect(&mut self, doubts: &Doubts) -> RowEffect {
        let (before, after) = self.root_prints();
        if before.rows == after.rows {
            RowEffect::Same
        } else if doubts.rows().is_some() || doubts.rows_hang_on_unlisted_calls() {
            RowEffect::Unknown
        } else {
            RowEffect::Changed
        }
    }

    fn add(&mut self, evidence: Evidence) -> usize {
        match self.found.iter().position(|known| *known == evidence) {
            Some(at) => at,
            None => {
                self.found.push(evidence);
                self.found.len() - 1
            }
        }
    }

    fn note(&mut self, code: &'static str, before: Option<Span>, after: Option<Span>, message: impl Into<String>) {
        self.add(Evidence { code, column: None, before, after, message: message.into() });
    }

    fn before_at(&mut self, id: BlockId) -> Option<At<'r>> {
        Some(At { id, block: self.before.block(id)?, prints: self.before_prints.block(id) })
    }

    fn after_at(&mut self, id: BlockId) -> Option<At<'r>> {
        Some(At { id, block: self.after.block(id)?, prints: self.after_prints.block(id) })
    }
}

/// Outputs of one name (or at one place) on both sides, the first with the first, the second with the second.
fn paired(old: &[Output], new: &[Output], pairing: Pairing) -> Vec<(usize, usize)> {
    if pairing == Pairing::ByPosition {
        let both = old.iter().zip(new).enumerate();
        let known = both.take_while(|(_, (b, a))| !b.is_open && !a.is_open);
        return known.map(|(at, _)| (at, at)).collect();
    }
    let mut places: FxHashMap<&Name, VecDeque<usize>> = FxHashMap::default();
    for (b, output) in old.iter().enumerate().filter(|(_, output)| !output.is_open) {
        places.entry(&output.name).or_default().push_back(b);
    }
    let known = new.iter().enumerate().filter(|(_, output)| !output.is_open);
    known.filter_map(|(a, output)| Some((places.get_mut(&output.name)?.pop_front()?, a))).collect()
}

pub(super) fn list(names: &[&str]) -> String {
    match names {
        [] => "a column".to_owned(),
        [only] => (*only).to_owned(),
        [first, second] => format!("{first} and {second}"),
        [first, .., last] => format!("{first}, … and {last}"),
    }
}
