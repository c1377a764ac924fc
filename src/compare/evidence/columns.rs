//! What happens to each output.

use std::collections::{BTreeMap, BTreeSet};

use crate::impact::ColumnEffect;
use crate::lineage::aggregates;
use crate::resolve::{BlockKind, Output, Resolved};
use crate::sql::tree::{Name, Op, Span};

use super::super::fingerprint::{BlockPrints, Print};
use super::super::{ColumnDiff, Doubt, Doubts, Evidence, Pairing, outputs, reads_something};
use super::{Evidences, paired};

impl Evidences<'_> {
    /// Do the outputs that stand for any number of columns differ, or their places among the others?
    pub(in crate::compare) fn open_outputs_differ(&mut self) -> bool {
        let (prints_b, prints_a) = self.root_prints();
        let open = |outputs: &[Output], prints: &BlockPrints| -> Vec<Print> {
            let pairs = outputs.iter().zip(&prints.columns);
            pairs.filter(|(output, _)| output.is_open).map(|(_, &print)| print).collect()
        };
        open(outputs(self.before), &prints_b) != open(outputs(self.after), &prints_a)
    }

    /// What happens to each output.
    pub(in crate::compare) fn columns(&mut self, doubts: &Doubts, pairing: Pairing) -> Vec<ColumnDiff> {
        let (prints_b, prints_a) = self.root_prints();
        let (old, new) = (&placed_outputs(self.before), &placed_outputs(self.after));
        let pairs = paired(old, new, pairing);
        let before = self.before;
        let renames = renames((old, &prints_b), (new, &prints_a), &pairs, &|at| reads_at(before, at));
        let confused = match pairing {
            Pairing::ByName => confused(named(old, &prints_b), named(new, &prints_a)),
            Pairing::ByPosition => BTreeSet::new(),
        };
        let mut columns = Vec::new();
        for (at, output) in new.iter().enumerate() {
            if output.is_open {
                continue;
            }
            let from = pairs.iter().find(|(_, a)| *a == at).map(|(b, _)| *b);
            let renamed = renames.iter().find(|(_, a)| *a == at).map(|(b, _)| *b);
            columns.push(match (from, renamed) {
                (Some(b), _) if confused.contains(&output.name) => self.changed((b, &old[b]), (at, output)),
                (Some(b), _) if prints_b.columns.get(b) == prints_a.columns.get(at) => self.same_value(&old[b], output),
                (Some(b), _) => match doubts.column(b, at) {
                    Some(doubt) => self.doubtful(&old[b], output, doubt),
                    None => self.changed((b, &old[b]), (at, output)),
                },
                (None, Some(b)) => self.renamed(&old[b], output),
                (None, None) => self.one_sided("C101", None, Some(output)),
            });
        }
        for (at, output) in old.iter().enumerate() {
            let is_kept = pairs.iter().chain(&renames).any(|(b, _)| *b == at);
            if !is_kept && !output.is_open {
                columns.push(self.one_sided("C102", Some(output), None));
            }
        }
        columns
    }

    fn same_value(&mut self, old: &Output, new: &Output) -> ColumnDiff {
        let mut column = ColumnDiff { name: new.name.clone(), effect: ColumnEffect::Same, from: None, because: vec![] };
        let is_untyped = |output: &Output| output.value.unwrap_parens().op == Op::Null;
        let message = match (&old.data_type, &new.data_type) {
            (Some(before), Some(after)) if before != after => {
                Some(format!("the type of {} changes from {before} to {after}", new.name))
            }
            (Some(before), None) if is_untyped(new) => Some(format!("{} is no longer a NULL of {before}", new.name)),
            (None, Some(after)) if is_untyped(old) => Some(format!("{} is a NULL of {after} now", new.name)),
            _ => None,
        };
        if let Some(message) = message {
            column.effect = ColumnEffect::Type;
            column.because = vec![self.column_evidence("C105", new, Some(old.span), Some(new.span), message)];
        }
        column
    }

    fn column_evidence(
        &mut self,
        code: &'static str,
        output: &Output,
        before: Option<Span>,
        after: Option<Span>,
        message: String,
    ) -> usize {
        self.add(Evidence { code, column: Some(output.name.clone()), before, after, message })
    }

    fn renamed(&mut self, old: &Output, new: &Output) -> ColumnDiff {
        let message = format!("{} is now called {}", old.name, new.name);
        let because = self.column_evidence("C103", new, Some(old.span), Some(new.span), message);
        ColumnDiff {
            name: new.name.clone(),
            effect: ColumnEffect::Renamed,
            from: Some(old.name.clone()),
            because: vec![because],
        }
    }

    fn one_sided(&mut self, code: &'static str, old: Option<&Output>, new: Option<&Output>) -> ColumnDiff {
        let (effect, message) = match new {
            Some(new) => (ColumnEffect::Added, format!("{} was added", new.name)),
            None => (ColumnEffect::Removed, format!("{} was removed", old.map_or("", |old| &old.name))),
        };
        let Some(output) = new.or(old) else {
            return ColumnDiff { name: "".into(), effect, from: None, because: vec![] };
        };
        let because = self.column_evidence(code, output, old.map(|old| old.span), new.map(|new| new.span), message);
        ColumnDiff { name: output.name.clone(), effect, from: None, because: vec![because] }
    }

    /// All of the difference is in calls that can't be expanded.
    fn doubtful(&mut self, old: &Output, new: &Output, doubt: Doubt) -> ColumnDiff {
        let message = match doubt {
            Doubt::Definition => format!("{} calls something whose code changed", new.name),
            Doubt::Around => {
                format!("{} comes from a call that isn't run, and what it may read around it changed", new.name)
            }
            Doubt::Call => format!("{} comes from a call that changed, and what it stands for isn't known", new.name),
        };
        let because = self.column_evidence(doubt.code(), new, Some(old.span), Some(new.span), message);
        ColumnDiff { name: new.name.clone(), effect: ColumnEffect::Unknown, from: None, because: vec![because] }
    }

    fn changed(&mut self, (b, old): (usize, &Output), (a, new): (usize, &Output)) -> ColumnDiff {
        let start = self.found.len();
        let mut visited = BTreeSet::new();
        self.value((self.before.root, b), (self.after.root, a), &new.name, &mut visited);
        if self.found.len() == start {
            let (code, message) = if aggregates(&new.value) {
                ("C108", format!("{} aggregates other rows than before", new.name))
            } else {
                ("C104", format!("{} is computed differently", new.name))
            };
            self.column_evidence(code, new, Some(old.span), Some(new.span), message);
        }
        let only_cast = self.found.get(start..).is_some_and(|found| found.iter().all(|one| one.code == "C105"));
        let effect = if only_cast { ColumnEffect::Type } else { ColumnEffect::Value };
        let because = (start..self.found.len()).collect();
        ColumnDiff { name: new.name.clone(), effect, from: None, because }
    }
}

