//! The walk over a statement's tokens: text is copied, macros are evaluated and their results put in their place.
//!
//! In: a fragment and the environment. Out: [`Rendered`]. Work is bounded: every token and every byte made costs a
//! step, nesting has a limit, and what exceeds either makes the whole statement one hole.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Location};
use crate::dialect::Dialect;
use crate::lex::{TokenKind, identifier_text, lex_code};
use crate::names::ModelName;
use crate::project::Statement;

use super::fragment::{Fragment, Lexed};
use super::lambda::Lambda;
use super::recursive::Spine;
use super::splice::Output;
use super::syntax::{Macro, macro_at};
use super::{Environment, Hole, Rendered, WHOLE_STATEMENT, codes};

/// Tokens visited plus bytes made, for one statement.
pub(super) const MAX_STEPS: usize = 32 << 20;
/// Bytes of one fragment.
pub(super) const MAX_LENGTH: usize = 8 << 20;
/// What a macro call, a lambda's body or a hole costs beside its text: about as long as copying so many bytes.
pub(super) const CALL_STEPS: usize = 256;
/// How deep macro calls may nest.
pub(super) const MAX_DEPTH: usize = 150;

/// How many diagnostics one statement may cause.
const MAX_DIAGNOSTICS: usize = 100;

/// The end of rendering: the whole statement is one hole.
#[derive(Debug, Clone)]
pub(super) struct Stop {
    pub code: &'static str,
    pub message: String,
    pub origin: Range<usize>,
}

pub(super) type Step<T> = Result<T, Stop>;

/// What a macro evaluates to.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    Value(Fragment),
    /// Items that are joined with commas where lists can stand.
    List(Vec<Fragment>),
    /// The macro and the comma beside it go.
    Nothing,
    /// Only running code would tell; the call's arguments as far as they could be expanded.
    Opaque(Vec<Argument>),
}

/// An argument of a macro call, expanded.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    /// `name := value`
    pub name: Option<String>,
    pub value: ArgumentValue,
}

#[derive(Debug, Clone)]
pub(super) enum ArgumentValue {
    Sql(Fragment),
    Lambda(Lambda),
}

/// A macro call: what it is called and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// Lower case.
    pub name: String,
    pub lexed: Rc<Lexed>,
    /// All tokens of the call, and those between its parentheses.
    pub tokens: Range<usize>,
    pub inside: Range<usize>,
    pub origin: Range<usize>,
}

/// Where expansion takes place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'s> {
    /// The parameters of the lambda whose body is expanded.
    pub parameters: Option<&'s BTreeMap<String, Fragment>>,
    /// The text will be evaluated: values stay operands.
    pub as_operands: bool,
    /// The range is the whole statement.
    pub is_statement: bool,
}

/// A value that a definition or a lambda gave a name.
#[derive(Debug, Clone)]
pub(super) struct Local {
    pub name: String,
    pub value: Fragment,
    pub is_parameter: bool,
}

/// The state of rendering one statement.
pub(super) struct Expander<'a> {
    pub environment: &'a Environment<'a>,
    pub source: &'a str,
    pub locals: Vec<Local>,
    pub lambdas: BTreeMap<String, Lambda>,
    pub holes: Vec<Hole>,
    pub variables: BTreeSet<String>,
    /// Of a template: the file around it, in lower case.
    pub around_template: Option<String>,
    pub tables: BTreeSet<ModelName>,
    pub diagnostics: Vec<Diagnostic>,
    /// Date spines whose recursive queries go to the front of the statement.
    pub spines: Vec<Spine>,
    /// What has been reported, and where: the items of a list repeat what their lambda's body does.
    reported: BTreeSet<(&'static str, usize)>,
    steps: usize,
    depth: usize,
}

impl<'a> Expander<'a> {
    pub fn new(source: &'a str, environment: &'a Environment<'a>) -> Self {
        Expander {
            environment,
            source,
            locals: Vec::new(),
            lambdas: BTreeMap::new(),
            holes: Vec::new(),
            variables: BTreeSet::new(),
            around_template: None,
            tables: BTreeSet::new(),
            diagnostics: Vec::new(),
            spines: Vec::new(),
            reported: BTreeSet::new(),
            steps: 0,
            depth: 0,
        }
    }

