//! The canonical tree: operator, children, span.
//!
//! One small uniform node stands for everything in a query. Spellings that mean the same have become the same node
//! before they get here (`convert/`), so that two trees are equal exactly if their hashes are. Spans are carried
//! along but are no part of equality. `view.rs` gives typed access to the parts of a query.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use siphasher::sip128::{Hasher128, SipHasher13};

/// A shared, immutable node.
pub type Tree = Arc<Node>;

/// A normalized name or text inside an operator.
pub type Name = Arc<str>;

/// Byte range in the rendered SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Span { start: start as u32, end: end as u32 }
    }

    /// The smallest span that covers both; an empty one counts for nothing.
    pub fn cover(self, other: Span) -> Span {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A node of the tree.
pub struct Node {
    pub op: Op,
    pub kids: Vec<Tree>,
    pub span: Span,
    hash: u128,
    size: u32,
}

/// How a relation is joined to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JoinKind {
    Inner,
    Left,
    Right,
    Full,
    Cross,
    LeftSemi,
    RightSemi,
    LeftAnti,
    RightAnti,
    CrossApply,
    OuterApply,
    AsOf,
    Array,
    LeftArray,
}

/// A set operation's operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetOperator {
    Union,
    Except,
    Intersect,
}

/// Marks a frame that is written without its end.
pub const END_LEFT_OUT: &str = "END LEFT OUT";