/// The values of the outputs of each name, in order.
fn named<'o>(outputs: &'o [Output], prints: &BlockPrints) -> BTreeMap<&'o Name, Vec<Print>> {
    let mut named: BTreeMap<&Name, Vec<Print>> = BTreeMap::new();
    for (output, print) in outputs.iter().zip(&prints.columns).filter(|(output, _)| !output.is_open) {
        named.entry(&output.name).or_default().push(*print);
    }
    named
}

/// Names that several outputs have, not with the same values before and after: which of them a reader gets, engines
/// decide each in its own way, if they allow it.
fn confused(old: BTreeMap<&Name, Vec<Print>>, new: BTreeMap<&Name, Vec<Print>>) -> BTreeSet<Name> {
    let is_several =
        |named: &BTreeMap<&Name, Vec<Print>>, name: &Name| named.get(name).is_some_and(|all| all.len() > 1);
    let names: BTreeSet<&Name> = old.keys().chain(new.keys()).copied().collect();
    let differ = |name: &&Name| (is_several(&old, name) || is_several(&new, name)) && old.get(*name) != new.get(*name);
    names.into_iter().filter(differ).cloned().collect()
}

/// Outputs that are certainly one and the same under a new name: one gone, one new, the same value, no other like it,
/// and neither name stands for two.
fn renames(
    (old, prints_b): (&[Output], &BlockPrints),
    (new, prints_a): (&[Output], &BlockPrints),
    pairs: &[(usize, usize)],
    reads: &dyn Fn(usize) -> bool,
) -> Vec<(usize, usize)> {
    let gone: Vec<usize> = (0..old.len()).filter(|b| pairs.iter().all(|(x, _)| x != b) && !old[*b].is_open).collect();
    let come: Vec<usize> = (0..new.len()).filter(|a| pairs.iter().all(|(_, y)| y != a) && !new[*a].is_open).collect();
    let mut renames = Vec::new();
    for &b in gone.iter().filter(|&&b| reads(b)) {
        let print = prints_b.columns.get(b);
        let same: Vec<usize> = come.iter().copied().filter(|&a| prints_a.columns.get(a) == print).collect();
        let unique = gone.iter().filter(|&&other| prints_b.columns.get(other) == print).count() == 1;
        let is_only =
            |outputs: &[Output], name: &Name| outputs.iter().filter(|output| output.name == *name).count() == 1;
        if let ([a], true) = (same.as_slice(), unique)
            && is_only(old, &old[b].name)
            && is_only(new, &new[*a].name)
        {
            renames.push((b, *a));
        }
    }
    renames
}

/// Does the output at this place have anything of a source in it, in any branch of a set operation?
fn reads_at(resolved: &Resolved, at: usize) -> bool {
    let mut pending = vec![resolved.root];
    // Each step goes to another block.
    for _ in 0..resolved.blocks.len() {
        let Some(block) = pending.pop().and_then(|id| resolved.block(id)) else { return false };
        match &block.kind {
            BlockKind::SetOperation { by_name: false, left, right, .. } => pending.extend([*left, *right]),
            BlockKind::SetOperation { .. } => {}
            BlockKind::Wrapped(inner) => pending.push(*inner),
            _ if block.outputs.get(at).is_some_and(reads_something) => return true,
            _ => {}
        }
    }
    false
}

/// The outputs with the places where they are written: those of a set operation stand in its first branch.
fn placed_outputs(resolved: &Resolved) -> Vec<Output> {
    let mut placed = outputs(resolved).to_vec();
    let mut id = resolved.root;
    // Each step goes to another block.
    for _ in 0..resolved.blocks.len() {
        match resolved.block(id).map(|block| &block.kind) {
            Some(BlockKind::SetOperation { left, .. }) => id = *left,
            Some(BlockKind::Wrapped(inner)) => id = *inner,
            _ => break,
        }
    }
    let written = resolved.block(id).map(|block| block.outputs.as_slice()).unwrap_or_default();
    for (output, written) in placed.iter_mut().zip(written).filter(|(output, written)| output.name == written.name) {
        output.span = written.span;
    }
    placed
}