    /// Expands a whole statement.
    pub fn statement(mut self, fragment: Fragment, definitions: &[Statement], whole: Range<usize>) -> Rendered {
        let expanded = self
            .define_all(definitions, &whole)
            .and_then(|()| self.lex(fragment))
            .and_then(|lexed| self.expand_statement(&lexed))
            .and_then(|fragment| self.place_spines(fragment));
        match expanded {
            Ok(fragment) => self.finish(fragment),
            Err(stop) => self.stopped(stop, whole),
        }
    }

    pub fn expand_statement(&mut self, lexed: &Rc<Lexed>) -> Step<Fragment> {
        let mut end = lexed.len();
        while end > 0 && lexed.is_symbol(end - 1, ';') {
            end -= 1;
        }
        let scope = Scope { parameters: None, as_operands: false, is_statement: true };
        self.expand(lexed, 0..end, &scope)
    }

    fn finish(self, fragment: Fragment) -> Rendered {
        let (sql, map) = fragment.into_parts();
        Rendered {
            sql,
            map,
            holes: self.holes,
            variables: self.variables.into_iter().collect(),
            tables: self.tables.into_iter().collect(),
            diagnostics: self.diagnostics,
        }
    }

    /// The statement is one hole.
    pub fn stopped(mut self, stop: Stop, whole: Range<usize>) -> Rendered {
        match stop.code {
            codes::UNBALANCED => self.refuse(stop.code, stop.origin, stop.message),
            _ => self.warn(stop.code, stop.origin, stop.message),
        }
        self.holes = vec![Hole {
            name: WHOLE_STATEMENT.into(),
            text: self.source.get(whole.clone()).unwrap_or("").into(),
            given: None,
            is_relation: false,
            arguments_known: false,
            start: whole.start,
            end: whole.end,
        }];
        self.finish(Fragment::default())
    }

    pub fn dialect(&self) -> Dialect {
        self.environment.dialect
    }

    pub fn lex(&mut self, fragment: Fragment) -> Step<Rc<Lexed>> {
        self.spend(fragment.len(), 0..0)?;
        Ok(Rc::new(Lexed::new(fragment, self.dialect().lexical())))
    }

