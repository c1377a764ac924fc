//! From a tree and its parents' schemas to blocks: scopes built, stars expanded, every column bound.
//!
//! In: the canonical tree of a query, and for each table it names the columns ([`Schemas`]).
//! Out: [`Resolved`]: an arena of [`Block`]s (one per SELECT, set operation, …) whose expressions refer to columns as
//! (block, relation, name) instead of by alias. What a schema doesn't tell stays open, never guessed: an
//! [`Op::Uncertain`](crate::sql::tree::Op) node lists all candidates. Never fails: what can't be bound is a [`Problem`].

mod aliases;
mod column;
mod column_names;
mod columns_call;
mod cte;
mod expression;
mod forward;
mod merge;
mod nameable;
mod pivot;
mod query;
mod relation;
mod schema;
mod scope;
mod select;
mod star;
mod types;

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::dialect::{Dialect, Family};
use crate::names::{ColumnName, ModelName};
use crate::sql::is_named_expression;
use crate::sql::tree::{JoinKind, Name, Op, SetOperator, Span, Tree};

pub use nameable::{Nameable, Part, Seen};
pub(crate) use pivot::is_pivot_clause;
pub use schema::{Column, Schema};

/// The columns of the tables that a query may name.
pub trait Schemas {
    /// The model that these normalized parts of a name stand for, and its columns.
    fn table(&self, parts: &[Name]) -> (ModelName, Arc<Schema>);

    /// Is there such a table, as far as anybody knows? Any word inside what isn't understood could be one's name.
    fn is_declared(&self, _parts: &[Name]) -> bool {
        true
    }

    /// Are the columns of this table, or of a part of the query, called on the database as they are here, in the same case?
    fn folds_columns(&self, _model: Option<&ModelName>) -> bool {
        false
    }
}

/// A resolved query.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// Every block; numbers in expressions and in other blocks point into it.
    pub blocks: Vec<Block>,
    pub root: BlockId,
    /// The dialect in which it is written.
    pub dialect: Dialect,
    pub problems: Vec<Problem>,
    /// The CTEs that read themselves.
    pub recursions: Vec<Recursion>,
    /// Every table that the query reads. If a part isn't understood: every name that could be one.
    pub tables: BTreeSet<ModelName>,
    /// There is a name that can't be bound, or a part that isn't understood: the digest of the whole query. Such a query
    /// is only known to equal itself.
    pub doubt: Option<u128>,
    /// What code that the query calls may name in it besides columns of relations.
    pub nameable: Vec<Nameable>,
    /// Its WITH gives names to expressions, as in ClickHouse.
    pub names_expressions: bool,
}

/// Number of a block in [`Resolved::blocks`].
pub type BlockId = u32;

/// A CTE that reads itself. `Source::Recursive` in one of its blocks means the innermost one of that name around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recursion {
    pub name: Name,
    /// Everything inside its definition.
    pub blocks: Range<BlockId>,
    /// The block that gives its rows.
    pub root: BlockId,
}

/// One SELECT, set operation or the like: something that gives rows.
#[derive(Debug, Clone)]
pub struct Block {
    pub kind: BlockKind,
    pub outputs: Vec<Output>,
    /// There may be more outputs than these: a star over a table whose columns aren't known.
    pub open: bool,
    /// The block whose relations are visible from here, for correlated subqueries.
    pub parent: Option<BlockId>,
    /// Keys of ORDER BY.
    pub order: Vec<Tree>,
    /// LIMIT, OFFSET, FETCH, TOP with their expressions.
    pub limit: Vec<Tree>,
    /// Clauses that have no place of their own; their presence is part of what the block means.
    pub other: Vec<Tree>,
    /// The CTEs of its WITH, in order, used or not.
    pub ctes: Vec<(Name, BlockId)>,
    pub span: Span,
}

impl Block {
    /// Every expression that stands in the block itself.
    pub fn expressions(&self) -> Vec<&Tree> {
        let mut all: Vec<&Tree> = self.outputs.iter().map(|output| &output.value).collect();
        match &self.kind {
            BlockKind::Select(select) => {
                for relation in &select.relations {
                    all.extend(relation.join.iter().flat_map(|join| &join.condition));
                    if let Source::Function(call) = &relation.source {
                        all.push(call);
                    }
                }
                all.extend(select.filter.iter().chain(&select.having).chain(&select.qualify));
                all.extend(select.group.iter().flat_map(|group| group.keys.iter().chain(&group.sets)));
                if let Distinct::On(keys) = &select.distinct {
                    all.extend(keys);
                }
            }
            BlockKind::Values(rows) => all.extend(rows),
            BlockKind::SetOperation { .. } | BlockKind::Wrapped(_) | BlockKind::Opaque => {}
        }
        all.extend(self.order.iter().chain(&self.limit).chain(&self.other));
        all
    }
}

