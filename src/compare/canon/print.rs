//! Fingerprints of the form.
//!
//! In: a [`Query`]. Out: [`BlockPrints`] with the meaning they have in `fingerprint`: of two queries with equal
//! fingerprints of the rows, outputs with equal fingerprints carry the same values in the same rows. Relations are
//! numbered by [`order`](super::order), so that the order in which they are joined is no part of it.

use rustc_hash::FxHashMap;

use crate::compare::fingerprint::{BlockPrints, Print, hash};
use crate::resolve::BlockId;
use crate::sql::tree::{Op, Tree};

use super::Canon;
use super::calls::{is_unlisted, is_unsteady, is_windowed};
use super::equalities::{CLASS, EQUAL};
use super::form::{From, Grouping, Item, Query, RelationId, Select, Source};
use crate::lineage::aggregates;

/// How many nodes may be hashed, some again and again.
const MOST_WORK: usize = 1_500_000;

/// Computes fingerprints.
pub(super) struct Printer<'c> {
    pub(super) canon: &'c Canon<'c>,
    /// What stands for a relation.
    pub(super) labels: FxHashMap<RelationId, Print>,
    /// Fingerprints of the columns of each query that is read.
    columns: FxHashMap<RelationId, Vec<Print>>,
    /// What stands for an item's rows.
    pub(super) sources: FxHashMap<RelationId, Print>,
    places: FxHashMap<Print, Vec<BlockId>>,
    depth: usize,
    work: usize,
}

impl<'c> Printer<'c> {
    pub(super) fn new(canon: &'c Canon<'c>) -> Self {
        Printer {
            canon,
            labels: FxHashMap::default(),
            columns: FxHashMap::default(),
            sources: FxHashMap::default(),
            places: FxHashMap::default(),
            depth: 0,
            work: 0,
        }
    }

    /// Was it given up? Then the fingerprints mean nothing.
    pub(super) fn is_exhausted(&self) -> bool {
        self.work > MOST_WORK
    }

    pub(super) fn query(&mut self, query: &Query) -> BlockPrints {
        match query {
            Query::Select(select) => self.select(select),
            Query::Union(branches) => self.union(branches),
            Query::Set(op, all, left, right) => {
                let (left, right) = (self.query(left), self.query(right));
                let rows = hash(("set", op, all, left.rows, &left.columns, right.rows, &right.columns));
                let columns = (0..left.columns.len()).map(|at| hash(("set column", rows, at))).collect();
                BlockPrints { rows, columns, ..BlockPrints::default() }
            }
            Query::Empty(types) => {
                let columns = types.iter().map(|kind| hash(("column of no rows", kind))).collect();
                BlockPrints { rows: hash("no rows"), columns, ..BlockPrints::default() }
            }
            Query::Frozen(prints) => {
                let rows = hash(("frozen", prints.rows, prints.sequence));
                BlockPrints { rows, columns: prints.columns.clone(), ..BlockPrints::default() }
            }
        }
    }

    fn union(&mut self, branches: &[Query]) -> BlockPrints {
        let mut prints: Vec<BlockPrints> = branches.iter().map(|branch| self.query(branch)).collect();
        // Where types differ, those of the first branches may decide what the values become.
        if self.canon.is_uniform(branches) {
            prints.sort_by_cached_key(|print| {
                let mut columns = print.columns.clone();
                columns.sort_unstable();
                (print.rows, columns)
            });
        }
        let branches: Vec<Print> = prints.iter().map(|print| print.rows).collect();
        let width = prints.first().map_or(0, |print| print.columns.len());
        let column = |at: usize| prints.iter().map(|print| print.columns.get(at).copied()).collect::<Vec<_>>();
        let columns: Vec<Print> = (0..width).map(|at| hash(("union column", column(at)))).collect();
        // Whoever reads them calls them by what they are, so their order is no part of the rows.
        let mut sorted = columns.clone();
        sorted.sort_unstable();
        let rows = hash(("union", branches, sorted));
        BlockPrints { rows, columns, ..BlockPrints::default() }
    }