    /// Takes steps off the budget.
    pub fn spend(&mut self, steps: usize, origin: Range<usize>) -> Step<()> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > MAX_STEPS {
            return Err(too_large("expanding this takes too many steps", origin));
        }
        Ok(())
    }

    #[cfg(test)]
    pub fn steps(&self) -> usize {
        self.steps
    }

    pub fn warn(&mut self, code: &'static str, origin: Range<usize>, message: impl Into<String>) {
        self.report(Diagnostic::warning(code, self.location(&origin), message), origin.start);
    }

    /// What SQLMesh fails at when it loads the model.
    pub fn refuse(&mut self, code: &'static str, origin: Range<usize>, message: impl Into<String>) {
        self.report(Diagnostic::refusal(code, self.location(&origin), message), origin.start);
    }

    fn location(&self, origin: &Range<usize>) -> Location {
        Location::of_range(self.environment.path, self.source, origin.start, origin.end)
    }

    /// Keeps a diagnostic, unless its place has been reported. What is wrong there says why nothing is known there.
    fn report(&mut self, found: Diagnostic, start: usize) {
        let codes = [codes::MISPLACED, codes::UNDEFINED_VARIABLE, codes::UNKNOWN_MACRO, codes::WRONG_ARGUMENTS];
        let is_told = match found.code {
            codes::MISPLACED => codes.iter().any(|code| self.reported.contains(&(code, start))),
            code => self.reported.contains(&(code, start)),
        };
        if self.diagnostics.len() < MAX_DIAGNOSTICS && !is_told {
            self.reported.insert((found.code, start));
            self.diagnostics.push(found);
        }
    }

    /// Expands the tokens of `range`.
    pub fn expand(&mut self, lexed: &Rc<Lexed>, range: Range<usize>, scope: &Scope<'_>) -> Step<Fragment> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = "macros nest too deep here; does one of them call itself?";
            return Err(too_large(message, lexed.origin(&range)));
        }
        let mut output = Output::new(lexed, range.clone());
        let mut at = range.start;
        while at < range.end {
            self.spend(1, lexed.origin(&(at..at + 1)))?;
            at = self.expand_at(&mut output, at, scope)?;
            if output.len() > MAX_LENGTH {
                return Err(too_large("this expands to too much text", lexed.origin(&range)));
            }
        }
        self.depth -= 1;
        let fragment = output.finish();
        if fragment.len() > MAX_LENGTH {
            return Err(too_large("this expands to too much text", lexed.origin(&range)));
        }
        self.spend(fragment.len(), 0..0)?;
        Ok(fragment)
    }

    /// Handles the token at `at`; answers where to go on.
    fn expand_at(&mut self, output: &mut Output, at: usize, scope: &Scope<'_>) -> Step<usize> {
        let lexed = output.lexed.clone();
        if let Some(value) = self.parameter_at(&lexed, at, scope) {
            return self.place(output, at..at + 1, Outcome::Value(value), scope);
        }
        let Some((found, end)) = macro_at(&lexed, at, output.range.end) else {
            return Ok(at + 1);
        };
        if matches!(found, Macro::Variable | Macro::Call { .. }) && is_type(&lexed, at) {
            let origin = lexed.origin(&(at..end));
            self.refuse(codes::MISPLACED, origin, "SQLMesh reads no macro where a type belongs");
        }
        if let Some(next) = self.clause(output, at, &found, scope)? {
            return Ok(next);
        }
        let is_call = matches!(found, Macro::Call { .. });
        match self.evaluate_macro(&lexed, at..end, found, scope)? {
            Some(_) if scope.as_operands && at > 0 && lexed.is_word(at - 1, "in") => {
                // Without parentheses SQLMesh looks into an empty list.
                let nothing = Fragment::made("()", lexed.origin(&(at..end)));
                self.place(output, at..end, Outcome::Value(nothing), scope)
            }
            Some(outcome) => {
                if is_call && is_alias_of_table(&lexed, at) && !self.is_alias(&outcome) {
                    let message = "SQLMesh takes this for the alias of the table before it";
                    return Err(Stop {
                        code: codes::MISPLACED,
                        message: message.to_owned(),
                        origin: lexed.origin(&(at..end)),
                    });
                }
                self.place(output, at..end, outcome, scope)
            }
            None => Ok(end),
        }
    }

    /// Can the outcome stand where an alias can?
    fn is_alias(&self, outcome: &Outcome) -> bool {
        match outcome {
            Outcome::Value(value) => lex_code(value.text(), self.dialect().lexical()).len() == 1,
            Outcome::Nothing => true,
            Outcome::List(_) | Outcome::Opaque(_) => false,
        }
    }

    /// The argument for a parameter that stands at `at` as a bare name.
    fn parameter_at(&self, lexed: &Lexed, at: usize, scope: &Scope<'_>) -> Option<Fragment> {
        let parameters = scope.parameters?;
        let token = lexed.token(at)?;
        let is_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier);
        let is_glued = lexed.is_symbol(at + 1, '@') && lexed.is_connected(at + 1);
        if !is_name || is_glued || is_type(lexed, at) || (token.kind == TokenKind::Word && lexed.is_symbol(at + 1, '('))
        {
            return None;
        }
        let name = identifier_text(token, lexed.fragment.text()).0.to_lowercase();
        parameters.get(&name).cloned()
    }

    /// Evaluates one macro. `None`: it stays as it is written.
    pub fn evaluate_macro(
        &mut self,
        lexed: &Rc<Lexed>,
        tokens: Range<usize>,
        found: Macro,
        scope: &Scope<'_>,
    ) -> Step<Option<Outcome>> {
        let origin = lexed.origin(&tokens);
        match found {
            Macro::Variable => self.variable(lexed, tokens, scope),
            Macro::Text => self.text(lexed, tokens, scope).map(Some),
            Macro::Name(name) => self.name(&name, false, origin, scope).map(Some),
            Macro::QuotedName => {
                let name = lexed.token(tokens.start).map(|token| identifier_text(token, lexed.fragment.text()).0);
                self.name(&name.unwrap_or_default(), true, origin, scope).map(Some)
            }
            Macro::Call { open, close } => {
                let call = Call {
                    name: lexed.text(open - 1).to_lowercase(),
                    lexed: lexed.clone(),
                    tokens,
                    inside: open + 1..close,
                    origin,
                };
                self.call_in_scope(&call, scope).map(Some)
            }
            Macro::Unclosed => Err(Stop {
                code: codes::UNBALANCED,
                message: format!("the parenthesis of @{} is never closed", lexed.text(tokens.start + 1)),
                origin,
            }),
        }
    }

    /// Inside a lambda's body a nested call sees the parameters as variables.
    fn call_in_scope(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = "macros nest too deep here; does one of them call itself?";
            return Err(too_large(message, call.origin.clone()));
        }
        self.spend(CALL_STEPS, call.origin.clone())?;
        let outer = self.locals.len();
        for (name, value) in scope.parameters.into_iter().flatten() {
            self.spend(value.len(), call.origin.clone())?;
            self.locals.push(Local { name: name.clone(), value: value.clone(), is_parameter: true });
        }
        let inner = Scope { parameters: None, is_statement: false, ..*scope };
        let outcome = self.call(call, &inner)?;
        self.locals.truncate(outer);
        self.depth -= 1;
        Ok(outcome)
    }

    /// Expands an argument: a single macro keeps its list.
    pub fn expand_argument(&mut self, lexed: &Rc<Lexed>, range: Range<usize>, scope: &Scope<'_>) -> Step<Outcome> {
        match macro_at(lexed, range.start, range.end) {
            Some((found, end)) if end == range.end => match self.evaluate_macro(lexed, range.clone(), found, scope)? {
                Some(Outcome::Opaque(arguments)) => self.hole_expression(lexed, range, arguments),
                Some(outcome) => Ok(outcome),
                None => Ok(Outcome::Value(lexed.slice(&range))),
            },
            _ => self.expand(lexed, range, scope).map(Outcome::Value),
        }
    }

    /// All arguments of a call, lists among them spread out.
    pub fn arguments(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Vec<Argument>> {
        let mut arguments = Vec::new();
        for range in call.lexed.split_items(call.inside.clone()) {
            self.argument(&call.lexed, range, scope, &mut arguments)?;
        }
        Ok(arguments)
    }

    /// Expands the argument at `range` onto `arguments`.
    pub fn argument(
        &mut self,
        lexed: &Rc<Lexed>,
        range: Range<usize>,
        scope: &Scope<'_>,
        arguments: &mut Vec<Argument>,
    ) -> Step<()> {
        let is_named = lexed.is_symbol(range.start + 1, ':') && lexed.is_symbol(range.start + 2, '=');
        let name = is_named.then(|| lexed.text(range.start).to_lowercase());
        let range = if is_named { (range.start + 3).min(range.end)..range.end } else { range };
        let mut push = |value| {
            arguments.push(Argument { name: name.clone(), value });
        };
        if let Some(lambda) = Lambda::parse(lexed, range.clone()) {
            push(ArgumentValue::Lambda(lambda));
            return Ok(());
        }
        let origin = lexed.origin(&range);
        match self.expand_argument(lexed, range, scope)? {
            Outcome::Value(value) => push(ArgumentValue::Sql(value)),
            Outcome::List(items) => {
                for item in super::lambda::as_arguments(items, self.dialect(), origin) {
                    push(ArgumentValue::Sql(item));
                }
            }
            Outcome::Nothing | Outcome::Opaque(_) => {}
        }
        Ok(())
    }
}