/// What makes a block's rows.
#[derive(Debug, Clone)]
pub enum BlockKind {
    Select(Box<Select>),
    /// The branches' outputs correspond by position, or by name.
    SetOperation {
        op: SetOperator,
        all: bool,
        by_name: bool,
        left: BlockId,
        right: BlockId,
    },
    Values(Vec<Tree>),
    /// A query that gives what another one gives, with an order or limit of its own.
    Wrapped(BlockId),
    /// Something whose inside isn't understood: every output may depend on every part.
    Opaque,
}

/// The parts of a SELECT. Predicates are split at AND.
#[derive(Debug, Clone, Default)]
pub struct Select {
    pub relations: Vec<Relation>,
    pub filter: Vec<Tree>,
    pub group: Option<Group>,
    pub having: Vec<Tree>,
    pub qualify: Vec<Tree>,
    pub distinct: Distinct,
}

/// GROUP BY.
#[derive(Debug, Clone, Default)]
pub struct Group {
    pub keys: Vec<Tree>,
    /// `GROUP BY ALL`: the keys are the outputs without aggregates.
    pub all: bool,
    /// ROLLUP, CUBE, GROUPING SETS, as they stand.
    pub sets: Vec<Tree>,
}

/// DISTINCT.
#[derive(Debug, Clone, Default)]
pub enum Distinct {
    #[default]
    No,
    Yes,
    On(Vec<Tree>),
}

/// Something in FROM.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The name that qualifies its columns.
    pub alias: Option<Name>,
    pub source: Source,
    pub schema: Arc<Schema>,
    /// How it is joined to the relations before it. `None` for the first one and after a comma.
    pub join: Option<Join>,
    pub span: Span,
}

/// Where a relation's rows come from.
#[derive(Debug, Clone)]
pub enum Source {
    Model(ModelName),
    /// A CTE or derived table. With its own names for the outputs, in the order of the block's outputs.
    Block(BlockId),
    /// The CTE that is being defined here, inside its own definition: its name, and how many definitions of the kind lie
    /// between.
    Recursive(Name, u32),
    /// A function that gives rows, with its arguments.
    Function(Tree),
    /// A relation changed by PIVOT, TABLESAMPLE, …: a block of the kind `Opaque` around the original.
    Altered(BlockId),
}

/// A join.
#[derive(Debug, Clone)]
pub struct Join {
    pub kind: JoinKind,
    /// The condition, split at AND; USING and NATURAL as equalities.
    pub condition: Vec<Tree>,
    /// NATURAL over a table whose columns aren't known: the condition isn't, either.
    pub unknown: bool,
    /// The number of the first relation on the left side: `a JOIN (b JOIN c)` isn't `a JOIN b JOIN c`.
    pub left: u32,
    pub span: Span,
}

/// An output column.
#[derive(Debug, Clone)]
pub struct Output {
    pub name: ColumnName,
    pub value: Tree,
    pub data_type: Option<Name>,
    pub span: Span,
    /// It came from a star.
    pub from_star: bool,
    /// It came from a call that can't be expanded and may stand for any number of columns.
    pub is_open: bool,
    /// Nobody wrote the name: dialects differ on what it is.
    pub is_unnamed: bool,
}

/// Something that resolution found wrong. Spans are byte ranges of the rendered SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub kind: ProblemKind,
    pub span: Span,
    /// The name is handed to code that isn't run, which may make something else of it than a column.
    pub in_code: bool,
}

