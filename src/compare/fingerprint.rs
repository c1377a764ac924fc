//! A resolved query's meaning as hashes: one for its rows, one for each output.
//!
//! In: a [`Resolved`] query. Out: [`Prints`]. Two queries with the same row fingerprint give the same bag of rows for
//! every content of the sources, and outputs with the same fingerprint carry the same values in those rows. Names of
//! aliases, CTEs and subqueries, unused columns, parentheses, the order of conjuncts and the like are no part of a
//! fingerprint. Whatever isn't understood is hashed as it stands, so that it equals only itself.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use siphasher::sip128::{Hasher128, SipHasher13};

use crate::lineage::{aggregates, may_be_unlisted};
use crate::names::ModelName;
use crate::resolve::{Block, BlockId, BlockKind, Distinct, Group, Join, Relation, Resolved, Select, Source};
use crate::sql::functions::{FunctionKind, is_volatile, kind};
use crate::sql::tree::{Name, Op, SetOperator, Span, Tree};

/// A fingerprint. Equal ones mean equal, up to a collision of 128 bits.
pub type Print = u128;

/// Given for a hole, it leaves the hole's arguments out: all such holes are alike.
pub const ANY_HOLE: Print = Print::MAX;

/// The fingerprints of a block.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlockPrints {
    pub rows: Print,
    /// One for each output, open ones included.
    pub columns: Vec<Print>,
    /// For the parts that make the rows, so that a difference can be pointed at.
    pub parts: Parts,
}

/// Fingerprints of the clauses of a SELECT.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parts {
    /// Rows of each relation with its join.
    pub relations: Vec<Print>,
    pub filter: Vec<Print>,
    pub group: Option<Print>,
    pub having: Vec<Print>,
    pub qualify: Vec<Print>,
    pub distinct: Print,
    pub limit: Print,
    pub generated: Vec<Print>,
    pub other: Print,
}

/// All fingerprints of a query.
pub struct Prints<'r> {
    resolved: &'r Resolved,
    /// What a hole stands for: its name, and the definition behind it.
    holes: &'r dyn Fn(u32) -> Print,
    done: BTreeMap<BlockId, Rc<BlockPrints>>,
    /// Calls of volatile functions by place: each is a value of its own.
    volatile: BTreeMap<(BlockId, Span), u64>,
    /// Calls whose kind isn't known are taken for functions of one row.
    trusting: bool,
    renames: Option<&'r Renames>,
}

/// New names of models' columns that kept their values, by model and old name.
pub type Renames = BTreeMap<(ModelName, Name), Name>;

impl<'r> Prints<'r> {
    pub fn new(resolved: &'r Resolved, holes: &'r dyn Fn(u32) -> Print) -> Self {
        Prints { resolved, holes, done: BTreeMap::new(), volatile: BTreeMap::new(), trusting: false, renames: None }
    }

    /// Fingerprints under the assumption that calls whose kind isn't known neither aggregate nor give rows. Where these
    /// agree and the others don't, only the assumption would make the rows the same.
    pub fn trusting(resolved: &'r Resolved, holes: &'r dyn Fn(u32) -> Print) -> Self {
        Prints { trusting: true, ..Prints::new(resolved, holes) }
    }

    /// Reads columns of models under their new names.
    pub fn with_renames(mut self, renames: &'r Renames) -> Self {
        self.renames = Some(renames);
        self
    }

    /// The fingerprints of a block.
    pub fn block(&mut self, id: BlockId) -> Rc<BlockPrints> {
        if let Some(done) = self.done.get(&id) {
            return done.clone();
        }
        // Against cycles, which resolution doesn't build: a block inside itself is only itself.
        self.done.insert(id, Rc::new(BlockPrints { rows: hash(("cycle", id)), ..BlockPrints::default() }));
        let resolved = self.resolved;
        let prints = match resolved.block(id) {
            Some(block) => self.prints(id, block),
            None => BlockPrints::default(),
        };
        let prints = Rc::new(prints);
        self.done.insert(id, prints.clone());
        prints
    }

