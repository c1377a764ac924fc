//! Other ways of writing the same: a canonical form in which two queries are compared when their texts differ.
//!
//! In: two resolved queries and what is declared of their tables. Out: a [`Proof`]: fingerprints of both in the form,
//! the laws that were used, and the declared facts that they rest on. Nothing in here can make two queries differ:
//! where there is no proof, the comparison is what it was without one.
//!
//! A query is taken apart ([`lower`]) into the form of [`form`], the laws rewrite it until none applies, and [`print`]
//! computes its fingerprints. There is one law a file; each says when it holds and what NULL does to it. Every law keeps
//! the bag of rows that the query gives, on every database on which both ways of writing it don't fail.
//!
//! # Why normal forms
//!
//! The laws have a direction: nested queries are merged, conditions are pulled up, outer joins become inner ones. So one
//! form of each query is enough, and a pair costs two passes. Of those of the labelled pairs that stay unproved the larger
//! part lacks a law (an aggregate below a join, what an engine makes of types) or isn't
//! understood (functions that give rows, ROLLUP, recursion).
//!
//! Equality saturation (the `egg` crate) keeps all forms at once, which pays where a law has to be used in both directions.
//! It was weighed in a trial outside of this repository: 29 rules (three-valued logic, comparisons, BETWEEN and lists,
//! joins in any order, filters through inner joins, DISTINCT as GROUP BY) over terms in which names were bound, stars
//! expanded and nested queries merged beforehand; 20,000 nodes, 30 rounds and two seconds a pair. On the 707 labelled pairs:
//!
//! | | proved | of Calcite's 79 | of the 57 of `job_spark` | CPU time of a pair |
//! |---|---|---|---|---|
//! | normal forms | 616 | 66 | 57 | 0.5 ms |
//! | `egg` | 393 | 22 | 0 | 13 ms |
//!
//! Joins of many tables in any order fill the graph before anything else is tried, and a law that asks about the whole
//! query (who reads a column, what a filter says of it, whether a key is given) has no place in rules of terms: the
//! translation had to do what `merge` does. Of the 393 pairs twelve aren't proved here, none of them for want of a law in
//! the other direction: hints, names and syntax that the translation read or dropped, ROLLUP, an IN as a value. So there
//! are normal forms.
//!
//! # Bounds
//!
//! [`lower`] gives up on queries with too many relations or nodes, [`MOST_PASSES`] bounds the passes over a SELECT, and
//! [`print`] counts its work. A query that is too large has no form, which costs the proof.

mod aggregates;
mod asked;
mod boolean;
mod calls;
mod choices;
mod compose;
mod copies;
mod counted;
mod distinct;
mod empty;
mod equalities;
mod exists;
mod facts;
mod filtered;
mod form;
mod group_keys;
mod groups;
mod implied;
mod inputs;
mod literals;
mod lower;
mod lower_joins;
mod merge;
mod order;
mod outer;
#[cfg(test)]
mod pairs;
mod print;
mod prune;
mod pull_up;
mod scalar;
mod self_join;
mod settle;
mod shape;
mod spellings;
mod terms;
mod truth;
mod unions;
mod unused;
mod windows;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::dialect::Family;
use crate::names::ModelName;
use crate::sql::tree::{Op, Tree};

pub use facts::Facts;
use form::{Query, RelationId, Select, replaced};
use shape::Shape;

use super::Side;
use super::fingerprint::{BlockPrints, hash};

/// So often a SELECT is looked at again.
const MOST_PASSES: usize = 150;

/// So many nodes may be looked at in all passes together. What isn't rewritten by then stays as it is.
const MOST_EFFORT: usize = 1_500_000;

/// Larger expressions aren't put in the place of a column.
const LARGEST: usize = 300;

/// Two queries in the canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Fingerprints of the query before and the one after.
    pub prints: (Rc<BlockPrints>, Rc<BlockPrints>),
    /// The laws that rewrote either.
    pub laws: BTreeSet<&'static str>,
    /// The declared facts that these rest on.
    pub premises: BTreeSet<String>,
}

impl Proof {
    /// How many columns of the query before are among those of the query after.
    fn shared_columns(&self) -> usize {
        let (before, after) = &self.prints;
        before.columns.iter().filter(|column| after.columns.contains(column)).count()
    }

