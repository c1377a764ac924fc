//! Function calls: arguments, modifiers, windows.

use sqlparser::ast::{
    BinaryOperator, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgOperator,
    FunctionArgumentClause, FunctionArguments, ListAggOnOverflow, ObjectNamePart, WindowFrame, WindowFrameBound,
    WindowSpec, WindowType,
};

use crate::dialect::Family;
use crate::render::HOLE_PREFIX;

use super::super::calls;
use super::super::functions::{FunctionKind, kind};
use super::super::tree::{END_LEFT_OUT, Op, Tree};
use super::marks::is_columns;
use super::{Converter, covering};

impl Converter<'_> {
    pub(super) fn function(&self, function: &Function) -> Tree {
        let name = self.function_name(function);
        let mut kids = self.with_arrows(&name.to_uppercase(), &function.args, self.arguments(&function.args));
        if !matches!(function.parameters, FunctionArguments::None) {
            // ClickHouse's `quantile(0.9)(x)`.
            kids.push(self.node(Op::Other("PARAMETERS".into()), self.arguments(&function.parameters)));
        }
        if !function.within_group.is_empty() {
            kids.push(self.node(Op::WithinGroup, self.order_items(&function.within_group)));
        }
        if let Some(filter) = &function.filter {
            kids.push(self.node(Op::Filter, vec![self.expression(filter)]));
        }
        if let Some(treatment) = &function.null_treatment {
            kids.push(self.implied(Op::Modifier(treatment.to_string().into())));
        }
        let call = self.call_node(function, &name, kids);
        match &function.over {
            None => call,
            Some(window) => self.window(call, window),
        }
    }

    /// In upper case, unless case may tell two functions of the users apart.
    fn function_name(&self, function: &Function) -> String {
        let folds = !matches!(self.dialect.family, Family::ClickHouse | Family::BigQuery);
        match function.name.0.as_slice() {
            [ObjectNamePart::Identifier(name)] => {
                let upper = name.value.to_uppercase();
                let is_users = kind(&upper) == FunctionKind::Unknown && hole_number(&upper).is_none();
                match name.quote_style {
                    Some(_) if is_users => function.name.to_string(),
                    None if is_users && !folds => name.value.clone(),
                    _ => upper,
                }
            }
            _ if folds && !function.name.0.iter().any(is_quoted) => function.name.to_string().to_uppercase(),
            _ => function.name.to_string(),
        }
    }

    fn call_node(&self, function: &Function, name: &str, kids: Vec<Tree>) -> Tree {
        let name_span = function.name.0.iter().fold(super::Span::default(), |span, part| match part {
            ObjectNamePart::Identifier(ident) => span.cover(self.span(ident.span)),
            ObjectNamePart::Function(function) => span.cover(self.span(function.name.span)),
        });
        let has_arguments = !matches!(function.args, FunctionArguments::None);
        let span = if has_arguments { self.brackets.call(name_span) } else { name_span };
        let span = span.cover(covering(&kids));
        if let Some(hole) = hole_number(name) {
            return self.node_at(Op::Hole(hole), kids, span);
        }
        if is_columns(name) {
            return self.node_at(Op::Other(".*".into()), kids, span);
        }
        if !has_arguments {
            // `CURRENT_DATE` and `CURRENT_DATE()` are one function.
            return self.node_at(Op::Function(name.into()), kids, span);
        }
        let (op, kids) = calls::canonical_call(name, kids, self.dialect);
        self.node_at(op, kids, span)
    }

    fn arguments(&self, arguments: &FunctionArguments) -> Vec<Tree> {
        match arguments {
            FunctionArguments::None => vec![],
            FunctionArguments::Subquery(query) => vec![self.node(Op::Subquery, vec![self.query(query)])],
            FunctionArguments::List(list) => {
                let mut kids: Vec<Tree> = list.args.iter().map(|argument| self.argument(argument)).collect();
                if list.duplicate_treatment == Some(DuplicateTreatment::Distinct) {
                    kids.push(self.implied(Op::Distinct));
                }
                kids.extend(list.clauses.iter().map(|clause| self.argument_clause(clause)));
                kids
            }
        }
    }

    pub(super) fn argument(&self, argument: &FunctionArg) -> Tree {
        // `f(name := value)`, which the parser takes for an operator in some dialects.
        if let FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::BinaryOp { left, op, right })) = argument
            && let (Expr::Identifier(name), BinaryOperator::Assignment) = (&**left, op)
        {
            return self.node(Op::NamedArgument(self.normalized(name)), vec![self.expression(right)]);
        }
        match argument {
            FunctionArg::Unnamed(argument) => self.argument_value(argument),
            // `JSON_OBJECT('key': value)`: a text, not a name.
            FunctionArg::Named { name, arg, operator } if name.quote_style == Some('\'') => {
                let key = self.node_at(Op::Text(name.value.as_str().into()), vec![], self.span(name.span));
                self.node(Op::Other(operator.to_string().into()), vec![key, self.argument_value(arg)])
            }
            FunctionArg::Named { name, arg, operator: FunctionArgOperator::Colon } => {
                let kids = vec![self.expression(&Expr::Identifier(name.clone())), self.argument_value(arg)];
                self.node(Op::Other(":".into()), kids)
            }
            FunctionArg::Named { name, arg, .. } => {
                self.node(Op::NamedArgument(self.normalized(name)), vec![self.argument_value(arg)])
            }
            // `f(name => value)` and `f(name := value)`, where the parser takes any expression for the name.
            FunctionArg::ExprNamed {
                name: Expr::Identifier(name),
                arg,
                operator: FunctionArgOperator::RightArrow | FunctionArgOperator::Assignment,
            } => self.node(Op::NamedArgument(self.normalized(name)), vec![self.argument_value(arg)]),
            FunctionArg::ExprNamed { name, arg, operator } => {
                let kids = vec![self.expression(name), self.argument_value(arg)];
                self.node(Op::Other(operator.to_string().into()), kids)
            }
        }
    }

    /// An argument of a table function, where `name = value` is an option in DuckDB.
    pub(super) fn option(&self, argument: &FunctionArg) -> Tree {
        if self.dialect.family == Family::DuckDb
            && let FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::BinaryOp { left, op: BinaryOperator::Eq, right })) =
                argument
            && let Expr::Identifier(name) = &**left
        {
            return self.node(Op::NamedArgument(self.normalized(name)), vec![self.expression(right)]);
        }
        self.argument(argument)
    }

    fn argument_value(&self, argument: &FunctionArgExpr) -> Tree {
        match argument {
            FunctionArgExpr::Expr(Expr::Lambda(lambda)) => self.lambda(lambda),
            FunctionArgExpr::Expr(expression) => self.expression(expression),
            FunctionArgExpr::QualifiedWildcard(name) => self.node(Op::QualifiedStar, self.name_parts(name)),
            FunctionArgExpr::Wildcard => self.implied(Op::Star),
            FunctionArgExpr::WildcardWithOptions(options) => self.star(options),
        }
    }

    fn argument_clause(&self, clause: &FunctionArgumentClause) -> Tree {
        match clause {
            FunctionArgumentClause::IgnoreOrRespectNulls(treatment) => {
                self.implied(Op::Modifier(treatment.to_string().into()))
            }
            FunctionArgumentClause::Where(condition) => self.node(Op::Where, vec![self.expression(condition)]),
            FunctionArgumentClause::OrderBy(items) => self.node(Op::OrderBy, self.order_items(items)),
            FunctionArgumentClause::Limit(limit) => self.node(Op::Limit, vec![self.expression(limit)]),
            FunctionArgumentClause::Having(bound) => {
                self.node(Op::Other(format!("HAVING {}", bound.0).into()), vec![self.expression(&bound.1)])
            }
            FunctionArgumentClause::Separator(value) => {
                self.node(Op::Other("SEPARATOR".into()), vec![self.value(value)])
            }
            FunctionArgumentClause::OnOverflow(overflow) => self.on_overflow(overflow),
            FunctionArgumentClause::JsonNullClause(clause) => self.implied(Op::Modifier(clause.to_string().into())),
            FunctionArgumentClause::JsonReturningClause(clause) => {
                self.implied(Op::Modifier(clause.to_string().into()))
            }
        }
    }

    fn on_overflow(&self, overflow: &ListAggOnOverflow) -> Tree {
        match overflow {
            ListAggOnOverflow::Error => self.implied(Op::Modifier("ON OVERFLOW ERROR".into())),
            ListAggOnOverflow::Truncate { filler, with_count } => {
                let filler = filler.iter().map(|filler| self.expression(filler)).collect();
                self.node(Op::Other(format!("ON OVERFLOW TRUNCATE {with_count}").into()), filler)
            }
        }
    }

    fn window(&self, call: Tree, window: &WindowType) -> Tree {
        let window = match window {
            WindowType::WindowSpec(spec) => self.window_spec(spec),
            WindowType::NamedWindow(name) => {
                self.node_at(Op::WindowName(self.normalized(name)), vec![], self.span(name.span))
            }
        };
        let start = call.span;
        let inner = if window.span.is_empty() { start } else { window.span };
        let end = match window.op {
            Op::WindowSpec => self.brackets.window_end(start, inner),
            _ => inner,
        };
        self.node_at(Op::Window, vec![call, window], start.cover(end))
    }

    pub(super) fn window_spec(&self, spec: &WindowSpec) -> Tree {
        let mut kids = Vec::new();
        kids.extend(
            spec.window_name
                .as_ref()
                .map(|name| self.node_at(Op::WindowName(self.normalized(name)), vec![], self.span(name.span))),
        );
        if !spec.partition_by.is_empty() {
            kids.push(self.node(Op::PartitionBy, self.expressions(&spec.partition_by)));
        }
        if !spec.order_by.is_empty() {
            kids.push(self.node(Op::OrderBy, self.order_items(&spec.order_by)));
        }
        kids.extend(spec.window_frame.as_ref().map(|frame| self.frame(frame)));
        self.node(Op::WindowSpec, kids)
    }

    /// `ROWS n PRECEDING` is `ROWS BETWEEN n PRECEDING AND CURRENT ROW`, which sqlglot keeps apart.
    fn frame(&self, frame: &WindowFrame) -> Tree {
        let mut bounds = Vec::new();
        let start = self.frame_bound(&frame.start_bound, &mut bounds);
        let end = match &frame.end_bound {
            Some(end) => self.frame_bound(end, &mut bounds),
            None => {
                bounds.push(self.implied(Op::Modifier(END_LEFT_OUT.into())));
                "CURRENT ROW".to_owned()
            }
        };
        self.node(Op::Frame(format!("{} {start} AND {end}", frame.units).into()), bounds)
    }

    fn frame_bound(&self, bound: &WindowFrameBound, bounds: &mut Vec<Tree>) -> String {
        let mut limited = |value: &Option<Box<sqlparser::ast::Expr>>, direction: &str| match value {
            None => format!("UNBOUNDED {direction}"),
            Some(value) => {
                bounds.push(self.expression(value));
                format!("? {direction}")
            }
        };
        match bound {
            WindowFrameBound::CurrentRow => "CURRENT ROW".to_owned(),
            WindowFrameBound::Preceding(value) => limited(value, "PRECEDING"),
            WindowFrameBound::Following(value) => limited(value, "FOLLOWING"),
        }
    }
}

fn is_quoted(part: &ObjectNamePart) -> bool {
    matches!(part, ObjectNamePart::Identifier(ident) if ident.quote_style.is_some())
}

/// The number of the hole that a placeholder's (upper-cased) name stands for.
pub(super) fn hole_number(name: &str) -> Option<u32> {
    let prefix = name.get(..HOLE_PREFIX.len())?;
    if !prefix.eq_ignore_ascii_case(HOLE_PREFIX) {
        return None;
    }
    name.get(HOLE_PREFIX.len()..)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use crate::dialect::Dialect;

    #[test]
    fn an_equals_sign_in_an_argument_compares_columns() {
        let read = |text: &str| {
            let dialect = Dialect::parse("duckdb").expect("a known dialect");
            crate::sql::expression(text, dialect).expect("an expression")
        };
        assert_eq!(read("f(a = 1 AND b = 2)").first(), Some(&read("a = 1 AND b = 2")));
    }
}
