//! `a -> b`, which the parser takes for a function of `a` wherever `a` is a bare name.
//!
//! DuckDB, MySQL and what is like it take values out of JSON that way. DuckDB has such functions too, as arguments of a
//! few calls; its arrow binds looser than anything but `->>` (found by running `json_serialize_sql`).

use sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, LambdaFunction, LambdaSyntax, OneOrManyWithParens,
};

use crate::dialect::Family;

use super::super::tree::{Op, Tree};
use super::Converter;

/// Functions of DuckDB, Doris and StarRocks that take functions.
const TAKING_LAMBDAS: &[&str] = &[
    "AGGREGATE",
    "ALL_MATCH",
    "ANY_MATCH",
    "APPLY",
    "ARRAY_APPLY",
    "ARRAY_COUNT",
    "ARRAY_EXISTS",
    "ARRAY_FILTER",
    "ARRAY_FIRST",
    "ARRAY_FIRST_INDEX",
    "ARRAY_LAST",
    "ARRAY_LAST_INDEX",
    "ARRAY_MAP",
    "ARRAY_REDUCE",
    "ARRAY_REVERSE_SPLIT",
    "ARRAY_SORT",
    "ARRAY_SORTBY",
    "ARRAY_SPLIT",
    "ARRAY_TRANSFORM",
    "COLUMNS",
    "EXISTS",
    "FILTER",
    "LIST_APPLY",
    "LIST_FILTER",
    "LIST_REDUCE",
    "LIST_TRANSFORM",
    "MAP_APPLY",
    "MAP_FILTER",
    "REDUCE",
    "TRANSFORM",
    "TRANSFORM_KEYS",
    "TRANSFORM_VALUES",
];

const ARROWS: [&str; 2] = ["->", "->>"];

impl Converter<'_> {
    /// `x -> …` that isn't an argument of a call.
    pub(super) fn lambda_or_arrow(&self, lambda: &LambdaFunction) -> Tree {
        let tree = self.lambda(lambda);
        let is_arrow = lambda.syntax == LambdaSyntax::Arrow && self.has_json_arrow();
        let is_bare = match &lambda.params {
            OneOrManyWithParens::One(one) => one.data_type.is_none(),
            OneOrManyWithParens::Many(many) => matches!(many.as_slice(), [one] if one.data_type.is_none()),
        };
        if is_arrow && is_bare { self.arrow(&tree) } else { tree }
    }

    /// The arguments of a call, where those that aren't functions are taken out of JSON.
    pub(super) fn with_arrows(&self, call: &str, written: &FunctionArguments, arguments: Vec<Tree>) -> Vec<Tree> {
        if !self.has_json_arrow() || TAKING_LAMBDAS.contains(&call) {
            return arguments;
        }
        // What a call that nobody knows takes may be a function, but is read as what depends on more.
        let is_arrow = |at: usize| match written {
            FunctionArguments::List(list) => matches!(
                list.args.get(at),
                Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Lambda(lambda))))
                    if lambda.syntax == LambdaSyntax::Arrow
            ),
            _ => false,
        };
        let one = |(at, tree): (usize, Tree)| match (&tree.op, tree.kids.as_slice()) {
            (Op::Lambda, [name, _]) if name.ident().is_some() && is_arrow(at) => self.arrow(&tree),
            _ => tree,
        };
        arguments.into_iter().enumerate().map(one).collect()
    }

    fn has_json_arrow(&self) -> bool {
        matches!(self.dialect.family, Family::Doris | Family::DuckDb | Family::Generic | Family::StarRocks)
    }

    fn arrow(&self, lambda: &Tree) -> Tree {
        let [name, body] = lambda.kids.as_slice() else { return lambda.clone() };
        let column = self.node_at(Op::Column, vec![name.clone()], name.span);
        self.arrow_to(&column, body, lambda)
    }

    /// Binds the arrow to the first operand of what follows, where that binds looser.
    fn arrow_to(&self, column: &Tree, body: &Tree, whole: &Tree) -> Tree {
        let node = |op: &Op, kids| self.node_at(op.clone(), kids, whole.span);
        let Some((first, rest)) = body.kids.split_first() else {
            return node(&Op::Binary("->".into()), vec![column.clone(), body.clone()]);
        };
        match &body.op {
            Op::Binary(op) if ARROWS.contains(&&**op) => {
                let inner = self.arrow_to(column, first, whole);
                let flat = if inner.op == body.op { inner.kids.clone() } else { vec![inner] };
                node(&body.op, [flat, rest.to_vec()].concat())
            }
            op if has_arrow_first(first) || is_loose(op) && self.dialect.family != Family::DuckDb => {
                node(op, [vec![self.arrow_to(column, first, whole)], rest.to_vec()].concat())
            }
            _ => node(&Op::Binary("->".into()), vec![column.clone(), body.clone()]),
        }
    }
}

/// Does the expression begin with an arrow?
fn has_arrow_first(tree: &Tree) -> bool {
    let mut tree = tree;
    loop {
        match &tree.op {
            Op::Binary(op) if ARROWS.contains(&&**op) => return true,
            op if is_loose(op) => match tree.first() {
                Some(first) => tree = first,
                None => return false,
            },
            _ => return false,
        }
    }
}

/// Does the operator stand between operands, the first of which begins the expression?
fn is_loose(op: &Op) -> bool {
    matches!(op, Op::Binary(_) | Op::And | Op::Or | Op::IsNull | Op::Is(_) | Op::Like(_) | Op::In | Op::Between)
}