    /// The laws in one line.
    pub fn laws(&self) -> String {
        self.laws.iter().copied().collect::<Vec<_>>().join(", ")
    }
}

/// Both queries in the form, if they have one and give the same rows. `given_up` is set if one is too large for it.
pub(super) fn proof(before: &Side<'_>, after: &Side<'_>, facts: &Facts, given_up: &Cell<bool>) -> Option<Proof> {
    if before.resolved.doubt.is_some() || after.resolved.doubt.is_some() {
        return None;
    }
    // There an outer join fills up with zeros and empty texts, and NULL is in no list.
    if [before, after].iter().any(|side| side.resolved.dialect.family == Family::ClickHouse) {
        return None;
    }
    let mut proof = proved(before, after, facts, given_up)?;
    // A declaration that was used may not have been needed.
    for fewer in [Facts::without_declared_types, Facts::types] {
        if proof.premises.is_empty() {
            break;
        }
        let other = proved(before, after, &fewer(facts), &Cell::new(false));
        proof = other.filter(|other| other.shared_columns() >= proof.shared_columns()).unwrap_or(proof);
    }
    Some(proof)
}

fn proved(before: &Side<'_>, after: &Side<'_>, facts: &Facts, given_up: &Cell<bool>) -> Option<Proof> {
    let (old, mut laws, mut premises) = settled(before, facts, given_up)?;
    let (new, new_laws, new_premises) = settled(after, facts, given_up)?;
    laws.extend(new_laws);
    premises.extend(new_premises);
    (old.rows == new.rows).then(|| Proof { prints: (Rc::new(old), Rc::new(new)), laws, premises })
}

type Settled = (BlockPrints, BTreeSet<&'static str>, BTreeSet<String>);

fn settled(side: &Side<'_>, facts: &Facts, given_up: &Cell<bool>) -> Option<Settled> {
    let mut prints = side.prints(side.holes);
    let mut lowering = lower::Lowering::new(side.resolved, &mut prints, side.renames, facts);
    let query = lowering.query(side.resolved.root);
    given_up.set(given_up.get() || lowering.is_too_large());
    let Form { query, mut prints, laws, premises, effort } = formed(&mut lowering, query?, true);
    let is_complete = prints.is_some() && effort <= MOST_EFFORT;
    if let (Query::Select(select), Some(prints)) = (&query, &mut prints) {
        // The result has a NULL there, of whatever type.
        for (print, output) in prints.columns.iter_mut().zip(&select.outputs) {
            *print = if boolean::is_certainly_null(output) { hash("NULL") } else { *print };
        }
    }
    given_up.set(given_up.get() || !is_complete);
    Some((prints?, laws, premises))
}

/// A query after all laws.
struct Form {
    query: Query,
    /// `None` if there was too much to hash.
    prints: Option<BlockPrints>,
    laws: BTreeSet<&'static str>,
    premises: BTreeSet<String>,
    effort: usize,
}

/// Rewrites what was lowered until no law applies. Is it the whole query, which nothing else reads?
fn formed(lowering: &mut lower::Lowering<'_, '_>, mut query: Query, is_whole: bool) -> Form {
    let inside = std::mem::take(&mut lowering.inside);
    let mut canon = Canon {
        family: lowering.resolved.dialect.family,
        facts: lowering.facts,
        models: std::mem::take(&mut lowering.models),
        shapes: BTreeMap::new(),
        subqueries: std::mem::take(&mut lowering.subqueries),
        laws: inside.laws,
        premises: inside.premises,
        asked: RefCell::default(),
        simple: RefCell::default(),
        next: lowering.next(),
        effort: inside.effort,
    };
    canon.settle_all(&mut query);
    if is_whole {
        canon.empty_at_last(&mut query);
    }
    let mut printer = print::Printer::new(&canon);
    let prints = printer.query(&query);
    let prints = (!printer.is_exhausted()).then_some(prints);
    let Canon { laws, mut premises, asked, effort, .. } = canon;
    premises.append(&mut asked.into_inner());
    Form { query, prints, laws, premises, effort }
}

/// What the laws know and leave behind.
struct Canon<'f> {
    family: Family,
    facts: &'f Facts,
    models: FxHashMap<RelationId, ModelName>,
    /// What is known of the columns of the queries that are read.
    shapes: BTreeMap<RelationId, Shape>,
    /// The queries that stand in expressions.
    subqueries: Vec<Query>,
    laws: BTreeSet<&'static str>,
    premises: BTreeSet<String>,
    /// Premises of types that a law asked for, whether it held or not.
    asked: RefCell<BTreeSet<String>>,
    /// Expressions that no law makes simpler, as long as nothing else is known of the relations.
    simple: RefCell<FxHashSet<(settle::Place, u128)>>,
    next: RelationId,
    effort: usize,
}

