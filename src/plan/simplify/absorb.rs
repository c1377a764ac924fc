//! `absorb_and_eliminate`: `a OR (a AND b)` is `a`, `(a AND b) OR (a AND NOT b)` is `a`.

use std::collections::{BTreeMap, BTreeSet};

use crate::sql::tree::{Op, Tree};

use super::connectors::operands;
use super::values::truth;

/// How many operands are compared with each other.
const MAX_PAIRED: usize = 64;

/// Operands by what makes them equal.
type Set = BTreeSet<u128>;

pub(super) fn absorbed(tree: &Tree) -> Tree {
    let inner = match tree.op {
        Op::And => Op::Or,
        Op::Or => Op::And,
        _ => return tree.clone(),
    };
    let ops: Vec<Tree> = operands(tree).iter().map(|operand| operand.unwrap_parens().clone()).collect();
    if ops.len() > MAX_PAIRED || ops.iter().all(|op| op.op != inner) {
        return tree.clone();
    }
    let changed = Search::new(&ops, inner).changed();
    if changed.is_empty() {
        return tree.clone();
    }
    let replaced = |(at, operand): (usize, Tree)| match changed.get(&at) {
        Some(new) if operand.op == Op::Paren => operand.with_kids(vec![new.clone()]),
        Some(new) => new.clone(),
        None => operand,
    };
    tree.with_kids(operands(tree).into_iter().enumerate().map(replaced).collect())
}

struct Search<'t> {
    ops: &'t [Tree],
    inner: Op,
    /// The operands of each operand; itself, if it isn't of the inner operator.
    sets: Vec<Set>,
}

impl<'t> Search<'t> {
    fn new(ops: &'t [Tree], inner: Op) -> Self {
        let set = |op: &Tree| -> Set {
            if op.op != inner {
                return Set::from([op.fingerprint()]);
            }
            operands(op).iter().map(|operand| operand.unwrap_parens().fingerprint()).collect()
        };
        let sets = ops.iter().map(set).collect();
        Search { ops, inner, sets }
    }

    /// What stands in the place of operands, by their numbers.
    fn changed(&self) -> BTreeMap<usize, Tree> {
        let mut changed = BTreeMap::new();
        for (at, op) in self.ops.iter().enumerate().filter(|(_, op)| op.op == self.inner) {
            match self.absorbed(at, op) {
                Some(tree) => drop(changed.insert(at, tree)),
                None => self.eliminate(at, op, &mut changed),
            }
        }
        changed
    }

    fn absorbed(&self, at: usize, op: &Tree) -> Option<Tree> {
        let is_operand = |tree: &Tree| self.ops.iter().any(|op| op.fingerprint() == tree.fingerprint());
        let (first, last) = halves(op)?;
        let neutral = || truth(self.inner == Op::And, op.span);
        for (negated, other, is_first) in [(&first, &last, true), (&last, &first, false)] {
            let is_negated = negated.op == Op::Not && negated.first().is_some_and(is_operand);
            if is_negated {
                let kids = if is_first { vec![neutral(), other.clone()] } else { vec![other.clone(), neutral()] };
                return Some(op.with_kids(kids));
            }
        }
        let mine = self.sets.get(at)?;
        let contains_another = self.sets.iter().any(|set| set.len() < mine.len() && set.is_subset(mine));
        contains_another.then(|| truth(self.inner != Op::And, op.span))
    }

    fn eliminate(&self, at: usize, op: &Tree, changed: &mut BTreeMap<usize, Tree>) {
        let Some((a, b)) = halves(op) else { return };
        let pair = Set::from([a.fingerprint(), b.fingerprint()]);
        for (other_at, other) in self.ops.iter().enumerate().filter(|(_, other)| other.op == self.inner) {
            let Some((first, last)) = halves(other) else { continue };
            for (negated, complement) in [(&first, &last), (&last, &first)] {
                let Some(inside) = negated.first().filter(|_| negated.op == Op::Not) else { continue };
                if Set::from([inside.fingerprint(), complement.fingerprint()]) == pair {
                    changed.insert(at, complement.clone());
                    changed.insert(other_at, complement.clone());
                }
            }
        }
    }
}

/// `unnest_operands`: chains nest to the left.
fn halves(op: &Tree) -> Option<(Tree, Tree)> {
    let (last, rest) = op.kids.split_last()?;
    let first = match rest {
        [only] => only.unwrap_parens().clone(),
        _ => op.with_kids(rest.to_vec()),
    };
    Some((first, last.unwrap_parens().clone()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::same;

    #[test]
    fn what_is_contained_is_absorbed() {
        assert!(same("a = 1 OR (a = 1 AND b = 2)", "a = 1"));
        assert!(same("a = 1 AND (a = 1 OR b = 2)", "a = 1"));
        assert!(same("b IS NULL OR (NOT b IS NULL AND a = 1)", "b IS NULL OR a = 1"));
        assert!(same("(a = 1 AND b IS NULL) OR (a = 1 AND NOT b IS NULL)", "a = 1"));
        assert!(!same("a = 1 OR (a = 2 AND b = 2)", "a = 1"));
    }
}
