//! Arguments by the names of a macro's parameters, as Python binds them.
//!
//! In: a call's arguments and the names of the parameters. Out: a value for each parameter, if it got one.

use crate::lex::{TokenKind, lex_code, string_value};
use crate::render::expand::{Argument, ArgumentValue, Call, Expander, Outcome, Scope, Step};
use crate::render::fragment::Fragment;
use crate::render::values::is_dotted;

/// One value for each parameter.
pub struct Bound {
    values: Vec<Option<Fragment>>,
    /// What came behind the parameters, for macros that take any number.
    pub rest: Vec<Fragment>,
}

impl Bound {
    /// The value of the parameter at this place in the list.
    pub fn get(&self, parameter: usize) -> Option<&Fragment> {
        self.values.get(parameter).and_then(Option::as_ref)
    }
}

/// Parameters of a macro.
pub struct Parameters<'n> {
    pub names: &'n [&'n str],
    /// How many of them must be given.
    pub required: usize,
    /// Arguments without names beyond these: all go to `rest`, the parameters only by name.
    pub is_variadic: bool,
}

impl Expander<'_> {
    /// Binds a call's arguments; the outcome of the call where that can't be done.
    pub fn bind(
        &mut self,
        call: &Call,
        scope: &Scope<'_>,
        parameters: &Parameters<'_>,
    ) -> Step<Result<Bound, Outcome>> {
        let arguments = self.arguments(call, scope)?;
        match bound(arguments, parameters) {
            Ok(bound) => Ok(Ok(bound)),
            Err(message) => self.misused(call, &message).map(Err),
        }
    }

    /// The text of a string literal.
    pub fn literal(&self, value: &Fragment) -> Option<String> {
        let rules = self.dialect().lexical();
        let tokens = lex_code(value.text(), rules);
        let [token] = tokens.as_slice() else { return None };
        (token.kind == TokenKind::String).then(|| string_value(token, value.text(), rules))
    }

    /// `TRUE` or `FALSE`
    pub fn boolean(&self, value: &Fragment) -> Option<bool> {
        match value.text().trim().to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// A table's name: dotted identifiers, or a string with such.
    pub fn table_text(&self, value: &Fragment) -> Option<String> {
        let text = self.literal(value).unwrap_or_else(|| value.text().trim().to_owned());
        is_dotted(&lex_code(&text, self.dialect().lexical())).then_some(text)
    }
}

fn bound(arguments: Vec<Argument>, parameters: &Parameters<'_>) -> Result<Bound, String> {
    let mut bound = Bound { values: vec![None; parameters.names.len()], rest: Vec::new() };
    let mut position = 0;
    let mut is_named = false;
    for argument in arguments {
        let ArgumentValue::Sql(value) = argument.value else {
            return Err("this macro takes no lambda".to_owned());
        };
        let at = match &argument.name {
            None if is_named => return Err("an argument without a name can't follow one that has a name".to_owned()),
            None if parameters.is_variadic => {
                bound.rest.push(value);
                continue;
            }
            None => {
                position += 1;
                position - 1
            }
            Some(name) => {
                is_named = true;
                parameters.names.iter().position(|known| known == name).unwrap_or(usize::MAX)
            }
        };
        match bound.values.get_mut(at) {
            Some(slot) if slot.is_none() => *slot = Some(value),
            Some(_) => return Err("this macro gets an argument twice".to_owned()),
            None => return Err(unexpected(argument.name.as_deref(), parameters)),
        }
    }
    let missing =
        parameters.names.iter().zip(&bound.values).take(parameters.required).find(|(_, value)| value.is_none());
    match missing {
        Some((name, _)) => Err(format!("this macro needs its argument `{name}`")),
        None => Ok(bound),
    }
}

fn unexpected(name: Option<&str>, parameters: &Parameters<'_>) -> String {
    match name {
        Some(name) => format!("this macro has no parameter `{name}`; it has {}", parameters.names.join(", ")),
        None => format!("this macro takes at most {} arguments", parameters.names.len()),
    }
}
