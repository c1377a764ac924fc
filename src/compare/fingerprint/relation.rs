//! Fingerprints of what stands in FROM: rows, columns, order.

use crate::resolve::{Block, BlockId, BlockKind, Distinct, Join, Relation, Select, Source};
use crate::sql::tree::{JoinKind, Name, Op, Tree};

use crate::lineage::aggregates;

use super::classify::{decides_rows, row_calls};
use super::{Print, Prints, hash};

impl<'r> Prints<'r> {
    /// A relation's rows with the way it is joined.
    pub(super) fn joined(&mut self, id: BlockId, select: &Select, at: usize) -> Print {
        let Some(relation) = select.relations.get(at) else { return 0 };
        let rows = self.relation_rows(id, relation);
        let Some(Join { kind, condition, unknown, left, .. }) = &relation.join else {
            return hash(("relation", rows));
        };
        // `a CROSS JOIN b` is `a, b`. With other relations on the left that is so only if all before are: what is joined
        // inside brackets isn't joined to all.
        if *kind == JoinKind::Cross && condition.is_empty() && !unknown && *left == 0 {
            return hash(("relation", rows));
        }
        let by_order = *kind == JoinKind::AsOf
            || condition.iter().any(|part| matches!(part.op, Op::Modifier(_) | Op::Other(_) | Op::Opaque(_)));
        let sides = select.relations.get(..=at).unwrap_or_default();
        // Rows that are joined by their places, or columns that aren't known to be keys or not.
        let sequences: Vec<Print> = match by_order {
            true => sides.iter().map(|side| self.relation_sequence(side)).collect(),
            false => vec![],
        };
        let possible_keys: Vec<Print> = match unknown {
            true => sides.iter().map(|side| self.all_columns(side)).collect(),
            false => vec![],
        };
        let condition = self.predicates(id, condition);
        hash(("join", kind, left, rows, condition, sequences, possible_keys))
    }

    fn relation_rows(&mut self, id: BlockId, relation: &Relation) -> Print {
        match &relation.source {
            Source::Model(model) => hash(("model", model)),
            Source::Block(inner) | Source::Altered(inner) => {
                let rows = match self.transparent(*inner) {
                    Some(source) => self.relation_rows(*inner, source),
                    None => self.block(*inner).rows,
                };
                // What it refers to outside is counted from where it was written, which may be elsewhere.
                let parent = self.resolved.block(*inner).and_then(|block| block.parent);
                match parent.filter(|_| self.nesting.refers_outside(*inner)) {
                    Some(parent) => hash(("written in", self.distance(id, parent), rows)),
                    None => rows,
                }
            }
            Source::Recursive(_, between) => hash(("recursive", between)),
            Source::Function(call) => hash(("function", self.tree(id, call), relation.schema.columns.len())),
        }
    }

    /// What decides the order of a relation's rows; 0 if nothing does.
    pub(super) fn relation_sequence(&mut self, relation: &Relation) -> Print {
        match &relation.source {
            Source::Block(inner) | Source::Altered(inner) => self.block(*inner).sequence,
            Source::Model(_) | Source::Recursive(..) | Source::Function(_) => 0,
        }
    }

    /// Does the block do nothing but pass columns of one relation on?
    pub(crate) fn passes_on(&self, id: BlockId) -> bool {
        self.transparent(id).is_some()
    }

