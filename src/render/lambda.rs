//! Lambdas and the lists that they are applied to.
//!
//! In: `x -> body`, `(x, y) -> body` and arguments. Out: the body with the parameters replaced. As in SQLMesh a bare
//! name in the body is a parameter; inside a nested macro call only `@name` is.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use crate::dialect::Dialect;
use crate::lex::{TokenKind, identifier_text};

use super::expand::{CALL_STEPS, Expander, Scope, Step, Stop, too_large};
use super::fragment::{Fragment, Lexed};

/// How many items one list may have.
pub(super) const MAX_ITEMS: usize = 100_000;

/// A lambda: its parameters and where its body stands.
#[derive(Debug, Clone)]
pub(super) struct Lambda {
    lexed: Rc<Lexed>,
    parameters: Vec<String>,
    body: Range<usize>,
}

impl Lambda {
    /// Reads `x -> body` or `(x, y) -> body`.
    pub fn parse(lexed: &Rc<Lexed>, range: Range<usize>) -> Option<Lambda> {
        let (names, arrow) = match lexed.partner(range.start) {
            Some(close) if lexed.is_symbol(range.start, '(') => (range.start + 1..close, close + 1),
            _ => (range.start..range.start + 1, range.start + 1),
        };
        let is_arrow = lexed.is_symbol(arrow, '-') && lexed.is_symbol(arrow + 1, '>') && lexed.is_connected(arrow + 1);
        let body = arrow + 2..range.end;
        if !is_arrow || body.is_empty() {
            return None;
        }
        let parameters: Option<Vec<String>> =
            lexed.split_items(names).into_iter().map(|name| parameter_name(lexed, name)).collect();
        Some(Lambda { lexed: lexed.clone(), parameters: parameters.filter(|parameters| !parameters.is_empty())?, body })
    }
}

fn parameter_name(lexed: &Lexed, range: Range<usize>) -> Option<String> {
    let token = lexed.token(range.start).filter(|_| range.len() == 1)?;
    matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier)
        .then(|| identifier_text(token, lexed.fragment.text()).0.to_lowercase())
}

impl Expander<'_> {
    /// The lambda's body with `argument` for its parameters; a tuple fills several.
    pub fn apply(&mut self, lambda: &Lambda, argument: &Fragment, as_operands: bool) -> Step<Fragment> {
        let values = match lambda.parameters.len() {
            1 => self.first_of_tuple(argument)?,
            _ => self.tuple_items(argument)?,
        };
        self.apply_to(lambda, values, as_operands)
    }

    /// The lambda's body with one value for each parameter. A parameter without a value stays as it is.
    pub fn apply_to(&mut self, lambda: &Lambda, values: Vec<Fragment>, as_operands: bool) -> Step<Fragment> {
        let outer = self.locals.iter().filter(|local| local.is_parameter);
        let mut parameters: BTreeMap<String, Fragment> =
            outer.map(|local| (local.name.clone(), local.value.clone())).collect();
        parameters.extend(lambda.parameters.iter().cloned().zip(values));
        let cloned: usize = parameters.values().map(Fragment::len).sum();
        self.spend(cloned + CALL_STEPS, lambda.lexed.origin(&lambda.body))?;
        let scope = Scope { parameters: Some(&parameters), as_operands, is_statement: false };
        self.expand(&lambda.lexed, lambda.body.clone(), &scope)
    }

    fn tuple_items(&mut self, argument: &Fragment) -> Step<Vec<Fragment>> {
        let lexed = self.lex(argument.clone())?;
        if lexed.is_symbol(0, '(') && lexed.partner(0).is_some_and(|close| close + 1 == lexed.len()) {
            let parts = lexed.split_items(1..lexed.len() - 1);
            if parts.len() > 1 {
                return Ok(parts.iter().map(|part| lexed.slice(part)).collect());
            }
        }
        Ok(vec![argument.clone()])
    }

    fn first_of_tuple(&mut self, argument: &Fragment) -> Step<Vec<Fragment>> {
        if !argument.text().starts_with('(') {
            return Ok(vec![argument.clone()]);
        }
        self.tuple_items(argument)
    }

    /// The items that a macro iterates over: those of one array or tuple, or the arguments themselves.
    pub fn items(&mut self, arguments: Vec<Fragment>, origin: &Range<usize>) -> Step<Vec<Fragment>> {
        match <[Fragment; 1]>::try_from(arguments) {
            Ok([argument]) => self.items_of(argument, origin),
            Err(arguments) if arguments.len() > MAX_ITEMS => Err(too_many(origin.clone())),
            Err(arguments) => Ok(arguments),
        }
    }

    fn items_of(&mut self, argument: Fragment, origin: &Range<usize>) -> Step<Vec<Fragment>> {
        let lexed = self.lex(argument.clone())?;
        let open = if lexed.is_word(0, "array") { 1 } else { 0 };
        let is_list = (lexed.is_symbol(open, '[') || lexed.is_symbol(open, '('))
            && lexed.partner(open).is_some_and(|close| close + 1 == lexed.len());
        if !is_list || lexed.is_any_word(open + 1, &["select", "with"]) {
            return Ok(vec![argument]);
        }
        let parts = lexed.split_items(open + 1..lexed.len() - 1);
        if parts.len() > MAX_ITEMS {
            return Err(too_many(origin.clone()));
        }
        self.spend(parts.len(), origin.clone())?;
        Ok(parts.iter().map(|part| lexed.slice(part)).collect())
    }
}

fn too_many(origin: Range<usize>) -> Stop {
    too_large("this list has too many items", origin)
}

/// A list as arguments of another macro. One array alone is wrapped, so that it stays one argument.
pub(super) fn as_arguments(items: Vec<Fragment>, dialect: Dialect, origin: Range<usize>) -> Vec<Fragment> {
    let is_array = |item: &Fragment| {
        let lexed = Lexed::new(item.clone(), dialect.lexical());
        let open = if lexed.is_word(0, "array") { 1 } else { 0 };
        let is_closed = lexed.partner(open).is_some_and(|close| close + 1 == lexed.len());
        let is_tuple = lexed.is_symbol(open, '(') && (open == 1 || lexed.split_at_commas(1..lexed.len() - 1).len() > 1);
        is_closed && (is_tuple || lexed.is_symbol(open, '['))
    };
    match items.as_slice() {
        [item] if is_array(item) => {
            let mut wrapped = Fragment::made("[", origin.clone());
            wrapped.push(item);
            wrapped.push_made("]", origin);
            vec![wrapped]
        }
        _ => items,
    }
}

/// An error that ends rendering because of a call.
pub(super) fn stop(code: &'static str, message: impl Into<String>, origin: Range<usize>) -> Stop {
    Stop { code, message: message.into(), origin }
}
