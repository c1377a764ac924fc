//! `@IF`, `@EVAL`, `@AND`, `@OR`.

use std::ops::Range;

use crate::dialect::Family;
use crate::render::evaluate::{Value, evaluate};
use crate::render::expand::{Argument, ArgumentValue, Call, Expander, Outcome, Scope, Step};
use crate::render::fragment::{Fragment, Lexed};
use crate::render::shape::{Shape, shape_of};
use crate::render::syntax::macro_at;

use super::kept;

impl Expander<'_> {
    /// `@IF(condition, value, otherwise)`
    pub fn if_(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let ranges = call.lexed.split_items(call.inside.clone());
        let (condition, branches) = match ranges.as_slice() {
            [condition, branches @ ..] if (1..=2).contains(&branches.len()) => (condition.clone(), branches),
            _ => return self.misused(call, "@IF takes a condition and one or two values"),
        };
        let condition = self.operand(call, condition, scope)?;
        match evaluate(condition.text(), self.dialect()).map(|value| value.is_true()) {
            Some(is_true) => self.chosen(call, branches, is_true, scope),
            None => {
                let mut arguments = kept(vec![condition]);
                for branch in branches {
                    self.argument(&call.lexed, branch.clone(), scope, &mut arguments)?;
                }
                self.uncertain(call, arguments)
            }
        }
    }

    /// The value that a condition chooses. SQLMesh evaluates the arguments first: a first value that is a macro and gives
    /// nothing isn't there, and one that gives a list is several.
    fn chosen(&mut self, call: &Call, branches: &[Range<usize>], is_true: bool, scope: &Scope<'_>) -> Step<Outcome> {
        let (first, second) = (branches.first(), branches.get(1));
        let mut values = match first.filter(|first| is_true || is_macro(&call.lexed, first)) {
            Some(first) => {
                let holes = self.holes.len();
                let outcome = self.expand_argument(&call.lexed, first.clone(), scope)?;
                if !is_true {
                    self.holes.truncate(holes);
                }
                match outcome {
                    Outcome::List(items) => items.into_iter().map(Outcome::Value).collect(),
                    Outcome::Nothing => vec![],
                    Outcome::Value(_) if is_true => return Ok(outcome),
                    Outcome::Opaque(_) if is_true || second.is_some() => return Ok(outcome),
                    other => vec![other],
                }
            }
            None => vec![Outcome::Nothing],
        };
        let index = usize::from(!is_true);
        if values.len() == index
            && let Some(second) = second
        {
            return self.expand_argument(&call.lexed, second.clone(), scope);
        }
        let count = values.len() + usize::from(second.is_some());
        if !(1..=2).contains(&count) {
            return self
                .misused(call, "@IF takes a condition and one or two values; lists among them count as several");
        }
        Ok(if index < values.len() { values.swap_remove(index) } else { Outcome::Nothing })
    }

    /// An argument that will be evaluated.
    fn operand(&mut self, call: &Call, range: Range<usize>, scope: &Scope<'_>) -> Step<Fragment> {
        let operands = Scope { as_operands: true, ..*scope };
        self.expand(&call.lexed, range, &operands)
    }

    /// Evaluates an argument to a constant.
    pub fn constant(&mut self, call: &Call, range: Range<usize>, scope: &Scope<'_>) -> Step<Option<Value>> {
        let operand = self.operand(call, range, scope)?;
        Ok(evaluate(operand.text(), self.dialect()))
    }

    /// `@EVAL(expression)`: a string becomes SQL.
    pub fn eval(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let ranges = call.lexed.split_items(call.inside.clone());
        let [range] = ranges.as_slice() else {
            return self.misused(call, "@EVAL takes one expression");
        };
        let operand = self.operand(call, range.clone(), scope)?;
        match evaluate(operand.text(), self.dialect()) {
            Some(Value::Null) => Ok(Outcome::Nothing),
            // How they are written depends on what stands around them.
            Some(Value::Bool(_)) if matches!(self.dialect().family, Family::Fabric | Family::TSql) => {
                self.uncertain(call, kept(vec![operand]))
            }
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

/// Is the argument one macro and nothing else?
fn is_macro(lexed: &Lexed, range: &Range<usize>) -> bool {
    macro_at(lexed, range.start, range.end).is_some_and(|(_, end)| end == range.end)
}

/// The text of an argument, if it is SQL.
pub(super) fn sql_of(argument: &Argument) -> Option<&Fragment> {
    match &argument.value {
        ArgumentValue::Sql(value) => Some(value),
        ArgumentValue::Lambda(_) => None,
    }
}
