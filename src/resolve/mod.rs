//! From a tree and its parents' schemas to blocks: scopes built, stars expanded, every column bound.
//!
//! In: the canonical tree of a query, and for each table it names the columns ([`Schemas`]).
//! Out: [`Resolved`]: an arena of [`Block`]s (one per SELECT, set operation, …) whose expressions refer to columns as
//! (block, relation, name) instead of by alias. What a schema doesn't tell stays open, never guessed: an
//! [`Op::Uncertain`](crate::sql::tree::Op) node lists all candidates. Never fails: what can't be bound is a [`Problem`].

mod aliases;
mod cte;
mod expression;
mod merge;
mod query;
mod relation;
mod scope;
mod star;
mod types;
mod window;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::dialect::Dialect;
use crate::names::{ColumnName, ModelName};
use crate::sql::tree::{JoinKind, Name, Op, SetOperator, Span, Tree};

pub use types::implied_type;

/// What is known of a table's columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schema {
    pub columns: Vec<Column>,
    /// There may be more columns than these.
    pub open: bool,
}

/// A table's column.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Column {
    pub name: ColumnName,
    /// Canonical name of the type, if known.
    pub data_type: Option<Name>,
}

impl Schema {
    /// Of a table about which nothing is known.
    pub fn unknown() -> Arc<Schema> {
        Arc::new(Schema { columns: vec![], open: true })
    }

    pub fn get(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| &*column.name == name)
    }
}

/// The columns of the tables that a query may name.
pub trait Schemas {
    /// The model that these normalized parts of a name stand for, and its columns.
    fn table(&self, parts: &[Name]) -> (ModelName, Arc<Schema>);
}

/// A resolved query.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// Every block; numbers in expressions and in other blocks point into it.
    pub blocks: Vec<Block>,
    pub root: BlockId,
    pub problems: Vec<Problem>,
    /// Every table that the query reads. If a part isn't understood: every name that could be one.
    pub tables: BTreeSet<ModelName>,
    /// There is a name that can't be bound, or a part that isn't understood: the digest of the whole query. Such a query
    /// is only known to equal itself.
    pub doubt: Option<u128>,
}

/// Number of a block in [`Resolved::blocks`].
pub type BlockId = u32;

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
    pub span: Span,
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
    /// The CTE that is being defined here, inside its own definition: how many such definitions that one is inside of.
    Recursive(u32),
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
}

/// Kinds of problems.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// No relation in scope has this column. The relation that was named, if one was; the model behind it, if it is one.
    MissingColumn { column: Name, qualifier: Option<Name>, models: Vec<ModelName> },
    /// More than one relation in scope has this column.
    AmbiguousColumn { column: Name, qualifiers: Vec<Name> },
    /// No relation in scope has this name.
    UnknownQualifier { qualifier: Name },
    /// The branches of a set operation have different numbers of columns.
    Arity { left: usize, right: usize },
    /// A star over a table whose columns aren't known.
    OpenStar { models: Vec<ModelName> },
    /// A part of the query that isn't understood.
    NotUnderstood { what: String },
}

/// Resolves a query.
pub fn resolve(query: &Tree, dialect: Dialect, schemas: &dyn Schemas) -> Resolved {
    let mut resolver = Resolver { dialect, schemas, blocks: Vec::new(), problems: Vec::new(), depth: 0, copied: 0 };
    let root = resolver.query(query, &scope::Context::default());
    dedup(&mut resolver.problems);
    let mut tables = read_tables(&resolver.blocks);
    if resolver.problems.iter().any(|problem| matches!(problem.kind, ProblemKind::NotUnderstood { .. })) {
        tables.extend(named_tables(query, schemas));
    }
    let doubt = resolver.problems.iter().any(|problem| is_doubtful(&problem.kind)).then(|| query.fingerprint());
    Resolved { blocks: resolver.blocks, root, problems: resolver.problems, tables, doubt }
}

/// A definition that is used twice is bound twice, and has its problems twice.
fn dedup(problems: &mut Vec<Problem>) {
    let mut seen = std::collections::HashSet::new();
    problems.retain(|problem| seen.insert((problem.kind.clone(), problem.span)));
}

/// May the query mean something else than its blocks say?
fn is_doubtful(problem: &ProblemKind) -> bool {
    match problem {
        ProblemKind::MissingColumn { .. }
        | ProblemKind::UnknownQualifier { .. }
        | ProblemKind::Arity { .. }
        | ProblemKind::NotUnderstood { .. } => true,
        ProblemKind::AmbiguousColumn { .. } | ProblemKind::OpenStar { .. } => false,
    }
}

fn read_tables(blocks: &[Block]) -> BTreeSet<ModelName> {
    let mut tables = BTreeSet::new();
    for block in blocks {
        if let BlockKind::Select(select) = &block.kind {
            tables.extend(select.relations.iter().filter_map(|relation| match &relation.source {
                Source::Model(model) => Some(model.clone()),
                Source::Block(_) | Source::Altered(_) | Source::Recursive(_) | Source::Function(_) => None,
            }));
        }
    }
    tables
}

/// Every name of a table anywhere in the text, names of CTEs included.
fn named_tables(query: &Tree, schemas: &dyn Schemas) -> BTreeSet<ModelName> {
    let mut named = BTreeSet::new();
    query.walk(&mut |node| {
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
        let Some(root) = self.root() else { return Schema { columns: vec![], open: true } };
        let column = |output: &Output| Column { name: output.name.clone(), data_type: output.data_type.clone() };
        Schema { columns: root.outputs.iter().filter(|output| !output.is_open).map(column).collect(), open: root.open }
    }
}

/// Builds the arena.
struct Resolver<'s> {
    dialect: Dialect,
    schemas: &'s dyn Schemas,
    blocks: Vec<Block>,
    problems: Vec<Problem>,
    depth: usize,
    /// How many nodes were copied from outputs to where their aliases stand.
    copied: usize,
}

/// How deep queries may nest before the rest is given up as opaque.
const MAX_DEPTH: usize = 200;

/// How many nodes may be copied in place of aliases: aliases of aliases can double with each step.
const MAX_COPIED: usize = 200_000;

impl Resolver<'_> {
    fn push(&mut self, block: Block) -> BlockId {
        self.blocks.push(block);
        (self.blocks.len() - 1) as BlockId
    }

    fn problem(&mut self, kind: ProblemKind, span: Span) {
        self.problems.push(Problem { kind, span });
    }

    fn schema_of(&self, id: BlockId) -> Schema {
        let Some(block) = self.blocks.get(id as usize) else { return Schema { columns: vec![], open: true } };
        let column = |output: &Output| Column { name: output.name.clone(), data_type: output.data_type.clone() };
        Schema {
            columns: block.outputs.iter().filter(|output| !output.is_open).map(column).collect(),
            open: block.open,
        }
    }
}