/// What a node is. Children are named in brackets; `?` may be missing, `*` may repeat.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    // ---- names
    /// A normalized identifier.
    Ident(Name),
    /// `[Ident*]`: a column, qualified or not; or a field of one.
    Column,
    /// `[StarExcept? StarReplace? StarRename? StarLike?]`
    Star,
    /// `[Ident* …options]`: `t.*`
    QualifiedStar,
    /// `[Ident | Column …]`: a column with its relation where that is said.
    StarExcept,
    /// `[Alias*]`
    StarReplace,
    /// `[Alias*]` with the old name as a column inside.
    StarRename,
    StarLike(Name),

    // ---- literals
    Number(Name),
    Text(Name),
    Bool(bool),
    Null,
    /// Any other literal: its kind and text.
    Literal(&'static str, Name),
    /// `?`, `:x`, `$1`.
    Parameter(Name),

    // ---- expressions
    Not,
    Unary(Name),
    /// `[x*]`: a chain of one and the same operator, as written from left to right.
    Binary(Name),
    And,
    Or,
    IsNull,
    /// `IS TRUE`, `IS FALSE`, `IS UNKNOWN`, …
    Is(&'static str),
    /// `[a b]`: `IS DISTINCT FROM`
    IsDistinct,
    Between,
    /// `[x item*]`; the only item may be a `Subquery`.
    In,
    /// `[x pattern escape?]` with `LIKE`, `ILIKE`, …
    Like(&'static str),
    /// `[a b]`: `a = ANY (b)`; the operator, and whether it is ALL.
    Quantified(Name, bool),
    /// `[Query]`
    Exists,
    /// `[Query]`: a query as a value.
    Subquery,
    /// `[Operand? When* Else?]`
    Case,
    Operand,
    /// `[condition result]`
    When,
    Else,
    /// `[x Type format?]`; whether a failing cast gives NULL.
    Cast(bool),
    Type(Name),
    /// `[argument* Distinct? OrderBy? Limit? Filter? WithinGroup? …]`, the name in upper case.
    Function(Name),
    NamedArgument(Name),
    /// `[x]`: `FILTER (WHERE x)`
    Filter,
    /// `[OrderItem*]`
    WithinGroup,
    /// A modifier of a function without children: `IGNORE NULLS`, ….
    Modifier(Name),
    /// `[function WindowSpec | WindowName]`; after resolution the name of a named window follows its definition.
    Window,
    WindowName(Name),
    /// `[WindowName? PartitionBy? OrderBy? Frame?]`
    WindowSpec,
    PartitionBy,
    /// `[bound* Modifier?]`: the modifier is `END_LEFT_OUT`, and means nothing.
    Frame(Name),
    Interval(Name),
    Extract(Name),
    Array,
    Struct,
    Tuple,
    /// `[x index*]`
    Subscript,
    /// `[x]`: `x.field`
    Field(Name),
    Paren,
    AtTimeZone,
    Collate(Name),
    /// `[Ident Type? … body]`
    Lambda,
    /// `[x]`: `x AS name`
    Alias(Name),
    /// What only running the project's code would tell; `[argument*]`.
    Hole(u32),
    /// After resolution: a column of a relation: the block's number, the relation's number in it, the name.
    Bound(u32, u32, Name),
    /// After resolution: one of these `[candidate*]`, and the schemas don't tell which.
    Uncertain,
    /// After resolution: a name that nothing in scope has.
    Missing(Name),
    /// After resolution: a query as a value, by the number of its block.
    Nested(u32),
    /// An operator or clause without a node of its own: a text that tells two such apart; `[part*]`.
    Other(Name),
    /// Something whose inside isn't looked into: its whole text.
    Opaque(Name),

    // ---- queries
    /// `[With? body OrderBy? Limit? Offset? Other*]`
    Query,
    /// `[Cte*]`; whether recursive.
    With(bool),
    /// `[Ident(alias) Columns? Query]`
    Cte,
    /// `[Ident Type? …]`: the column names of an alias, with their types if it says them.
    Columns,
    /// `[Distinct? Top? Projection From? …]`
    Select,
    /// `[left right]`; the operator, ALL, BY NAME.
    SetOperation(SetOperator, bool, bool),
    /// `[Row*]`
    Values,
    Row,
    /// `SELECT DISTINCT`, or a DISTINCT argument.
    Distinct,
    /// `[x*]`
    DistinctOn,
    /// `[item*]`
    Projection,
    /// `[JoinTree*]`
    From,
    Where,
    Prewhere,
    /// `[key* | All] [Rollup | Cube | GroupingSets]*`
    GroupBy,
    /// `GROUP BY ALL`, `ORDER BY ALL`
    All,
    Rollup,
    Cube,
    GroupingSets,
    Having,
    Qualify,
    /// `[WindowSpec | WindowName]`
    NamedWindow(Name),
    /// `[OrderItem*]`
    OrderBy,
    /// `[x]`; descending, NULLs first if said.
    OrderItem(bool, Option<bool>),
    /// `[x? by*]`
    Limit,
    Offset,
    /// `[x?]`: `TOP`, `FETCH`; its options.
    Fetch(Name),

    // ---- relations
    /// `[relation Join*]`
    JoinTree,
    /// `[relation On? | Using? | Natural? …]`
    Join(JoinKind),
    On,
    /// `[Ident*]`
    Using,
    Natural,
    /// `[Ident*]`: a table by name.
    Table,
    /// `[Query]`; whether LATERAL.
    Derived(bool),
    /// `[argument*]` a function that gives rows: `UNNEST`, `EXPLODE`, `GENERATE_SERIES`, ….
    TableFunction(Name),
    /// `[relation Ident Columns?]`: `relation AS alias (a, b)`
    AliasedRelation,
    /// `[relation part*]`: PIVOT, UNPIVOT, TABLESAMPLE, AS OF: a relation changed by something with this text.
    Altered(Name),
    /// `[TableFunction]`: `LATERAL VIEW`; whether OUTER.
    LateralView(bool),
}

impl Node {
    /// A node; its hash is made from the operator and the children's hashes.
    pub fn new(op: Op, kids: Vec<Tree>, span: Span) -> Tree {
        let hash = structural_hash(&op, &kids);
        let size = kids.iter().fold(1, |size: u32, kid| size.saturating_add(kid.size));
        Arc::new(Node { op, kids, span, hash, size })
    }

    /// A node without children.
    pub fn leaf(op: Op, span: Span) -> Tree {
        Node::new(op, Vec::new(), span)
    }

    /// The same operator and span over other children.
    pub fn with_kids(&self, kids: Vec<Tree>) -> Tree {
        Node::new(self.op.clone(), kids, self.span)
    }

    /// A hash of operators and children, equal exactly for equal trees (up to a collision of 128 bits).
    pub fn fingerprint(&self) -> u128 {
        self.hash
    }

    /// How many nodes there are, those that stand in several places counted in each.
    pub fn size(&self) -> usize {
        self.size as usize
    }

    /// The only child, or the first.
    pub fn first(&self) -> Option<&Tree> {
        self.kids.first()
    }

    /// The first child with this operator (payload included).
    pub fn child(&self, op: &Op) -> Option<&Tree> {
        self.kids.iter().find(|kid| kid.op == *op)
    }

    /// The name in an `Ident` node.
    pub fn ident(&self) -> Option<&Name> {
        match &self.op {
            Op::Ident(name) => Some(name),
            _ => None,
        }
    }

    /// The names of the `Ident` children, in order.
    pub fn idents(&self) -> Vec<Name> {
        self.kids.iter().filter_map(|kid| kid.ident().cloned()).collect()
    }

    /// Calls `visit` on this node and all below it, parents first. `visit` says whether to go below.
    pub fn walk<'n>(self: &'n Arc<Node>, visit: &mut dyn FnMut(&'n Tree) -> bool) {
        let mut stack = vec![self];
        while let Some(node) = stack.pop() {
            if visit(node) {
                stack.extend(node.kids.iter().rev());
            }
        }
    }

    /// The expression inside any number of parentheses.
    pub fn unwrap_parens(self: &Arc<Node>) -> &Tree {
        let mut node = self;
        while node.op == Op::Paren {
            let Some(inner) = node.kids.first() else { break };
            node = inner;
        }
        node
    }
}

fn structural_hash(op: &Op, kids: &[Tree]) -> u128 {
    // Equality of fingerprints decides what is called unchanged, and the text is hostile: a fast 64-bit hash won't do.
    let mut hasher = SipHasher13::new();
    op.hash(&mut hasher);
    hasher.write_usize(kids.len());
    for kid in kids {
        hasher.write_u128(kid.hash);
    }
    hasher.finish128().as_u128()
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for Node {}

impl Hash for Node {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.hash);
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.op)?;
        if !self.kids.is_empty() {
            f.debug_list().entries(&self.kids).finish()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str, at: usize) -> Tree {
        Node::leaf(Op::Number(text.into()), Span::new(at, at + text.len()))
    }

    #[test]
    fn equality_ignores_spans_and_sees_everything_else() {
        let plus = |a: Tree, b: Tree| Node::new(Op::Binary("+".into()), vec![a, b], Span::default());
        assert_eq!(plus(number("1", 0), number("2", 4)), plus(number("1", 9), number("2", 11)));
        assert_ne!(plus(number("1", 0), number("2", 4)), plus(number("2", 0), number("1", 4)));
        assert_ne!(number("1", 0), Node::leaf(Op::Text("1".into()), Span::new(0, 1)));
    }
}
