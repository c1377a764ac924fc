//! `@IF`, `@EVAL`, `@AND`, `@OR`.

use crate::render::evaluate::{Value, evaluate};
use crate::render::expand::{Argument, ArgumentValue, Call, Expander, Outcome, Scope, Step};
use crate::render::fragment::Fragment;
use crate::render::shape::{Shape, shape_of};

use super::kept;

impl Expander<'_> {
    /// `@IF(condition, value, otherwise)`
    pub fn if_(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let ranges = call.lexed.split_at_commas(call.inside.clone());
        let (condition, branches) = match ranges.as_slice() {
            [condition, branches @ ..] if (1..=2).contains(&branches.len()) => (condition.clone(), branches),
            _ => return self.misused(call, "@IF takes a condition and one or two values"),
        };
        let condition = self.operand(call, condition, scope)?;
        match evaluate(condition.text(), self.dialect()).map(|value| value.is_true()) {
            Some(true) => self.branch(call, branches.first(), scope),
            Some(false) => self.branch(call, branches.get(1), scope),
            None => {
                let mut arguments = kept(vec![condition]);
                for branch in branches {
                    self.argument(&call.lexed, branch.clone(), scope, &mut arguments)?;
                }
                self.uncertain(call, arguments)
            }
        }
    }

    fn branch(&mut self, call: &Call, range: Option<&std::ops::Range<usize>>, scope: &Scope<'_>) -> Step<Outcome> {
        match range {
            Some(range) => self.expand_argument(&call.lexed, range.clone(), scope),
            None => Ok(Outcome::Nothing),
        }
    }

    /// An argument that will be evaluated.
    fn operand(&mut self, call: &Call, range: std::ops::Range<usize>, scope: &Scope<'_>) -> Step<Fragment> {
        let operands = Scope { as_operands: true, ..*scope };
        self.expand(&call.lexed, range, &operands)
    }

    /// Evaluates an argument to a constant.
    pub fn constant(&mut self, call: &Call, range: std::ops::Range<usize>, scope: &Scope<'_>) -> Step<Option<Value>> {
        let operand = self.operand(call, range, scope)?;
        Ok(evaluate(operand.text(), self.dialect()))
    }

    /// `@EVAL(expression)`: a string becomes SQL.
    pub fn eval(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let ranges = call.lexed.split_at_commas(call.inside.clone());
        let [range] = ranges.as_slice() else {
            return self.misused(call, "@EVAL takes one expression");
        };
        let operand = self.operand(call, range.clone(), scope)?;
        match evaluate(operand.text(), self.dialect()) {
            Some(Value::Null) => Ok(Outcome::Nothing),
            Some(value) => match value.sql() {
                Some(sql) => self.reparsed(call, sql),
                None => self.uncertain(call, kept(vec![operand])),
            },
            None => self.uncertain(call, kept(vec![operand])),
        }
    }

    /// `@AND(…)` and `@OR(…)`: NULLs are left out.
    pub fn connect(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let values = match self.plain_or_opaque(call, scope)? {
            Ok(values) => values,
            Err(opaque) => return Ok(opaque),
        };
        let dialect = self.dialect();
        let is_null = |value: &Fragment| value.text().trim().eq_ignore_ascii_case("null");
        let conditions: Vec<Fragment> = values.iter().filter(|value| !is_null(value)).cloned().collect();
        let shapes: Vec<Shape> = conditions.iter().map(|value| shape_of(value.text(), dialect)).collect();
        if shapes.contains(&Shape::Other) {
            return self.uncertain(call, kept(values));
        }
        let is_single = conditions.len() == 1;
        let wrap = |(condition, shape): (Fragment, Shape)| match shape == Shape::Connector && !is_single {
            true => condition.wrapped(call.origin.clone()),
            false => condition,
        };
        let conditions: Vec<Fragment> = conditions.into_iter().zip(shapes).map(wrap).collect();
        if conditions.is_empty() {
            return Ok(Outcome::Value(Fragment::made("TRUE", call.origin.clone())));
        }
        let separator = if call.name == "and" { " AND " } else { " OR " };
        Ok(Outcome::Value(Fragment::join(&conditions, separator, call.origin.clone())))
    }
}

/// The text of an argument, if it is SQL.
pub(super) fn sql_of(argument: &Argument) -> Option<&Fragment> {
    match &argument.value {
        ArgumentValue::Sql(value) => Some(value),
        ArgumentValue::Lambda(_) => None,
    }
}