    fn select(&mut self, select: &Select) -> BlockPrints {
        self.depth += 1;
        self.read(&select.from);
        self.number(select, self.depth);
        let from = self.from(&select.from);
        let values: Vec<Print> = select.outputs.iter().map(|output| self.tree(output)).collect();
        let having = self.sorted(&select.having);
        let group = match &select.grouping {
            Grouping::Rows => hash(("rows", from)),
            Grouping::Keys(keys) => hash(("keys", from, self.sorted(keys))),
            Grouping::Whole => hash(("whole", from)),
        };
        let seen = hash((group, &having));
        let columns: Vec<Print> = select
            .outputs
            .iter()
            .zip(&values)
            .map(|(tree, &print)| self.over(select, tree, print, (group, seen)))
            .collect();
        let qualify: Vec<Print> = select.qualify.iter().map(|tree| self.tree(tree)).collect();
        let mut qualify: Vec<Print> = select
            .qualify
            .iter()
            .zip(&qualify)
            .map(|(tree, &print)| self.over(select, tree, print, (group, seen)))
            .collect();
        qualify.sort_unstable();
        // They may aggregate, or give rows.
        let outputs = select.outputs.iter().zip(&columns);
        let unlisted: Vec<Print> = outputs.filter(|(tree, _)| is_unlisted(tree)).map(|(_, &print)| print).collect();
        let core = match (&select.grouping, having.as_slice()) {
            (Grouping::Whole, []) => hash("one row"),
            _ => seen,
        };
        let distinct = select.distinct.then(|| {
            let mut set = columns.clone();
            set.sort_unstable();
            set.dedup();
            set
        });
        let mut rows = hash((core, distinct));
        if !qualify.is_empty() || !unlisted.is_empty() {
            rows = hash((rows, qualify, unlisted));
        }
        let limit = self.limit(select, rows);
        self.depth -= 1;
        BlockPrints { rows: hash((rows, limit)), columns, ..BlockPrints::default() }
    }

    /// The value with the rows that it looks at: its group's, or all that are left after HAVING. What depends on their
    /// order has the order in which relations are written, and the place where it was written, in it.
    fn over(&mut self, select: &Select, tree: &Tree, print: Print, (group, seen): (Print, Print)) -> Print {
        let print = match (is_windowed(tree) || is_unlisted(tree), aggregates(tree)) {
            (true, _) => hash(("over rows", print, seen)),
            (false, true) => hash(("over", print, group)),
            (false, false) => return print,
        };
        if !is_unsteady(tree) {
            return print;
        }
        let mut written = Vec::new();
        select.from.each_item(&mut |item| written.push(self.labels.get(&item.id).copied()));
        let looks = hash(("as they come", print, written));
        hash((looks, self.place(looks, select.origin)))
    }

    /// Which of the places that look like this one it is.
    fn place(&mut self, looks: Print, origin: BlockId) -> usize {
        let known = self.places.entry(looks).or_default();
        known.iter().position(|known| *known == origin).unwrap_or_else(|| {
            known.push(origin);
            known.len() - 1
        })
    }

    fn limit(&mut self, select: &Select, rows: Print) -> Option<Print> {
        let limit = select.limit.as_ref()?;
        let order: Vec<Print> = limit.order.iter().map(|key| self.tree(key)).collect();
        let clauses: Vec<Print> = limit.clauses.iter().map(|clause| clause.fingerprint()).collect();
        let looks = hash(("limit", rows, order, clauses));
        Some(hash((looks, self.place(looks, limit.origin))))
    }

