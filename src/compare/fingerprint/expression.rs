//! Fingerprints of expressions.

use super::classify::hangs_on_ties;
use crate::resolve::{BlockId, BlockKind, Source};
use crate::sql::functions::{FunctionKind, is_volatile, kind};
use crate::sql::tree::{END_LEFT_OUT, Name, Node, Op, Tree};

use super::known::Chains;
use super::{ANY_HOLE, Print, Prints, hash};

impl Prints<'_> {
    /// The fingerprint of an expression of the block `id`.
    pub fn tree(&mut self, id: BlockId, tree: &Tree) -> Print {
        match &tree.op {
            Op::Bound(block, relation, name) => self.bound(id, *block, *relation, name),
            Op::Paren if tree.kids.len() == 1 => self.tree(id, &tree.kids[0]),
            Op::Ident(name) => self.output_name(id, name).unwrap_or_else(|| self.plain(id, tree)),
            Op::Nested(inner) => {
                let names = self.names_in_value(*inner);
                let inner = self.block(*inner);
                hash(("query", inner.rows, &inner.columns, inner.sequence, names))
            }
            Op::Exists => match tree.first().map(|kid| &kid.op) {
                Some(Op::Nested(inner)) => hash(("exists", self.block(*inner).rows)),
                _ => self.plain(id, tree),
            },
            Op::In => self.membership(id, tree),
            Op::And | Op::Or => {
                let mut kids: Vec<Print> = flattened(tree).iter().map(|kid| self.tree(id, kid)).collect();
                kids.sort_unstable();
                kids.dedup();
                hash((&tree.op, kids))
            }
            Op::Binary(op) if tree.kids.len() == 2 => self.binary(id, op, tree),
            Op::Type(_) => hash(("node", &tree.op)),
            Op::Frame(_) => {
                let is_bound = |kid: &&Tree| !matches!(&kid.op, Op::Modifier(mark) if &**mark == END_LEFT_OUT);
                let bounds: Vec<Print> = tree.kids.iter().filter(is_bound).map(|kid| self.tree(id, kid)).collect();
                hash(("node", &tree.op, bounds))
            }
            Op::Hole(hole) if (self.holes)(*hole) == ANY_HOLE => hash("any hole"),
            Op::Hole(hole) => {
                let kids: Vec<Print> = tree.kids.iter().map(|kid| self.tree(id, kid)).collect();
                let print = hash(("hole", (self.holes)(*hole), kids, self.in_reach(id, tree)));
                self.evaluated(id, tree, print)
            }
            Op::Function(name) if is_volatile(name) || kind(name) == FunctionKind::Unknown => {
                let print = self.plain(id, tree);
                self.evaluated(id, tree, print)
            }
            Op::Missing(_) => {
                let print = self.plain(id, tree);
                self.evaluated(id, tree, print)
            }
            Op::Window | Op::Function(_) if hangs_on_ties(tree) => {
                let print = self.plain(id, tree);
                // Of one query's rows the engine makes one order.
                hash(("in some order", print, self.place(print, id, 0)))
            }
            _ => self.plain(id, tree),
        }
    }

    fn plain(&mut self, id: BlockId, tree: &Tree) -> Print {
        let kids: Vec<Print> = tree.kids.iter().map(|kid| self.tree(id, kid)).collect();
        hash(("node", &tree.op, kids))
    }

    /// A call that may give another value each time. Where an alias stands for it, it is the same call.
    fn evaluated(&mut self, id: BlockId, tree: &Tree, print: Print) -> Print {
        let call: *const Node = &**tree;
        hash(("evaluated", print, self.place(print, id, call as usize)))
    }

    /// What code may name where it is called: the relations there and around, by their names, with what their columns are made
    /// of, the CTEs before it, and what else is named there. Columns of tables are left to whoever follows changes from table
    /// to table.
    pub(crate) fn in_reach(&mut self, id: BlockId, call: &Tree) -> Print {
        if self.alone {
            return Print::default();
        }
        let resolved = self.resolved;
        if self.named.len() != resolved.nameable.len() {
            self.named = resolved.nameable.iter().map(|named| Chains::of(named, self.known, self.holes)).collect();
        }
        let named = resolved.nameable.iter().zip(&self.named);
        let seen: Vec<Print> = named.filter_map(|(named, chains)| chains.print(named.seen_from(call.span)?)).collect();
        hash((self.relations_in_reach(id), seen))
    }

    fn relations_in_reach(&mut self, id: BlockId) -> Print {
        if let Some(known) = self.reach.get(&id) {
            return *known;
        }
        let (resolved, mut found, mut at) = (self.resolved, Vec::new(), Some(id));
        while let Some(block) = at.and_then(|at| resolved.block(at)) {
            if let BlockKind::Select(select) = &block.kind {
                for relation in &select.relations {
                    let model = match &relation.source {
                        Source::Model(model) => Some(model),
                        _ => None,
                    };
                    let inner = relation.schema.columns.iter().filter(|_| model.is_none());
                    let columns: Vec<(&Name, Print)> =
                        inner.map(|column| (&column.name, self.relation_column(relation, &column.name))).collect();
                    found.push(hash((&relation.alias, model, columns)));
                }
            }
            at = block.parent;
        }
        let print = hash(found);
        self.reach.insert(id, print);
        print
    }

    /// `SELECT AS STRUCT`, `FOR JSON` and the like put the names of the outputs into the value.
    pub(crate) fn names_in_value(&self, id: BlockId) -> Vec<Name> {
        let block = self.resolved.block(id).filter(|block| !block.other.is_empty());
        block.map(|block| block.outputs.iter().map(|output| output.name.clone()).collect()).unwrap_or_default()
    }

    /// The order of a subquery's rows doesn't matter to IN.
    fn membership(&mut self, id: BlockId, tree: &Tree) -> Print {
        let mut prints = Vec::new();
        for kid in &tree.kids {
            let nested = kid.first().filter(|_| kid.op == Op::Subquery).map(|query| &query.op);
            prints.push(match nested {
                Some(Op::Nested(inner)) => {
                    let inner = self.block(*inner);
                    hash(("among", inner.rows, &inner.columns))
                }
                _ => self.tree(id, kid),
            });
        }
        hash(("in", prints))
    }

    /// In the clauses of a set operation a name stands for the output.
    fn output_name(&self, id: BlockId, name: &Name) -> Option<Print> {
        let columns = self.own_outputs.get(&id)?;
        let outputs = self.resolved.block(id)?.outputs.iter().zip(columns);
        let found: Vec<Print> =
            outputs.filter(|(output, _)| output.is_open || output.name == *name).map(|(_, &print)| print).collect();
        (!found.is_empty()).then(|| hash(("output", found)))
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

    /// How many blocks up from `from` the block `to` is.
    pub(super) fn distance(&self, from: BlockId, to: BlockId) -> u32 {
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

fn flattened(tree: &Tree) -> Vec<&Tree> {
    let mut parts = Vec::new();
    let mut pending: Vec<&Tree> = tree.kids.iter().rev().collect();
    while let Some(kid) = pending.pop() {
        let inner = kid.unwrap_parens();
        if inner.op == tree.op { pending.extend(inner.kids.iter().rev()) } else { parts.push(inner) }
    }
    parts
}

/// The parts of a condition that all have to hold.
pub(super) fn conjuncts(tree: &Tree) -> Vec<&Tree> {
    let mut parts = Vec::new();
    let mut pending = vec![tree];
    while let Some(next) = pending.pop() {
        let part = without_double_negation(next);
        match part.op {
            Op::And => pending.extend(part.kids.iter().rev()),
            _ => parts.push(part),
        }
    }
    parts
}

fn without_double_negation(tree: &Tree) -> &Tree {
    let mut tree = tree.unwrap_parens();
    let inside = |tree: &Tree| tree.op == Op::Not;
    while inside(tree)
        && let Some(once) = tree.first().map(|kid| kid.unwrap_parens()).filter(|kid| inside(kid))
        && let Some(twice) = once.first()
    {
        tree = twice.unwrap_parens();
    }
    tree
}