/// Kinds of problems.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// No relation in scope has this column. The relation that was named, if one was; the model behind it, if it is one;
    /// whether an option of a star names it, which sqlglot passes over.
    MissingColumn { column: Name, qualifier: Option<Name>, models: Vec<ModelName>, in_star: bool },
    /// More than one relation in scope has this column.
    AmbiguousColumn { column: Name, qualifiers: Vec<Name> },
    /// No relation in scope has this name.
    UnknownQualifier { qualifier: Name },
    /// The branches of a set operation have different numbers of columns.
    Arity { left: usize, right: usize },
    /// A star over a table whose columns aren't known.
    OpenStar { models: Vec<ModelName> },
    /// Columns picked by their names, of a table of which nobody knows their case.
    UnknownNames,
    /// A part of the query that isn't understood.
    NotUnderstood { what: String },
    /// Nothing that is known here has this name, and the engine may know it all the same. SQLMesh doesn't.
    NamedElsewhere { name: Name },
    /// An expression that isn't understood, of which it is known which columns it may read.
    OpaqueExpression,
}

impl ProblemKind {
    /// May the part mean something that isn't known here?
    pub fn is_not_understood(&self) -> bool {
        matches!(self, ProblemKind::NotUnderstood { .. } | ProblemKind::NamedElsewhere { .. })
    }
}

/// Resolves a query.
pub fn resolve(query: &Tree, dialect: Dialect, schemas: &dyn Schemas) -> Resolved {
    let mut resolver = Resolver {
        dialect,
        schemas,
        blocks: Vec::new(),
        problems: Vec::new(),
        recursions: Vec::new(),
        depth: 0,
        budget: BUDGET,
        is_exhausted: false,
    };
    let mut root = resolver.query(query, &scope::Context::default());
    if resolver.is_exhausted {
        // What was built is incomplete: only the text as a whole stands for the query.
        (resolver.blocks, resolver.recursions, resolver.problems) = (vec![], vec![], vec![]);
        let why = "it is too large once names are replaced by what they stand for";
        root = resolver.opaque(query, &scope::Context::default(), why);
    }
    if dialect.family == Family::ClickHouse {
        forgive_inner_aliases(query, &mut resolver.problems);
    }
    dedup(&mut resolver.problems);
    let mut tables = read_tables(&resolver.blocks);
    if resolver.problems.iter().any(|problem| problem.kind.is_not_understood()) {
        tables.extend(named_tables(query, schemas));
        // What isn't understood may depend on any part, such as a CTE that it names.
        if let Some(block) = resolver.blocks.get_mut(root as usize) {
            block.other.push(query.clone());
        }
    }
    let Resolver { blocks, problems, recursions, .. } = resolver;
    let names_expressions = query.kids.iter().any(|kid| kid.kids.iter().any(is_named_expression));
    let doubt = problems.iter().any(|problem| is_doubtful(&problem.kind)).then(|| query.fingerprint());
    let nameable = nameable::nameable(query, &blocks);
    Resolved { blocks, root, dialect, problems, recursions, tables, doubt, nameable, names_expressions }
}

impl Resolved {
    /// Does a column of this block have the name that the engine gives columns of VALUES without one?
    pub fn is_called_by_engine(&self, block: BlockId, name: &Name) -> bool {
        let values = self.block(block).filter(|block| matches!(block.kind, BlockKind::Values(_)));
        values.is_some_and(|values| values.outputs.iter().any(|output| output.name == *name))
    }

    /// The problems that another version of the query doesn't have, wherever in it they are.
    pub fn problems_beyond(&self, known: Option<&Resolved>) -> impl Iterator<Item = &Problem> {
        let known: HashSet<&ProblemKind> = known.iter().flat_map(|known| &known.problems).map(|p| &p.kind).collect();
        self.problems.iter().filter(move |problem| !known.contains(&problem.kind))
    }
}

/// In ClickHouse any part of an expression may have a name, which others ask for: `SELECT f(a AS b), b`.
fn forgive_inner_aliases(query: &Tree, problems: &mut [Problem]) {
    let missing = problems.iter_mut().filter(|problem| matches!(problem.kind, ProblemKind::MissingColumn { .. }));
    let missing: Vec<&mut Problem> = missing.collect();
    if missing.is_empty() {
        return;
    }
    let mut aliases = FxHashSet::default();
    query.walk(&mut |node| {
        if let Op::Alias(name) | Op::NamedArgument(name) = &node.op {
            aliases.insert(name.clone());
        }
        // `WITH 1 AS b`, asked for in a query inside.
        aliases.extend(node.first().filter(|_| is_named_expression(node)).and_then(|name| name.ident()).cloned());
        true
    });
    for problem in missing {
        if let ProblemKind::MissingColumn { column, qualifier: None, .. } = &problem.kind
            && aliases.contains(column)
        {
            problem.kind = ProblemKind::NamedElsewhere { name: column.clone() };
        }
    }
}

