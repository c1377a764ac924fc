//! Numbers for the relations of a FROM that don't depend on the order in which they are written.
//!
//! In: a SELECT whose relations' own fingerprints are known. Out: a label for each relation. Relations get colours: first
//! by what they are and where they stand, then by the conditions that they share with relations of other colours, until
//! nothing is told apart any more. Of relations that look alike one is picked. Another pick may give other labels, which
//! costs a proof; equal fingerprints mean the same in any case, since labels are one to one.

use std::collections::BTreeSet;

use crate::compare::fingerprint::{Print, hash};
use crate::sql::tree::Tree;

use super::form::{From, RelationId, Select, Source};
use super::print::Printer;

/// More relations than this keep the order in which they are written.
const MOST: usize = 48;

/// A condition or output, and what it is.
struct Fact<'s> {
    role: Print,
    tree: &'s Tree,
    relations: Vec<RelationId>,
}

impl Printer<'_> {
    /// Labels the relations of a FROM.
    pub(super) fn number(&mut self, select: &Select, depth: usize) {
        let mut places = Vec::new();
        positions(&select.from, hash("from"), &mut places);
        if places.len() > 1 && places.len() <= MOST {
            self.coloured(select, &mut places);
        }
        for (at, (id, _)) in places.iter().enumerate() {
            self.labels.insert(*id, hash(("relation", depth, at)));
        }
    }

    fn coloured(&mut self, select: &Select, places: &mut [(RelationId, Print)]) {
        for (id, place) in places.iter() {
            let source = self.sources.get(id).copied();
            self.labels.insert(*id, hash((place, source)));
        }
        let mut facts = Vec::new();
        self.facts_of(&select.from, hash("filter"), &mut facts);
        let ids: Vec<RelationId> = places.iter().map(|(id, _)| *id).collect();
        self.refine(&ids, &facts);
        // What decides the rows comes first: an output that changes shall not change the numbers.
        let rows: Vec<Option<Print>> = ids.iter().map(|id| self.labels.get(id).copied()).collect();
        for (role, tree) in select.upper_trees().into_iter().map(|tree| (hash("upper"), tree)) {
            self.fact(role, tree, &mut facts);
        }
        self.refine(&ids, &facts);
        while let Some(twin) = self.twin(&ids) {
            if self.is_exhausted() {
                return;
            }
            let picked = hash(("picked", self.labels.get(&twin)));
            self.labels.insert(twin, picked);
            self.refine(&ids, &facts);
        }
        let mut keyed: Vec<_> =
            places.iter().zip(rows).map(|(place, row)| (row, self.labels.get(&place.0).copied(), *place)).collect();
        keyed.sort_unstable();
        for (slot, (.., place)) in places.iter_mut().zip(keyed) {
            *slot = place;
        }
    }

    /// The first relation of the smallest colour that several have.
    fn twin(&self, ids: &[RelationId]) -> Option<RelationId> {
        let mut coloured: Vec<(Print, usize)> =
            ids.iter().enumerate().filter_map(|(at, id)| Some((*self.labels.get(id)?, at))).collect();
        coloured.sort_unstable();
        let pair = coloured.windows(2).find(|pair| matches!(pair, [a, b] if a.0 == b.0))?;
        ids.get(pair.first()?.1).copied()
    }

    fn refine(&mut self, ids: &[RelationId], facts: &[Fact<'_>]) {
        let mut known = self.distinct(ids);
        for _ in 0..ids.len() {
            if known == ids.len() || self.is_exhausted() {
                return;
            }
            let next: Vec<(RelationId, Print)> = ids.iter().map(|&id| (id, self.next_colour(id, facts))).collect();
            self.labels.extend(next);
            let now = self.distinct(ids);
            if now == known {
                return;
            }
            known = now;
        }
    }

    fn distinct(&self, ids: &[RelationId]) -> usize {
        ids.iter().filter_map(|id| self.labels.get(id)).collect::<BTreeSet<_>>().len()
    }

    fn next_colour(&mut self, id: RelationId, facts: &[Fact<'_>]) -> Print {
        let Some(own) = self.labels.get(&id).copied() else { return 0 };
        self.labels.insert(id, hash("itself"));
        let mut seen: Vec<Print> = facts
            .iter()
            .filter(|fact| fact.relations.contains(&id))
            .map(|fact| hash((fact.role, self.tree(fact.tree))))
            .collect();
        self.labels.insert(id, own);
        seen.sort_unstable();
        hash((own, seen))
    }

    fn facts_of<'s>(&mut self, from: &'s From, role: Print, facts: &mut Vec<Fact<'s>>) {
        for tree in &from.filter {
            self.fact(role, tree, facts);
        }
        for item in &from.items {
            if let Source::Full(full) = &item.source {
                for side in [&full.left, &full.right] {
                    self.facts_of(side, hash((role, "full side")), facts);
                }
                for tree in &full.on {
                    self.fact(hash((role, "full on")), tree, facts);
                }
            }
        }
        for part in &from.optional {
            self.facts_of(&part.from, hash((role, "optional")), facts);
            for tree in &part.on {
                self.fact(hash((role, "on", part.from.items.len())), tree, facts);
            }
        }
    }

    fn fact<'s>(&mut self, role: Print, tree: &'s Tree, facts: &mut Vec<Fact<'s>>) {
        let relations = self.canon.relations_in(tree).into_iter().collect();
        facts.push(Fact { role, tree, relations });
    }
}

/// The relations with where they stand.
fn positions(from: &From, place: Print, found: &mut Vec<(RelationId, Print)>) {
    for item in &from.items {
        found.push((item.id, place));
        if let Source::Full(full) = &item.source {
            positions(&full.left, hash((place, "full")), found);
            positions(&full.right, hash((place, "full")), found);
        }
    }
    for part in &from.optional {
        positions(&part.from, hash((place, "optional")), found);
    }
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same};

    #[test]
    fn inner_joins_have_no_order_and_no_place_for_conditions() {
        same(
            "SELECT p.a FROM p JOIN q ON p.id = q.pid AND q.x > 1 JOIN n ON n.c = q.y WHERE p.b = 2",
            "SELECT p.a FROM n, q, p WHERE 2 = p.b AND n.c = q.y AND 1 < q.x AND q.pid = p.id",
        );
        same("SELECT l.a, o.b FROM p l JOIN p o ON l.b = o.a", "SELECT l.a, o.b FROM p o JOIN p l ON l.b = o.a");
        differ("SELECT l.a, o.b FROM p l JOIN p o ON l.b = o.a", "SELECT o.a, l.b FROM p l JOIN p o ON l.b = o.a");
        differ("SELECT l.a FROM p l JOIN p o ON l.b = o.a", "SELECT l.a FROM p l JOIN p o ON l.a = o.b");
        differ(
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid AND q.x > 1",
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE q.x > 1",
        );
        differ(
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid AND p.a > 1",
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE p.a > 1",
        );
    }
}
