//! Predicates, each in one spelling: a negation inside becomes `NOT` around it.

use sqlparser::ast::{BinaryOperator, Expr};

use crate::dialect::Family;

use super::super::tree::{Op, Span, Tree};
use super::{Converter, covering};

impl Converter<'_> {
    pub(super) fn exists(&self, subquery: &sqlparser::ast::Query, negated: bool) -> Tree {
        let query = self.query(subquery);
        let span = self.brackets.around(query.span, true);
        let exists = self.node_at(Op::Exists, vec![query], span);
        self.negate(exists, negated)
    }

    /// `NOT` around a predicate that carries its negation inside (`x NOT IN (…)`): one spelling for both.
    pub(super) fn negate(&self, predicate: Tree, negated: bool) -> Tree {
        if !negated {
            return predicate;
        }
        let span = self.brackets.with_words_before(predicate.span, &["not"]);
        self.node_at(Op::Not, vec![predicate], span)
    }

    pub(super) fn predicate(&self, expression: &Expr) -> Tree {
        match expression {
            Expr::IsNull(x) => self.is(Op::IsNull, x, false),
            // A row is neither as long as some of its fields are NULL.
            Expr::IsNotNull(x) if is_row(x) && self.has_rows_of_fields() => self.is(Op::Is("NOT NULL"), x, false),
            Expr::IsNotNull(x) => self.is(Op::IsNull, x, true),
            Expr::IsTrue(x) => self.is(Op::Is("TRUE"), x, false),
            Expr::IsNotTrue(x) => self.is(Op::Is("TRUE"), x, true),
            Expr::IsFalse(x) => self.is(Op::Is("FALSE"), x, false),
            Expr::IsNotFalse(x) => self.is(Op::Is("FALSE"), x, true),
            Expr::IsUnknown(x) => self.is(Op::Is("UNKNOWN"), x, false),
            Expr::IsNotUnknown(x) => self.is(Op::Is("UNKNOWN"), x, true),
            Expr::IsDistinctFrom(a, b) => self.node(Op::IsDistinct, vec![self.expression(a), self.expression(b)]),
            Expr::IsNotDistinctFrom(a, b) => {
                let distinct = self.node(Op::IsDistinct, vec![self.expression(a), self.expression(b)]);
                self.negate(distinct, true)
            }
            Expr::InList { expr, list, negated } => {
                let mut kids = vec![self.expression(expr)];
                kids.extend(self.expressions(list));
                self.membership(kids, *negated)
            }
            Expr::InSubquery { expr, subquery, negated } => {
                let query = self.query(subquery);
                let span = self.brackets.around(query.span, false);
                let subquery = self.node_at(Op::Subquery, vec![query], span);
                self.membership(vec![self.expression(expr), subquery], *negated)
            }
            Expr::InUnnest { expr, array_expr, negated } => {
                let array = self.expression(array_expr);
                let unnest = self.node(Op::Function("UNNEST".into()), vec![array]);
                self.membership(vec![self.expression(expr), unnest], *negated)
            }
            Expr::Between { expr, negated, low, high } => {
                let kids = vec![self.expression(expr), self.expression(low), self.expression(high)];
                let between = self.node(Op::Between, kids);
                self.negate(between, *negated)
            }
            Expr::AnyOp { left, compare_op, right, .. } => self.quantified(left, compare_op, right, false),
            Expr::AllOp { left, compare_op, right } => self.quantified(left, compare_op, right, true),
            _ => self.pattern_match(expression),
        }
    }

    pub(super) fn is(&self, op: Op, operand: &Expr, negated: bool) -> Tree {
        let kids = vec![self.expression(operand)];
        let span = covering(&kids);
        let words = ["is", "not", "null", "true", "false", "unknown", "isnull", "notnull"];
        let predicate = self.node_at(op, kids, self.brackets.with_words_after(span, &words));
        self.negate(predicate, negated)
    }

    fn has_rows_of_fields(&self) -> bool {
        matches!(self.dialect.family, Family::Postgres | Family::Materialize | Family::RisingWave)
    }

    pub(super) fn membership(&self, kids: Vec<Tree>, negated: bool) -> Tree {
        let list_end = kids.last().map(|last| self.brackets.around(last.span, false)).unwrap_or_default();
        let span = covering(&kids);
        let has_subquery = kids.last().is_some_and(|last| last.op == Op::Subquery);
        let span = if has_subquery { span } else { Span { start: span.start, end: span.end.max(list_end.end) } };
        let predicate = self.node_at(Op::In, kids, span);
        self.negate(predicate, negated)
    }

    pub(super) fn quantified(&self, left: &Expr, op: &BinaryOperator, right: &Expr, all: bool) -> Tree {
        let kids = vec![self.expression(left), self.expression(right)];
        self.node(Op::Quantified(op.to_string().into(), all), kids)
    }

    pub(super) fn pattern_match(&self, expression: &Expr) -> Tree {
        let (name, negated, any, expr, pattern, escape) = match expression {
            Expr::Like { negated, any, expr, pattern, escape_char } => {
                ("LIKE", negated, *any, expr, pattern, escape_char.as_deref())
            }
            Expr::ILike { negated, any, expr, pattern, escape_char } => {
                ("ILIKE", negated, *any, expr, pattern, escape_char.as_deref())
            }
            Expr::SimilarTo { negated, expr, pattern, escape_char } => {
                ("SIMILAR TO", negated, false, expr, pattern, escape_char.as_deref())
            }
            Expr::RLike { negated, expr, pattern, .. } => ("RLIKE", negated, false, expr, pattern, None),
            other => return self.opaque(other, vec![]),
        };
        let pattern = self.expression(pattern);
        let mut kids = vec![self.expression(expr), self.patterns(&pattern)];
        kids.extend(escape.map(|escape| self.expression(escape)));
        let of_all = quantifier(&pattern).or(any.then_some(false));
        let (op, negated) = match of_all {
            // `NOT LIKE ANY` asks for one that doesn't match; Snowflake alone takes it for `NOT (… LIKE ANY …)`.
            Some(all) if *negated && self.dialect.family != Family::Snowflake => {
                (Op::Quantified(format!("NOT {name}").into(), all), false)
            }
            Some(all) => (Op::Quantified(name.into(), all), *negated),
            None => (Op::Like(name), *negated),
        };
        let predicate = self.node(op, kids);
        self.negate(predicate, negated)
    }

    /// What `LIKE ALL (a, b)` compares with, which the parser takes for a call.
    fn patterns(&self, pattern: &Tree) -> Tree {
        match (quantifier(pattern), pattern.kids.len()) {
            (None, _) => pattern.clone(),
            (Some(_), 1) => self.node_at(Op::Paren, pattern.kids.clone(), pattern.span),
            (Some(_), _) => self.node_at(Op::Tuple, pattern.kids.clone(), pattern.span),
        }
    }
}

/// Does a pattern stand for all of several, or for any?
fn quantifier(pattern: &Tree) -> Option<bool> {
    match &pattern.op {
        Op::Function(name) => match &**name {
            "ALL" => Some(true),
            "ANY" | "SOME" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A row that is written out.
fn is_row(expression: &Expr) -> bool {
    match expression {
        Expr::Tuple(_) => true,
        Expr::Nested(inner) => is_row(inner),
        Expr::Function(function) => function.name.to_string().eq_ignore_ascii_case("row"),
        _ => false,
    }
}

pub(super) fn is_predicate(expression: &Expr) -> bool {
    matches!(
        expression,
        Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsTrue(_)
            | Expr::IsNotTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsNotFalse(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotUnknown(_)
            | Expr::IsDistinctFrom(..)
            | Expr::IsNotDistinctFrom(..)
            | Expr::InList { .. }
            | Expr::InSubquery { .. }
            | Expr::InUnnest { .. }
            | Expr::Between { .. }
            | Expr::Like { .. }
            | Expr::ILike { .. }
            | Expr::SimilarTo { .. }
            | Expr::RLike { .. }
            | Expr::AnyOp { .. }
            | Expr::AllOp { .. }
    )
}