    /// Fingerprints of what FROM reads.
    fn read(&mut self, from: &From) {
        let mut items = Vec::new();
        from.each_item(&mut |item| items.push(item));
        for item in items {
            let source = match &item.source {
                Source::Model(model) => hash(("model", model)),
                Source::Full(_) => hash("full"),
                Source::Query(query) => {
                    let prints = self.query(query);
                    self.columns.insert(item.id, prints.columns);
                    hash(("query", prints.rows))
                }
            };
            self.sources.insert(item.id, source);
        }
    }

    fn from(&mut self, from: &From) -> Print {
        let mut items: Vec<Print> = from.items.iter().map(|item| self.item(item)).collect();
        items.sort_unstable();
        let mut optional: Vec<Print> = Vec::new();
        for part in &from.optional {
            let inside = self.from(&part.from);
            optional.push(hash((inside, self.sorted(&part.on))));
        }
        optional.sort_unstable();
        hash((items, optional, self.sorted(&from.filter)))
    }

    fn item(&mut self, item: &Item) -> Print {
        let source = self.sources.get(&item.id).copied();
        let label = self.labels.get(&item.id).copied();
        match &item.source {
            Source::Full(full) => {
                let mut sides = [self.from(&full.left), self.from(&full.right)];
                sides.sort_unstable();
                hash(("full", sides, self.sorted(&full.on)))
            }
            Source::Model(_) | Source::Query(_) => hash((label, source)),
        }
    }

    pub(super) fn sorted(&mut self, trees: &[Tree]) -> Vec<Print> {
        let mut prints: Vec<Print> = trees.iter().map(|tree| self.tree(tree)).collect();
        prints.sort_unstable();
        prints.dedup();
        prints
    }

    /// The fingerprint of an expression.
    pub(super) fn tree(&mut self, tree: &Tree) -> Print {
        self.work += 1;
        if self.is_exhausted() {
            return 0;
        }
        match (&tree.op, tree.kids.as_slice()) {
            (Op::Bound(relation, place, name), _) => self.column(*relation, *place, name),
            (Op::Nested(at), _) => match self.canon.subqueries.get(*at as usize) {
                Some(query) => {
                    let prints = self.query(query);
                    hash(("query", prints.rows, prints.columns))
                }
                None => 0,
            },
            (Op::Exists, [query]) => hash(("exists", self.rows_of(query))),
            (Op::And | Op::Or, kids) => hash((&tree.op, self.sorted(kids))),
            (Op::Other(name), kids) if matches!(&**name, CLASS | EQUAL) => hash((&**name, self.sorted(kids))),
            (Op::Binary(op), [left, right]) => {
                let (left, right) = (self.tree(left), self.tree(right));
                match &**op {
                    "=" | "<>" => hash(("compare", op, left.min(right), left.max(right))),
                    ">" => hash(("binary", "<", right, left)),
                    ">=" => hash(("binary", "<=", right, left)),
                    "+" | "*" if self.canon.commutes(tree) => hash(("binary", &**op, left.min(right), left.max(right))),
                    _ => hash(("binary", &**op, left, right)),
                }
            }
            (Op::IsDistinct, [left, right]) => {
                let (left, right) = (self.tree(left), self.tree(right));
                hash(("distinct", left.min(right), left.max(right)))
            }
            // What stands below it means nothing.
            (Op::Type(_), _) => hash(("node", &tree.op)),
            (op, kids) => {
                let kids: Vec<Print> = kids.iter().map(|kid| self.tree(kid)).collect();
                hash(("node", op, kids))
            }
        }
    }

    fn rows_of(&mut self, query: &Tree) -> Print {
        match query.op {
            Op::Nested(at) => self.canon.subqueries.get(at as usize).map_or(0, |query| self.query(query).rows),
            _ => self.tree(query),
        }
    }

    fn column(&self, relation: RelationId, place: u32, name: &str) -> Print {
        let label = self.labels.get(&relation).copied();
        match self.columns.get(&relation) {
            Some(columns) => hash(("column", label, columns.get(place as usize))),
            None => hash(("column", label, name)),
        }
    }
}