    fn prints(&mut self, id: BlockId, block: &Block) -> BlockPrints {
        let mut prints = match &block.kind {
            BlockKind::Select(select) => self.select(id, block, select),
            BlockKind::SetOperation { op, all, by_name, left, right } => {
                self.set_operation(block, (*op, *all, *by_name), *left, *right)
            }
            BlockKind::Values(rows) => self.values(id, block, rows),
            BlockKind::Wrapped(inner) => (*self.block(*inner)).clone(),
            BlockKind::Opaque => BlockPrints {
                columns: block.outputs.iter().map(|output| hash(("opaque", &output.name))).collect(),
                ..BlockPrints::default()
            },
        };
        let other: Vec<Print> = block.other.iter().map(|tree| self.tree(id, tree)).collect();
        prints.parts.other = hash(("other", other));
        if !block.limit.is_empty() {
            let order: Vec<Print> = block.order.iter().map(|tree| self.key(id, block, &prints, tree)).collect();
            let limit: Vec<Print> = block.limit.iter().map(|tree| self.tree(id, tree)).collect();
            prints.parts.limit = hash(("limit", order, limit));
        }
        prints.rows = hash((prints.rows, prints.parts.limit, prints.parts.other));
        prints
    }

    /// A key of ORDER BY: the name of an output stands for the output.
    fn key(&mut self, id: BlockId, block: &Block, prints: &BlockPrints, tree: &Tree) -> Print {
        let named = tree.first().and_then(|kid| kid.ident()).and_then(|name| {
            let at = block.outputs.iter().position(|output| output.name == *name)?;
            prints.columns.get(at).copied()
        });
        match named {
            Some(column) => hash(("key", &tree.op, column)),
            None => self.tree(id, tree),
        }
    }

    fn select(&mut self, id: BlockId, block: &Block, select: &Select) -> BlockPrints {
        let mut parts = Parts {
            relations: (0..select.relations.len()).map(|at| self.joined(id, select, at)).collect(),
            filter: self.sorted(id, &select.filter),
            having: self.sorted(id, &select.having),
            qualify: self.sorted(id, &select.qualify),
            ..Parts::default()
        };
        let input = hash(("input", &parts.relations, &parts.filter));
        let values: Vec<Print> = block.outputs.iter().map(|output| self.tree(id, &output.value)).collect();
        parts.group = select.group.as_ref().map(|group| self.group(id, group, block, &values));
        let aggregated = block.outputs.iter().any(|output| aggregates(&output.value)) || !select.having.is_empty();
        let core = match parts.group {
            Some(group) => hash(("grouped", input, group)),
            // One row, whatever the input.
            None if aggregated => hash("one row"),
            None => input,
        };
        // A value that looks at more than its own row has the rows it looks at in its fingerprint. An aggregate sees its
        // group, whatever HAVING makes of the group.
        let seen = hash(("seen", input, parts.group, &parts.having));
        let grouped = hash(("seen", input, parts.group));
        let columns: Vec<Print> = block
            .outputs
            .iter()
            .zip(&values)
            .map(|(output, &value)| match beyond_row(&output.value) {
                Beyond::Nothing => value,
                Beyond::Group => hash(("over", value, grouped)),
                Beyond::Rows => hash(("over", value, seen)),
            })
            .collect();
        parts.generated = self.generating(id, block);
        parts.distinct = self.distinct(id, &select.distinct, block, &columns);
        let having = if parts.having.is_empty() { 0 } else { hash((seen, &parts.having)) };
        let qualify = if parts.qualify.is_empty() { 0 } else { hash((seen, &parts.qualify)) };
        let rows = hash((core, having, qualify, parts.distinct, &parts.generated));
        let columns = match &select.distinct {
            // Which row of a group is kept depends on the order.
            Distinct::On(_) => {
                columns.into_iter().map(|column| hash(("kept", column, parts.distinct, input))).collect()
            }
            Distinct::No | Distinct::Yes => columns,
        };
        BlockPrints { rows, columns, parts }
    }

    /// The calls in the outputs that decide how many rows there are, or may.
    fn generating(&mut self, id: BlockId, block: &Block) -> Vec<Print> {
        let mut calls: Vec<&Tree> = block.outputs.iter().flat_map(|output| row_calls(&output.value)).collect();
        if self.trusting {
            calls.retain(|call| is_row_generating(call));
        }
        let mut prints: Vec<Print> = calls.into_iter().map(|call| self.tree(id, call)).collect();
        prints.sort_unstable();
        prints
    }