/// A definition that is used twice is bound twice, and has its problems twice.
fn dedup(problems: &mut Vec<Problem>) {
    let mut seen = FxHashSet::default();
    problems.retain(|problem| seen.insert((problem.kind.clone(), problem.span)));
}

/// May the query mean something else than its blocks say?
fn is_doubtful(problem: &ProblemKind) -> bool {
    match problem {
        ProblemKind::MissingColumn { .. }
        | ProblemKind::UnknownQualifier { .. }
        | ProblemKind::Arity { .. }
        | ProblemKind::NotUnderstood { .. }
        | ProblemKind::NamedElsewhere { .. } => true,
        ProblemKind::AmbiguousColumn { .. }
        | ProblemKind::OpenStar { .. }
        | ProblemKind::UnknownNames
        | ProblemKind::OpaqueExpression => false,
    }
}

fn read_tables(blocks: &[Block]) -> BTreeSet<ModelName> {
    let mut tables = BTreeSet::new();
    for block in blocks {
        if let BlockKind::Select(select) = &block.kind {
            tables.extend(select.relations.iter().filter_map(|relation| match &relation.source {
                Source::Model(model) => Some(model.clone()),
                Source::Block(_) | Source::Altered(_) | Source::Recursive(..) | Source::Function(_) => None,
            }));
        }
    }
    tables
}

/// Every name of a table anywhere in the text, names of CTEs included.
fn named_tables(query: &Tree, schemas: &dyn Schemas) -> BTreeSet<ModelName> {
    let mut named = BTreeSet::new();
    query.walk(&mut |node| {
        if let Op::Opaque(_) = node.op {
            let words = node.kids.iter().filter(|kid| kid.op == Op::Table).map(|kid| kid.idents());
            named.extend(words.filter(|parts| schemas.is_declared(parts)).map(|parts| schemas.table(&parts).0));
            return false;
        }
        if node.op == Op::Table {
            named.insert(schemas.table(&node.idents()).0);
        }
        true
    });
    named
}

impl Resolved {
    /// The block that gives the query's rows.
    pub fn root(&self) -> Option<&Block> {
        self.block(self.root)
    }

    pub fn block(&self, id: BlockId) -> Option<&Block> {
        self.blocks.get(id as usize)
    }

    /// The query's columns, as a schema for those who read it.
    pub fn schema(&self) -> Schema {
        self.root().map_or_else(|| Schema::new(vec![], true), Block::schema)
    }
}

/// Builds the arena.
struct Resolver<'s> {
    dialect: Dialect,
    schemas: &'s dyn Schemas,
    blocks: Vec<Block>,
    problems: Vec<Problem>,
    recursions: Vec<Recursion>,
    depth: usize,
    /// How many nodes and outputs may still be added by stars, aliases, ordinals and merged columns.
    budget: usize,
    is_exhausted: bool,
}

/// How deep queries may nest before the rest is given up as opaque.
const MAX_DEPTH: usize = 200;

/// How much larger than its text a query may become: `SELECT *` over a self-join doubles the columns each time.
const BUDGET: usize = 2_000_000;

impl Resolver<'_> {
    fn push(&mut self, block: Block) -> BlockId {
        self.blocks.push(block);
        (self.blocks.len() - 1) as BlockId
    }

    fn problem(&mut self, kind: ProblemKind, span: Span) {
        self.problems.push(Problem { kind, span, in_code: false });
    }

    fn schema_of(&self, id: BlockId) -> Schema {
        self.blocks.get(id as usize).map_or_else(|| Schema::new(vec![], true), Block::schema)
    }

    /// Takes from what the query may still grow by; says whether there was enough.
    fn spend(&mut self, amount: usize) -> bool {
        match self.budget.checked_sub(amount) {
            Some(left) => self.budget = left,
            None => self.is_exhausted = true,
        }
        !self.is_exhausted
    }
}

impl Block {
    /// The block's outputs, as a schema for those who read it.
    pub fn schema(&self) -> Schema {
        let column = |output: &Output| Column { name: output.name.clone(), data_type: output.data_type.clone() };
        Schema::new(self.outputs.iter().filter(|output| !output.is_open).map(column).collect(), self.open)
    }
}

#[cfg(test)]
mod tests;