    /// The relation behind a block that does nothing but pass columns of one relation on.
    fn transparent(&self, id: BlockId) -> Option<&'r Relation> {
        let block = self.resolved.block(id)?;
        let BlockKind::Select(select) = &block.kind else { return None };
        let passes = block.outputs.iter().all(|output| matches!(output.value.op, Op::Bound(at, 0, _) if at == id));
        self.filtering(id).filter(|_| select.filter.is_empty() && passes)
    }

    /// The only relation of a block that at most leaves out rows of it. Without group, DISTINCT and LIMIT a row gives one
    /// row or none, unless an output aggregates or gives several; so an output that is nothing but a column has the value
    /// of that column in every row that is left, NULL or not. Which rows are left is part of the rows' fingerprint.
    fn filtering(&self, id: BlockId) -> Option<&'r Relation> {
        let block = self.resolved.block(id).filter(|_| !self.formed.contains(&id))?;
        let BlockKind::Select(select) = &block.kind else { return None };
        let [relation] = select.relations.as_slice() else { return None };
        if let Some(&known) = self.filters.borrow().get(&id) {
            return known.then_some(relation);
        }
        let is_known = self.only_filters(id, block, select, relation);
        self.filters.borrow_mut().insert(id, is_known);
        is_known.then_some(relation)
    }

    fn only_filters(&self, id: BlockId, block: &Block, select: &Select, relation: &Relation) -> bool {
        let plain = select.group.is_none()
            && select.having.is_empty()
            && select.qualify.is_empty()
            && matches!(select.distinct, Distinct::No)
            && block.limit.is_empty()
            && !block.order.iter().any(|key| decides_rows(key, false, self.family()))
            && block.other.is_empty()
            && relation.join.is_none();
        let by_row = |value: &Tree| !aggregates(value) && row_calls(value, false, self.family()).is_empty();
        let is_plain = plain && block.outputs.iter().all(|output| by_row(&output.value));
        is_plain && !self.nesting.is_aggregated_inside(id)
    }

    /// A column of a relation, as seen from that relation.
    pub(super) fn relation_column(&mut self, relation: &Relation, name: &Name) -> Print {
        match &relation.source {
            Source::Model(model) => {
                let new = self.renames.filter(|renames| !renames.is_empty());
                let new = new.and_then(|renames| renames.get(&(model.clone(), name.clone())));
                hash(("of", new.unwrap_or(name)))
            }
            Source::Function(_) | Source::Recursive(..) => {
                // The names that an alias gives to a function's columns don't matter, nor does what a recursion calls
                // its own; their places do.
                match relation.schema.position(name) {
                    Some(at) if !relation.schema.open => hash(("place", at)),
                    at => hash(("of", name, at)),
                }
            }
            Source::Block(inner) | Source::Altered(inner) => self.block_column(*inner, relation, name),
        }
    }

    fn block_column(&mut self, inner: BlockId, relation: &Relation, name: &Name) -> Print {
        let resolved = self.resolved;
        let Some(block) = resolved.block(inner) else { return hash(("unbound", name)) };
        let at = relation.schema.position(name);
        let mut known = block.outputs.iter().enumerate().filter(|(_, output)| !output.is_open);
        let output = at.and_then(|at| known.nth(at));
        if let Some((at, _)) = output
            && block.outputs.iter().take(at).any(|output| output.is_open)
        {
            // A column that isn't known may have the same name, and come first.
            let prints = self.block(inner);
            return hash(("behind open", name, prints.columns.get(..=at)));
        }
        match (output, self.transparent(inner)) {
            (Some((at, _)), _) => self.output_column(inner, block, at),
            (None, Some(source)) if passes_all(block) => self.relation_column(source, name),
            (None, _) => {
                let prints = self.block(inner);
                hash(("open", name, &prints.columns))
            }
        }
    }

    /// An output of a block, as seen from a relation that it is: where the block only leaves out rows, a column that it
    /// passes on is that of the relation behind it.
    fn output_column(&mut self, inner: BlockId, block: &'r Block, at: usize) -> Print {
        if let Some(&known) = self.passed.get(&(inner, at)) {
            return known;
        }
        let passed = match block.outputs.get(at).map(|output| &output.value.op) {
            Some(Op::Bound(from, 0, column)) if *from == inner => self.filtering(inner).map(|source| (source, column)),
            _ => None,
        };
        let print = match passed {
            Some((source, column)) => self.relation_column(source, column),
            None => hash(("in", self.block(inner).columns.get(at))),
        };
        self.passed.insert((inner, at), print);
        print
    }

    /// Every column of a relation with its name.
    fn all_columns(&mut self, relation: &Relation) -> Print {
        let schema = relation.schema.clone();
        let known: Vec<(Name, Print)> =
            schema.columns.iter().map(|c| (c.name.clone(), self.relation_column(relation, &c.name))).collect();
        let open = schema.open.then(|| self.relation_column(relation, &"*".into()));
        hash((known, open))
    }

    /// Every column of every relation in a block.
    pub(super) fn every_column(&mut self, block: &Block) -> Print {
        let BlockKind::Select(select) = &block.kind else { return 0 };
        let prints: Vec<Print> = select.relations.iter().map(|relation| self.all_columns(relation)).collect();
        hash(("every", prints))
    }
}

/// Is the block a star and nothing else? A name that isn't known then is one of the relation's.
fn passes_all(block: &Block) -> bool {
    block.outputs.iter().any(|output| output.is_open)
}