/// Does the token stand right behind a table of `FROM` or `JOIN`, where an alias of it would be?
fn is_alias_of_table(lexed: &Lexed, at: usize) -> bool {
    let is_name = |at: usize| matches!(lexed.kind(at), Some(TokenKind::Word | TokenKind::QuotedIdentifier));
    let Some(mut start) = at.checked_sub(1).filter(|_| !lexed.is_connected(at)) else { return false };
    if lexed.is_symbol(start, ')') {
        start = lexed.partner(start).unwrap_or(start);
        start -= usize::from(start > 0 && lexed.is_connected(start) && is_name(start - 1));
    } else if !is_name(start) {
        return false;
    }
    while start >= 2 && lexed.is_symbol(start - 1, '.') && is_name(start - 2) {
        start -= 2;
    }
    start > 0 && lexed.is_any_word(start - 1, &["from", "join"])
}

/// `CAST(… AS name)` and `…::name`
fn is_type(lexed: &Lexed, at: usize) -> bool {
    let owner = lexed.enclosing(at).open.and_then(|open| open.checked_sub(1));
    let is_cast = owner.is_some_and(|owner| lexed.is_any_word(owner, &["cast", "try_cast", "safe_cast"]));
    let Some(before) = at.checked_sub(1) else { return false };
    (is_cast && lexed.is_word(before, "as")) || is_cast_operator(lexed, before)
}

/// The second colon of `::`
fn is_cast_operator(lexed: &Lexed, at: usize) -> bool {
    let is_second = at > 0 && lexed.is_symbol(at - 1, ':') && lexed.is_connected(at);
    is_second && lexed.is_symbol(at, ':')
}

pub(super) fn too_large(message: &str, origin: Range<usize>) -> Stop {
    Stop { code: codes::TOO_LARGE, message: message.to_owned(), origin }
}