impl Canon<'_> {
    /// Notes that a law was used.
    fn used(&mut self, law: &'static str) {
        self.laws.insert(law);
    }

    /// Notes what is known of the columns of a relation.
    fn know(&mut self, id: RelationId, shape: Shape) {
        if self.shapes.get(&id) != Some(&shape) {
            self.simple.get_mut().clear();
            self.shapes.insert(id, shape);
        }
    }

    /// A number that no relation has.
    fn number(&mut self) -> RelationId {
        self.next += 1;
        self.next - 1
    }

    /// The relations that an expression refers to, those outside of its subqueries included.
    fn relations_in(&self, tree: &Tree) -> BTreeSet<RelationId> {
        let mut found = BTreeSet::new();
        let mut seen = FxHashSet::default();
        self.collect_relations(tree, &mut found, &mut seen);
        found
    }

    fn collect_relations(&self, tree: &Tree, found: &mut BTreeSet<RelationId>, seen: &mut FxHashSet<u32>) {
        let mut nested = Vec::new();
        tree.walk(&mut |node| {
            match node.op {
                Op::Bound(relation, ..) => {
                    found.insert(relation);
                }
                Op::Nested(at) => nested.push(at),
                _ => {}
            }
            true
        });
        for at in nested {
            if let Some(query) = self.subqueries.get(at as usize).filter(|_| seen.insert(at)) {
                query.trees(&mut |tree| self.collect_relations(tree, found, seen));
            }
        }
    }

    /// Does an expression refer to one of these relations?
    fn refers(&self, tree: &Tree, ids: &[RelationId]) -> bool {
        !ids.is_empty() && self.relations_in(tree).iter().any(|id| ids.contains(id))
    }

    /// Puts expressions in the place of the columns of a relation, wherever they stand in the SELECT.
    fn substitute(&mut self, select: &mut Select, id: RelationId, values: &[Tree]) {
        self.replace(select, &|node| match node.op {
            Op::Bound(relation, place, _) if relation == id => values.get(place as usize).cloned(),
            _ => None,
        });
    }

    /// Puts other nodes wherever `replace` gives one: in the SELECT and the subqueries of its expressions.
    fn replace(&mut self, select: &mut Select, replace: &dyn Fn(&Tree) -> Option<Tree>) {
        let mut nested = FxHashSet::default();
        select.trees_mut(&mut |tree| {
            note_nested(tree, &mut nested);
            *tree = replaced(tree, replace);
        });
        self.replace_nested(nested, replace);
    }

    fn replace_nested(&mut self, nested: FxHashSet<u32>, replace: &dyn Fn(&Tree) -> Option<Tree>) {
        let mut pending: Vec<u32> = nested.iter().copied().collect();
        let mut seen = nested;
        while let Some(at) = pending.pop() {
            let mut inner = FxHashSet::default();
            if let Some(query) = self.subqueries.get_mut(at as usize) {
                query.trees_mut(&mut |tree| {
                    note_nested(tree, &mut inner);
                    *tree = replaced(tree, replace);
                });
            }
            pending.extend(inner.into_iter().filter(|at| seen.insert(*at)));
        }
    }

    /// The subqueries of these expressions, and theirs.
    fn has_subquery(&self, tree: &Tree) -> bool {
        has_nested(tree)
    }
}

/// Is there a query in the expression?
fn has_nested(tree: &Tree) -> bool {
    let mut nested = FxHashSet::default();
    note_nested(tree, &mut nested);
    !nested.is_empty()
}

fn note_nested(tree: &Tree, nested: &mut FxHashSet<u32>) {
    tree.walk(&mut |node| {
        if let Op::Nested(at) = node.op {
            nested.insert(at);
        }
        true
    });
}
