//! What stands in FROM, and what a query gives.

use std::ops::Range;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::names::ModelName;
use crate::resolve::{Block, BlockId, BlockKind, Join, Output, Relation, Source, is_pivot_clause};
use crate::sql::tree::{JoinKind, Name, Op, Tree};

use super::coercion::Typed;
use super::data_type::{DataType, NULL};
use super::expression::{DEPTH, element};
use super::{Annotator, Schemas};

impl Annotator<'_> {
    /// The types of the query's outputs: those of its first SELECT, whatever it is combined with.
    pub(super) fn root(&self) -> Vec<DataType> {
        if self.schemas == Schemas::Unknown && !self.is_one_select() {
            // Only the projections of a SELECT are annotated then.
            let outputs = self.resolved.root().map_or(0, |block| block.outputs.len());
            return vec![DataType::unknown(); outputs];
        }
        if self.schemas == Schemas::Untouched {
            return self.casts();
        }
        self.selected(self.resolved.root, DEPTH).iter().map(|found| self.settled(found.clone())).collect()
    }

    /// The types of the projections that are casts without an alias, of the first SELECT.
    fn casts(&self) -> Vec<DataType> {
        let mut id = self.resolved.root;
        for _ in 0..=self.resolved.blocks.len() {
            let Some(block) = self.resolved.block(id) else { break };
            match &block.kind {
                BlockKind::SetOperation { left, .. } => id = *left,
                BlockKind::Wrapped(inner) => id = *inner,
                BlockKind::Select(_) | BlockKind::Values(_) | BlockKind::Opaque => {
                    let is_cast = |output: &Output| output.is_unnamed && matches!(output.value.op, Op::Cast(_));
                    let of = |output: &Output| self.of(&output.value, DEPTH).data_type;
                    let types = block.outputs.iter();
                    return types.map(|found| if is_cast(found) { of(found) } else { DataType::unknown() }).collect();
                }
            }
        }
        Vec::new()
    }

    fn is_one_select(&self) -> bool {
        self.resolved.root().is_some_and(|block| matches!(block.kind, BlockKind::Select(_)))
    }

    /// A NULL gets the type that the dialect gives it.
    fn settled(&self, found: DataType) -> DataType {
        let is_null = found.kind == NULL && !self.tables.has_null_type;
        if is_null { DataType::plain(self.tables.default_null) } else { found }
    }

    /// The types of a block's own outputs; of a set operation those on its left.
    fn selected(&self, id: BlockId, depth: usize) -> Vec<DataType> {
        let mut id = id;
        // Each step goes to another block, so there are no more of them than blocks.
        for _ in 0..=self.resolved.blocks.len() {
            let Some(block) = self.resolved.block(id) else { break };
            match &block.kind {
                BlockKind::SetOperation { left, .. } => id = *left,
                BlockKind::Wrapped(inner) => id = *inner,
                BlockKind::Select(_) if is_unpivot(block) => {
                    return block.outputs.iter().map(|output| self.unpivoted(&output.value, depth)).collect();
                }
                BlockKind::Select(_) => {
                    let untyped = untyped_cells(block);
                    let of = |output: &Output| self.of(&output.value, depth).data_type;
                    let types = block.outputs.iter().enumerate();
                    return types
                        .map(|(at, output)| if untyped.contains(&at) { DataType::unknown() } else { of(output) })
                        .collect();
                }
                BlockKind::Values(rows) => return self.values(block, rows, depth),
                BlockKind::Opaque => return vec![DataType::unknown(); block.outputs.len()],
            }
        }
        Vec::new()
    }

    /// UNPIVOT's names are texts, its values have the type of the first column.
    fn unpivoted(&self, value: &Tree, depth: usize) -> DataType {
        match (&value.op, value.first()) {
            (Op::Struct, _) => DataType::plain("VARCHAR"),
            (Op::Array, Some(first)) => self.of(first, depth).data_type,
            _ => self.of(value, depth).data_type,
        }
    }

    /// sqlglot looks at the first row only.
    fn values(&self, block: &Block, rows: &[Tree], depth: usize) -> Vec<DataType> {
        let first = rows.first().map(|row| row.kids.as_slice()).unwrap_or_default();
        let value = |at: usize| first.get(at).map_or_else(DataType::unknown, |value| self.of(value, depth).data_type);
        (0..block.outputs.len()).map(value).collect()
    }

    /// The types of a block's outputs as those see them that read from it.
    fn seen(&self, id: BlockId, depth: usize) -> Rc<Vec<DataType>> {
        if let Some(known) = self.seen.borrow().get(&id) {
            return known.clone();
        }
        // One that reads itself finds nothing here; it is put right when it is done.
        self.seen.borrow_mut().insert(id, Rc::default());
        let found = match self.resolved.block(id).map(|block| &block.kind) {
            Some(BlockKind::SetOperation { .. }) => self.combined(id, depth),
            Some(BlockKind::Wrapped(inner)) => self.seen(*inner, depth).to_vec(),
            _ => self.selected(id, depth),
        };
        let found = Rc::new(found);
        self.seen.borrow_mut().insert(id, found.clone());
        found
    }

    /// The branches' types brought to one, by the names on the left (`_get_setop_column_types`).
    fn combined(&self, id: BlockId, depth: usize) -> Vec<DataType> {
        let names = self.names(id);
        let mut types: FxHashMap<Name, DataType> = FxHashMap::default();
        let mut pending = std::collections::VecDeque::from([id]);
        let mut steps = 0;
        while let Some(id) = pending.pop_front() {
            steps += 1;
            let Some(block) = self.resolved.block(id).filter(|_| steps <= self.resolved.blocks.len()) else { break };
            match block.kind {
                BlockKind::SetOperation { by_name, left, right, .. } => {
                    pending.extend([left, right]);
                    for (name, found) in self.pairs(left, right, by_name, depth) {
                        let before = types.entry(name).or_insert(DataType::plain(NULL));
                        *before = self.tables.coerced(&found, before);
                    }
                }
                BlockKind::Wrapped(inner) => pending.push_back(inner),
                BlockKind::Select(_) | BlockKind::Values(_) | BlockKind::Opaque => {}
            }
        }
        names.iter().map(|name| types.get(name).cloned().unwrap_or_else(DataType::unknown)).collect()
    }

    /// Each column on the left with what it becomes beside the one on the right.
    fn pairs(&self, left: BlockId, right: BlockId, by_name: bool, depth: usize) -> Vec<(Name, DataType)> {
        let (names, types) = (self.names(left), self.selected(left, depth));
        let (others, right) = (self.names(right), self.selected(right, depth));
        let places: FxHashMap<&Name, usize> = others.iter().enumerate().map(|(at, other)| (other, at)).collect();
        let other = |at: usize, name: &Name| right.get(if by_name { *places.get(name)? } else { at });
        let pairs = names.into_iter().zip(types).enumerate();
        pairs
            .filter_map(|(at, (name, found))| match other(at, &name) {
                Some(other) => Some((name, self.tables.coerced(&found, other))),
                None => by_name.then(|| (name, DataType::unknown())),
            })
            .collect()
    }

    /// The names of a block's outputs; of a set operation those on its left.
    fn names(&self, id: BlockId) -> Vec<Name> {
        let outputs = self.resolved.block(id).map(|block| block.outputs.as_slice()).unwrap_or_default();
        outputs.iter().map(|output| output.name.clone()).collect()
    }

    /// The type of a query that stands for a value: that of its only column.
    pub(super) fn scalar(&self, id: BlockId, depth: usize) -> DataType {
        match self.selected(id, depth).as_slice() {
            [only] => only.clone(),
            _ => DataType::unknown(),
        }
    }

    /// The type of the rows that a query gives: its only column's, or a struct's.
    pub(super) fn projected(&self, id: BlockId, depth: usize) -> DataType {
        match self.seen(id, depth).as_slice() {
            [only] => only.clone(),
            _ => DataType::unknown(),
        }
    }

    /// The type of a column of a relation.
    pub(super) fn column(&self, block: BlockId, relation: u32, name: &Name, depth: usize) -> DataType {
        let Some(BlockKind::Select(select)) = self.resolved.block(block).map(|block| &block.kind) else {
            return DataType::unknown();
        };
        match select.relations.get(relation as usize) {
            Some(relation) => self.of_relation(relation, block, name, depth).unwrap_or_else(DataType::unknown),
            None => DataType::unknown(),
        }
    }

    fn of_relation(&self, relation: &Relation, block: BlockId, name: &Name, depth: usize) -> Option<DataType> {
        let place = || relation.schema.position(name);
        match &relation.source {
            Source::Model(model) => self.of_table(model, name, place()),
            Source::Block(_) if self.is_lateral(relation) => None,
            // What the engine calls column1 is `_col_0` to sqlglot.
            Source::Block(id) if self.resolved.is_called_by_engine(*id, name) => None,
            Source::Block(id) | Source::Altered(id) => self.seen(*id, depth).get(place()?).cloned(),
            Source::Recursive(cte, between) => {
                let types = self.selected(self.recursion(block, cte, *between)?, depth);
                types.get(place()?).cloned()
            }
            Source::Function(call) => Some(self.of_function(relation, call, name, depth)),
        }
    }

    /// sqlglot looks into no subquery that is LATERAL by its words.
    fn is_lateral(&self, relation: &Relation) -> bool {
        let start = relation.span.start as usize;
        let word = |text: &str| text.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("LATERAL"));
        let before = self.sql.get(..start).unwrap_or_default().trim_end_matches(['(', ' ', '\n', '\t', '\r']);
        let is_applied = |join: &Join| matches!(join.kind, JoinKind::CrossApply | JoinKind::OuterApply);
        relation.join.as_ref().is_some_and(is_applied)
            || word(self.sql.get(start..).unwrap_or_default())
            || before.len().checked_sub(7).and_then(|at| before.get(at..)).is_some_and(word)
    }

    /// A table's column, most likely at this place.
    fn of_table(&self, model: &ModelName, name: &Name, place: Option<usize>) -> Option<DataType> {
        if self.schemas != Schemas::Known {
            return None;
        }
        let belief = self.beliefs.table(model)?;
        let is_there = |place: &usize| belief.columns.get(*place).is_some_and(|(known, _)| known == name);
        let place = place.filter(is_there).or_else(|| belief.columns.iter().position(|(known, _)| known == name))?;
        let key = (model.clone(), place);
        if let Some(known) = self.reread.borrow().get(&key) {
            return Some(known.clone());
        }
        let found = super::reread(&belief.columns.get(place)?.1, self.dialect);
        self.reread.borrow_mut().insert(key, found.clone());
        Some(found)
    }

    /// The first branch of the CTE that is being defined around the block, so many definitions out.
    fn recursion(&self, block: BlockId, cte: &Name, between: u32) -> Option<BlockId> {
        let mut around: Vec<_> =
            self.resolved.recursions.iter().filter(|found| found.blocks.contains(&block)).collect();
        around.sort_by_key(|found| found.blocks.end - found.blocks.start);
        let found = around.get(between as usize).filter(|found| found.name == *cte);
        let found = found.or_else(|| around.iter().find(|found| found.name == *cte))?;
        match self.resolved.block(found.root)?.kind {
            BlockKind::SetOperation { left, .. } => Some(left),
            _ => Some(found.root),
        }
    }

    /// A column of a function that gives rows.
    fn of_function(&self, relation: &Relation, call: &Tree, name: &Name, depth: usize) -> DataType {
        let Op::TableFunction(function) = &call.op else { return DataType::unknown() };
        let is_query = |argument: &Tree| matches!(argument.op, Op::Nested(_) | Op::Subquery);
        let of_query =
            |argument: &Tree| argument.op == Op::Function("ARRAY".into()) && argument.kids.iter().any(is_query);
        if call.first().is_some_and(of_query) {
            // sqlglot comes by before it has looked into the query.
            return DataType::unknown();
        }
        let argument = call.first().map_or_else(Typed::unknown, |argument| self.of(argument, depth)).data_type;
        match &**function {
            "UNNEST" => {
                let rows = element(&argument);
                // Any other name stands for the rows themselves, even that of their places.
                rows.field(name).cloned().unwrap_or(rows)
            }
            "EXPLODE" | "EXPLODE_OUTER" | "POSEXPLODE" | "POSEXPLODE_OUTER" => {
                // sqlglot takes the first name for the whole argument.
                match (argument.inner().field(name), relation.schema.position(name)) {
                    (Some(field), _) => field.clone(),
                    (None, Some(0)) => argument,
                    _ => DataType::unknown(),
                }
            }
            _ => DataType::unknown(),
        }
    }
}

/// The places of a PIVOT's columns without a type: sqlglot counts the values of its first key only, and gives that many,
/// the last ones, the types of the aggregates.
fn untyped_cells(block: &Block) -> Range<usize> {
    let pivot = block.other.iter().find(|other| matches!(&other.op, Op::Altered(text) if &**text == "PIVOT"));
    let Some([aggregates, _, values, ..]) = pivot.map(|pivot| pivot.kids.as_slice()) else { return 0..0 };
    let is_cell = |output: &&Output| matches!(output.value.op, Op::Altered(_));
    let kept = block.outputs.iter().take_while(|output| !is_cell(output)).count();
    let counted = values.kids.iter().take_while(|value| !is_pivot_clause(value)).count() * aggregates.kids.len();
    kept..block.outputs.len().saturating_sub(counted)
}

fn is_unpivot(block: &Block) -> bool {
    block.other.iter().any(|other| matches!(&other.op, Op::Altered(text) if text.starts_with("UNPIVOT")))
}
