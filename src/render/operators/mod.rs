//! SQLMesh's built-in macros, as far as they work on syntax alone.
//!
//! In: a call. Out: its result. A macro that needs columns that aren't known (`@STAR`, `@UNION`), the project's own
//! macros, and whatever isn't certain are opaque and keep their arguments.

mod arithmetic;
mod bind;
mod clauses;
mod iteration;
mod keys;
mod logic;
mod pivot;
mod python;
mod spine;
mod tables;
mod templates;

pub(super) use clauses::keyword;

use super::codes;
use super::expand::{Argument, ArgumentValue, Call, Expander, Outcome, Scope, Step};
use super::fragment::Fragment;
use super::lambda::Lambda;

impl Expander<'_> {
    /// Evaluates a call.
    pub fn call(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        if let Some(lambda) = self.lambdas.get(&call.name).cloned() {
            return self.defined(call, &lambda, scope);
        }
        if let Some(found) = self.environment.user_macros.get(&call.name) {
            return self.user_macro(call, found.simple.as_ref(), scope);
        }
        if takes_arguments_behind(call) {
            return self.misused(call, "a query that isn't in parentheses takes the arguments behind it for its own");
        }
        match call.name.as_str() {
            "if" => self.if_(call, scope),
            "eval" => self.eval(call, scope),
            "each" => self.each(call, scope),
            "filter" => self.filter(call, scope),
            "reduce" => self.reduce(call, scope),
            "and" | "or" => self.connect(call, scope),
            "sql" => self.sql(call, scope),
            "var" | "blueprint_var" => self.var(call, scope),
            "safe_add" | "safe_sub" => self.safe_sum(call, scope),
            "safe_div" => self.safe_div(call, scope),
            "haversine_distance" => self.haversine_distance(call, scope),
            "generate_surrogate_key" => self.generate_surrogate_key(call, scope),
            "pivot" => self.pivot(call, scope),
            "deduplicate" => self.deduplicate(call, scope),
            "resolve_template" => self.resolve_template(call, scope),
            "star" => self.star(call, scope),
            "union" => self.union(call, scope),
            "date_spine" => self.date_spine(call, scope),
            _ => self.unknown(call, scope),
        }
    }

    /// A call of `@DEF(f, x -> …)`
    fn defined(&mut self, call: &Call, lambda: &Lambda, scope: &Scope<'_>) -> Step<Outcome> {
        let Some(mut values) = plain(self.arguments(call, scope)?) else {
            return Ok(Outcome::Opaque(Vec::new()));
        };
        let value = match values.len() {
            1 => {
                let value = values.remove(0);
                self.apply(lambda, &value, scope.as_operands)?
            }
            _ => self.apply_to(lambda, values, scope.as_operands)?,
        };
        Ok(Outcome::Value(value))
    }

    fn unknown(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        // A stage with options is no macro; which of them SQLMesh keeps isn't followed.
        if !self.is_staged_file(&call.lexed, call.tokens.start) {
            let written = call.name.to_uppercase();
            let message = format!("neither SQLMesh nor the project defines the macro @{written}");
            self.warn(codes::UNKNOWN_MACRO, call.origin.clone(), message);
        }
        Ok(Outcome::Opaque(self.arguments(call, scope)?))
    }

    /// The call's arguments are wrong: SQLMesh fails.
    fn misused(&mut self, call: &Call, message: &str) -> Step<Outcome> {
        self.refuse(codes::WRONG_ARGUMENTS, call.origin.clone(), message);
        Ok(Outcome::Opaque(Vec::new()))
    }

    /// The call's arguments are none that are understood; SQLMesh may do something with them.
    fn doubtful(&mut self, call: &Call, message: &str) -> Step<Outcome> {
        self.warn(codes::WRONG_ARGUMENTS, call.origin.clone(), message);
        Ok(Outcome::Opaque(Vec::new()))
    }

    /// Only SQLMesh's own evaluation would tell.
    fn uncertain(&mut self, call: &Call, arguments: Vec<Argument>) -> Step<Outcome> {
        let message = format!("the value of @{} isn't certain without running SQLMesh", call.name.to_uppercase());
        self.warn(codes::NOT_EVALUATED, call.origin.clone(), message);
        Ok(Outcome::Opaque(arguments))
    }

    /// All arguments as SQL without names; `None` with lambdas or names among them.
    fn plain_or_opaque(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Result<Vec<Fragment>, Outcome>> {
        let arguments = self.arguments(call, scope)?;
        Ok(plain(arguments.clone()).ok_or(Outcome::Opaque(arguments)))
    }
}

/// Is an argument that isn't the last one a query without parentheses?
fn takes_arguments_behind(call: &Call) -> bool {
    let parts = call.lexed.split_items(call.inside.clone());
    let (_, before) = parts.split_last().unwrap_or((&(0..0), &[]));
    before.iter().any(|part| call.lexed.is_any_word(part.start, &["select", "with"]))
}

/// The arguments as SQL, if none is a lambda and none has a name.
fn plain(arguments: Vec<Argument>) -> Option<Vec<Fragment>> {
    let values = arguments.into_iter().map(|argument| match (argument.name, argument.value) {
        (None, ArgumentValue::Sql(value)) => Some(value),
        _ => None,
    });
    values.collect()
}

/// The fragments as arguments of an opaque call.
fn kept(values: Vec<Fragment>) -> Vec<Argument> {
    let keep = |value| Argument { name: None, value: ArgumentValue::Sql(value) };
    values.into_iter().map(keep).collect()
}
