//! Expressions.

use sqlparser::ast::{BinaryOperator, CaseWhen, Expr, OneOrManyWithParens, Spanned, UnaryOperator};

use crate::dialect::Family;

use super::super::tree::{Op, Span, Tree};
use super::collection::is_collection;
use super::predicate::is_predicate;
use super::{Converter, covering};

impl Converter<'_> {
    pub(super) fn expressions<'e>(&self, expressions: impl IntoIterator<Item = &'e Expr>) -> Vec<Tree> {
        expressions.into_iter().map(|expression| self.expression(expression)).collect()
    }

    pub(super) fn expression(&self, expression: &Expr) -> Tree {
        match expression {
            Expr::Identifier(ident) => self.identifier(ident),
            Expr::CompoundIdentifier(idents) => self.node(Op::Column, self.idents(idents)),
            Expr::CompoundFieldAccess { root, access_chain } => self.access_chain(root, access_chain),
            Expr::JsonAccess { value, path } => self.json_access(value, &path.path),
            Expr::BinaryOp { op, .. } => self.binary_chain(expression, op),
            Expr::UnaryOp { op, expr } => self.unary(op, expr),
            Expr::Nested(inner) => self.parenthesized(inner),
            Expr::Value(value) => self.value(value),
            Expr::Function(function) => self.function(function),
            Expr::Case { operand, conditions, else_result, case_token, end_token } => {
                let span = self.span(case_token.0.span).cover(self.span(end_token.0.span));
                self.case(operand.as_deref(), conditions, else_result.as_deref(), span)
            }
            Expr::Cast { .. } | Expr::Convert { .. } | Expr::TypedString(_) => self.cast_like(expression),
            Expr::Subquery(query) => {
                let query = self.query(query);
                let span = self.brackets.around(query.span, false);
                self.node_at(Op::Subquery, vec![query], span)
            }
            Expr::Exists { subquery, negated } => self.exists(subquery, *negated),
            Expr::Wildcard(token) => self.node_at(Op::Star, vec![], self.span(token.0.span)),
            Expr::QualifiedWildcard(name, _) => self.node(Op::QualifiedStar, self.name_parts(name)),
            Expr::Lambda(lambda) => self.lambda_or_arrow(lambda),
            _ if is_predicate(expression) => self.predicate(expression),
            _ if is_collection(expression) => self.collection(expression),
            _ => self.special_syntax(expression),
        }
    }

    fn identifier(&self, ident: &sqlparser::ast::Ident) -> Tree {
        let name = self.ident(ident);
        if matches!(name.op, Op::Modifier(_)) { name } else { self.node(Op::Column, vec![name]) }
    }

    /// A chain `a op b op c` of one operator becomes one node. The parser nests such chains to the left, without
    /// limit, so this must be a loop.
    fn binary_chain(&self, expression: &Expr, op: &BinaryOperator) -> Tree {
        if self.dialect.family == Family::DuckDb && has_arrow_on_right(expression, op) {
            return self.as_written(expression);
        }
        let mut operands = Vec::new();
        let mut left = expression;
        while let Expr::BinaryOp { left: next, op: here, right } = left {
            if here != op {
                break;
            }
            operands.push(self.expression(right));
            left = next;
        }
        operands.push(self.expression(left));
        operands.reverse();
        let op = match op {
            BinaryOperator::And => Op::And,
            BinaryOperator::Or => Op::Or,
            BinaryOperator::Spaceship => {
                return self.node(Op::Binary("<=>".into()), operands);
            }
            other => Op::Binary(other.to_string().to_uppercase().into()),
        };
        self.node(op, operands)
    }

    /// DuckDB reads `a = b ->> c` as `(a = b) ->> c`, which the parser doesn't: such an expression equals only itself.
    fn as_written(&self, expression: &Expr) -> Tree {
        let mut kids = Vec::new();
        let mut left = expression;
        while let Expr::BinaryOp { left: next, right, .. } = left {
            kids.push(self.expression(right));
            left = next;
        }
        kids.push(self.expression(left));
        kids.reverse();
        let span = covering(&kids);
        self.node_at(Op::Opaque(expression.to_string().into()), kids, span)
    }

    fn unary(&self, op: &UnaryOperator, operand: &Expr) -> Tree {
        let kids = vec![self.expression(operand)];
        let span = covering(&kids);
        let (op, span) = match op {
            UnaryOperator::Not => (Op::Not, self.brackets.with_words_before(span, &["not"])),
            other => {
                let width = other.to_string().len() as u32;
                let start = span.start.saturating_sub(width);
                (Op::Unary(other.to_string().into()), Span { start, end: span.end })
            }
        };
        self.node_at(op, kids, span)
    }

    fn parenthesized(&self, inner: &Expr) -> Tree {
        let inner = self.expression(inner);
        let span = self.brackets.around(inner.span, false);
        self.node_at(Op::Paren, vec![inner], span)
    }

    fn case(&self, operand: Option<&Expr>, conditions: &[CaseWhen], otherwise: Option<&Expr>, span: Span) -> Tree {
        let mut kids = Vec::with_capacity(conditions.len() + 2);
        kids.extend(operand.map(|operand| self.node(Op::Operand, vec![self.expression(operand)])));
        kids.extend(conditions.iter().map(|when| {
            let parts = vec![self.expression(&when.condition), self.expression(&when.result)];
            self.node(Op::When, parts)
        }));
        kids.extend(otherwise.map(|otherwise| self.node(Op::Else, vec![self.expression(otherwise)])));
        self.node_at(Op::Case, kids, span)
    }

    pub(super) fn lambda(&self, lambda: &sqlparser::ast::LambdaFunction) -> Tree {
        let parameters = match &lambda.params {
            OneOrManyWithParens::One(one) => std::slice::from_ref(one),
            OneOrManyWithParens::Many(many) => many.as_slice(),
        };
        let mut kids = Vec::with_capacity(parameters.len() + 1);
        for parameter in parameters {
            kids.push(self.ident(&parameter.name));
            kids.extend(parameter.data_type.as_ref().map(|data_type| self.data_type(data_type)));
        }
        kids.push(self.expression(&lambda.body));
        self.node(Op::Lambda, kids)
    }

    /// Something without an operator of its own: told apart by its whole text.
    pub(super) fn opaque(&self, expression: &Expr, kids: Vec<Tree>) -> Tree {
        let span = self.span(expression.span());
        self.node_at(Op::Opaque(expression.to_string().into()), kids, span)
    }
}

/// Does an operand that stands on the right of the operator begin with `x -> y` or `x ->> y`, without brackets?
fn has_arrow_on_right(chain: &Expr, op: &BinaryOperator) -> bool {
    let mut left = chain;
    while let Expr::BinaryOp { left: next, op: here, right } = left {
        if here != op {
            break;
        }
        if begins_with_arrow(right) {
            return true;
        }
        left = next;
    }
    false
}

fn begins_with_arrow(mut operand: &Expr) -> bool {
    loop {
        operand = match operand {
            Expr::BinaryOp { op: BinaryOperator::Arrow | BinaryOperator::LongArrow, .. } => return true,
            Expr::BinaryOp { left, .. } => left,
            Expr::IsNull(inner) | Expr::IsNotNull(inner) => inner,
            Expr::InList { expr, .. } | Expr::Like { expr, .. } | Expr::Between { expr, .. } => expr,
            _ => return false,
        };
    }
}