    fn sorted(&mut self, id: BlockId, trees: &[Tree]) -> Vec<Print> {
        let mut prints: Vec<Print> = trees.iter().map(|tree| self.tree(id, tree)).collect();
        prints.sort_unstable();
        prints.dedup();
        prints
    }

    fn group(&mut self, id: BlockId, group: &Group, block: &Block, values: &[Print]) -> Print {
        let mut keys = self.sorted(id, &group.keys);
        if group.all {
            let plain = block.outputs.iter().zip(values).filter(|(output, _)| !aggregates(&output.value));
            keys.extend(plain.map(|(_, &value)| value));
            keys.sort_unstable();
            keys.dedup();
        }
        let sets: Vec<Print> = group.sets.iter().map(|set| self.tree(id, set)).collect();
        // A constant key doesn't group, but its presence makes the empty input give no row instead of one.
        hash(("keys", keys, sets))
    }

    fn distinct(&mut self, id: BlockId, distinct: &Distinct, block: &Block, columns: &[Print]) -> Print {
        match distinct {
            Distinct::No => 0,
            Distinct::Yes => {
                let mut set = columns.to_vec();
                set.sort_unstable();
                set.dedup();
                hash(("distinct", set))
            }
            Distinct::On(keys) => {
                let keys = self.sorted(id, keys);
                let order: Vec<Print> = block.order.iter().map(|tree| self.tree(id, tree)).collect();
                hash(("distinct on", keys, order))
            }
        }
    }

    fn joined(&mut self, id: BlockId, select: &Select, at: usize) -> Print {
        let Some(relation) = select.relations.get(at) else { return 0 };
        let rows = self.relation_rows(id, relation);
        match &relation.join {
            None => hash(("relation", rows)),
            Some(Join { kind, condition, unknown, .. }) => {
                let condition = self.sorted(id, condition);
                let unknown_columns = if *unknown { Some(&relation.schema.columns) } else { None };
                hash(("join", kind, rows, condition, unknown_columns.map(|columns| columns.len())))
            }
        }
    }

    fn relation_rows(&mut self, id: BlockId, relation: &Relation) -> Print {
        match &relation.source {
            Source::Model(model) => hash(("model", model)),
            Source::Block(inner) | Source::Altered(inner) => match self.transparent(*inner) {
                Some(source) => self.relation_rows(*inner, source),
                None => self.block(*inner).rows,
            },
            Source::Recursive(_) => hash("recursive"),
            Source::Function(call) => hash(("function", self.tree(id, call), relation.schema.columns.len())),
        }
    }

