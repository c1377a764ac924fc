//! `@EACH`, `@FILTER`, `@REDUCE`.

use crate::render::evaluate::evaluate;
use crate::render::expand::{Argument, ArgumentValue, Call, Expander, Outcome, Scope, Step};
use crate::render::fragment::Fragment;
use crate::render::lambda::Lambda;

use super::plain;

impl Expander<'_> {
    /// The items and the lambda of a call.
    fn iteration(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Option<(Vec<Fragment>, Lambda)>> {
        let mut arguments = self.arguments(call, scope)?;
        let Some(Argument { name: None, value: ArgumentValue::Lambda(lambda) }) = arguments.pop() else {
            return Ok(None);
        };
        match plain(arguments) {
            Some(values) => Ok(Some((self.items(values, &call.origin)?, lambda))),
            None => Ok(None),
        }
    }

    /// `@EACH(items, x -> …)`
    pub fn each(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let Some((items, lambda)) = self.iteration(call, scope)? else {
            return self.misused(call, "@EACH takes items and a lambda like x -> x");
        };
        let mut results = Vec::with_capacity(items.len());
        for item in &items {
            results.push(self.apply(&lambda, item, scope.as_operands)?);
        }
        Ok(Outcome::List(results))
    }

    /// `@FILTER(items, x -> condition)`
    pub fn filter(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let Some((items, lambda)) = self.iteration(call, scope)? else {
            return self.misused(call, "@FILTER takes items and a lambda like x -> x > 1");
        };
        let mut results = Vec::new();
        for item in items {
            let condition = self.apply(&lambda, &item, true)?;
            match evaluate(condition.text(), self.dialect()).map(|value| value.is_true()) {
                Some(true) => results.push(item),
                Some(false) => {}
                None => return self.uncertain(call, Vec::new()),
            }
        }
        Ok(Outcome::List(results))
    }

    /// `@REDUCE(items, (x, y) -> …)`
    pub fn reduce(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let Some((items, lambda)) = self.iteration(call, scope)? else {
            return self.misused(call, "@REDUCE takes items and a lambda like (x, y) -> x + y");
        };
        let mut items = items.into_iter();
        let Some(mut result) = items.next() else {
            return self.misused(call, "@REDUCE takes at least one item");
        };
        for item in items {
            let values = match scope.as_operands {
                true => vec![self.grouped(result, call), self.grouped(item, call)],
                false => vec![result, item],
            };
            result = self.apply_to(&lambda, values, scope.as_operands)?;
        }
        Ok(Outcome::Value(result))
    }

    /// Keeps a value that will be evaluated one operand.
    fn grouped(&self, value: Fragment, call: &Call) -> Fragment {
        match crate::render::shape::is_operand(value.text(), self.dialect()) {
            true => value,
            false => value.wrapped(call.origin.clone()),
        }
    }
}