    /// The relation behind a block that has exactly its rows: nothing leaves one out.
    fn transparent(&self, id: BlockId) -> Option<&'r Relation> {
        let block = self.resolved.block(id)?;
        let BlockKind::Select(select) = &block.kind else { return None };
        self.filtering(id).filter(|_| select.filter.is_empty())
    }

    /// The only relation of a block that at most leaves out rows of it. Without group, DISTINCT and LIMIT a row gives one
    /// row or none, unless an output aggregates or gives several; so an output that is nothing but a column has the value
    /// of that column in every row that is left, NULL or not. Which rows are left is part of the rows' fingerprint.
    fn filtering(&self, id: BlockId) -> Option<&'r Relation> {
        let block = self.resolved.block(id)?;
        let BlockKind::Select(select) = &block.kind else { return None };
        let [relation] = select.relations.as_slice() else { return None };
        let plain = select.group.is_none()
            && select.having.is_empty()
            && select.qualify.is_empty()
            && matches!(select.distinct, Distinct::No)
            && block.limit.is_empty()
            && block.other.is_empty()
            && relation.join.is_none();
        let by_row = |value: &Tree| !aggregates(value) && row_calls(value).is_empty();
        (plain && block.outputs.iter().all(|output| by_row(&output.value))).then_some(relation)
    }

    fn set_operation(
        &mut self,
        block: &Block,
        (op, all, by_name): (SetOperator, bool, bool),
        left: BlockId,
        right: BlockId,
    ) -> BlockPrints {
        let (l, r) = (self.block(left), self.block(right));
        let open = block.open || l.columns.len() != r.columns.len() && !by_name;
        let columns: Vec<Print> = block
            .outputs
            .iter()
            .enumerate()
            .map(|(at, output)| {
                let pair = [(left, &l), (right, &r)]
                    .map(|(side, prints)| self.branch_column(side, prints, at, &output.name, by_name));
                hash(("pair", pair))
            })
            .collect();
        let keeps_duplicates = op == SetOperator::Union && all;
        let decisive = if keeps_duplicates && !open {
            None
        } else {
            let mut pairs = columns.clone();
            pairs.sort_unstable();
            Some((pairs, if open { vec![l.columns.clone(), r.columns.clone()] } else { vec![] }))
        };
        let rows = hash(("set", op, all, by_name, l.rows, r.rows, decisive));
        BlockPrints { rows, columns, parts: Parts { relations: vec![l.rows, r.rows], ..Parts::default() } }
    }

    fn branch_column(&self, side: BlockId, prints: &BlockPrints, at: usize, name: &Name, by_name: bool) -> Print {
        let outputs = self.resolved.block(side).map(|block| block.outputs.as_slice()).unwrap_or_default();
        let at = if by_name { outputs.iter().position(|output| output.name == *name) } else { Some(at) };
        at.and_then(|at| prints.columns.get(at)).copied().unwrap_or(0)
    }

    fn values(&mut self, id: BlockId, block: &Block, rows: &[Tree]) -> BlockPrints {
        let rows: Vec<Print> = rows.iter().map(|row| self.tree(id, row)).collect();
        let rows = hash(("values", rows));
        let columns = (0..block.outputs.len()).map(|at| hash(("value", rows, at))).collect();
        BlockPrints { rows, columns, ..BlockPrints::default() }
    }

    /// The fingerprint of an expression of the block `id`.
    pub fn tree(&mut self, id: BlockId, tree: &Tree) -> Print {
        match &tree.op {
            Op::Bound(block, relation, name) => self.bound(id, *block, *relation, name),
            Op::Paren if tree.kids.len() == 1 => self.tree(id, &tree.kids[0]),
            Op::Nested(inner) => {
                let inner = self.block(*inner);
                hash(("query", inner.rows, &inner.columns))
            }
            Op::Exists => match tree.first().map(|kid| &kid.op) {
                Some(Op::Nested(inner)) => hash(("exists", self.block(*inner).rows)),
                _ => self.plain(id, tree),
            },
            Op::And | Op::Or => {
                let mut kids: Vec<Print> = flattened(tree).iter().map(|kid| self.tree(id, kid)).collect();
                kids.sort_unstable();
                kids.dedup();
                if let [only] = kids.as_slice() { *only } else { hash((&tree.op, kids)) }
            }
            Op::Binary(op) if tree.kids.len() == 2 => self.binary(id, op, tree),
            Op::Hole(hole) if (self.holes)(*hole) == ANY_HOLE => hash("any hole"),
            Op::Hole(hole) => {
                let kids: Vec<Print> = tree.kids.iter().map(|kid| self.tree(id, kid)).collect();
                hash(("hole", (self.holes)(*hole), kids))
            }
            Op::Function(name) if is_volatile(name) => {
                let next = self.volatile.len() as u64;
                let number = *self.volatile.entry((id, tree.span)).or_insert(next);
                hash(("volatile", number, self.plain(id, tree)))
            }
            _ => self.plain(id, tree),
        }
    }

    fn plain(&mut self, id: BlockId, tree: &Tree) -> Print {
        let kids: Vec<Print> = tree.kids.iter().map(|kid| self.tree(id, kid)).collect();
        hash(("node", &tree.op, kids))
    }

    /// `a > b` is `b < a`, `a = b` is `b = a`.
    fn binary(&mut self, id: BlockId, op: &Name, tree: &Tree) -> Print {
        let (a, b) = (self.tree(id, &tree.kids[0]), self.tree(id, &tree.kids[1]));
        match &**op {
            "=" | "<>" => hash(("compare", op, a.min(b), a.max(b))),
            ">" => hash(("binary", "<", b, a)),
            ">=" => hash(("binary", "<=", b, a)),
            _ => hash(("binary", &**op, a, b)),
        }
    }

    fn bound(&mut self, from: BlockId, block: BlockId, at: u32, name: &Name) -> Print {
        let distance = self.distance(from, block);
        let resolved = self.resolved;
        let Some(BlockKind::Select(select)) = resolved.block(block).map(|block| &block.kind) else {
            return hash(("unbound", name));
        };
        let Some(relation) = select.relations.get(at as usize) else { return hash(("unbound", name)) };
        let column = self.relation_column(relation, name);
        hash(("column", distance, at, column))
    }

    /// A column of a relation, as seen from that relation.
    fn relation_column(&mut self, relation: &Relation, name: &Name) -> Print {
        match &relation.source {
            Source::Model(model) => {
                let new = self.renames.filter(|renames| !renames.is_empty());
                let new = new.and_then(|renames| renames.get(&(model.clone(), name.clone())));
                hash(("of", new.unwrap_or(name)))
            }
            Source::Recursive(_) => hash(("of", name)),
            Source::Function(_) => {
                let at = relation.schema.position(name);
                // The names that an alias gives to a function's columns don't matter; their places do.
                match at {
                    Some(at) if !relation.schema.open => hash(("place", at)),
                    _ => hash(("of", name)),
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
        match output {
            Some((at, output)) => {
                if let (Some(source), Op::Bound(from, 0, column)) = (self.filtering(inner), &output.value.op)
                    && *from == inner
                {
                    return self.relation_column(source, column);
                }
                let prints = self.block(inner);
                hash(("in", prints.columns.get(at)))
            }
            None => match self.transparent(inner) {
                Some(source) => self.relation_column(source, name),
                None => {
                    let prints = self.block(inner);
                    hash(("open", name, &prints.columns))
                }
            },
        }
    }

    /// How many blocks up from `from` the block `to` is.
    fn distance(&self, from: BlockId, to: BlockId) -> u32 {
        let mut at = from;
        let mut distance = 0;
        while at != to {
            match self.resolved.block(at).and_then(|block| block.parent) {
                Some(parent) if distance < 1000 => {
                    at = parent;
                    distance += 1;
                }
                _ => return u32::MAX,
            }
        }
        distance
    }
}

/// Hashes anything hashable into a fingerprint.
pub fn hash(value: impl Hash) -> Print {
    let mut hasher = Stable(SipHasher13::new());
    value.hash(&mut hasher);
    hasher.0.finish128().as_u128()
}

/// A 128-bit hasher behind the standard trait.
struct Stable(SipHasher13);

impl Hasher for Stable {
    fn finish(&self) -> u64 {
        self.0.finish128().h1
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }
}

fn flattened(tree: &Tree) -> Vec<&Tree> {
    let mut parts = Vec::new();
    for kid in &tree.kids {
        let inner = kid.unwrap_parens();
        if inner.op == tree.op { parts.extend(flattened(inner)) } else { parts.push(inner) }
    }
    parts
}

/// On which rows a value depends beyond its own.
enum Beyond {
    Nothing,
    Group,
    /// All that are there after HAVING.
    Rows,
}

fn beyond_row(tree: &Tree) -> Beyond {
    let mut window = false;
    tree.walk(&mut |node| {
        window |= node.op == Op::Window;
        !window
    });
    if window || may_be_unlisted(tree) {
        Beyond::Rows
    } else if aggregates(tree) {
        Beyond::Group
    } else {
        Beyond::Nothing
    }
}

/// The calls in an expression that give rows or may: those that do, those that aren't known, and holes.
fn row_calls(tree: &Tree) -> Vec<&Tree> {
    let mut calls = Vec::new();
    let mut pending = vec![tree];
    while let Some(node) = pending.pop() {
        match &node.op {
            Op::Window => {
                // With OVER it is a function of a window; its arguments may still be anything.
                let windowed = node.first().map(|call| call.kids.as_slice()).unwrap_or_default();
                pending.extend(windowed.iter().chain(node.kids.iter().skip(1)));
                continue;
            }
            Op::Function(name) if matches!(kind(name), FunctionKind::RowGenerating | FunctionKind::Unknown) => {
                calls.push(node);
            }
            Op::Hole(_) | Op::Opaque(_) => calls.push(node),
            _ => {}
        }
        pending.extend(&node.kids);
    }
    calls
}

fn is_row_generating(call: &Tree) -> bool {
    matches!(&call.op, Op::Function(name) if kind(name) == FunctionKind::RowGenerating)
}
