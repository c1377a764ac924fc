//! Calls of the project's own macros: evaluated where the macro is [`SimpleMacro`], else opaque.

use crate::lex::{TokenKind, lex_code, string_value};
use crate::project::python::simple::{Annotation, Part, SimpleMacro, SimpleResult};
use crate::render::expand::{Argument, ArgumentValue, Call, Expander, Outcome, Scope, Step};
use crate::render::fragment::Fragment;
use crate::render::syntax::macro_at;
use crate::render::values::is_dotted;

/// Words that sqlglot reads as something else than a column, and may write otherwise.
const NO_COLUMNS: &[&str] = &[
    "null",
    "true",
    "false",
    "default",
    "interval",
    "case",
    "not",
    "exists",
    "select",
    "distinct",
    "date",
    "time",
    "timestamp",
    "datetime",
    "sysdate",
    "rownum",
    "user",
    "session_user",
    "systimestamp",
    "getdate",
    "today",
    "now",
];

impl Expander<'_> {
    /// A call of a macro that the project defines.
    pub fn user_macro(&mut self, call: &Call, simple: Option<&SimpleMacro>, scope: &Scope<'_>) -> Step<Outcome> {
        let arguments = self.arguments(call, scope)?;
        let Some(simple) = simple else { return Ok(Outcome::Opaque(arguments)) };
        let Some(texts) = self.argument_texts(&arguments, simple) else { return Ok(Outcome::Opaque(arguments)) };
        let made = match &simple.result {
            SimpleResult::Nothing => return Ok(Outcome::Nothing),
            SimpleResult::One(parts) => self.parsed(parts, &texts, call)?.map(Outcome::Value),
            SimpleResult::List(items) => {
                let mut values = Vec::with_capacity(items.len());
                for parts in items {
                    values.push(self.parsed(parts, &texts, call)?);
                }
                values.into_iter().collect::<Option<_>>().map(Outcome::List)
            }
        };
        Ok(made.unwrap_or(Outcome::Opaque(arguments)))
    }

    /// The arguments as Python sees them in an f-string. `None` where that isn't certain.
    fn argument_texts(&self, arguments: &[Argument], simple: &SimpleMacro) -> Option<Vec<String>> {
        if arguments.len() != simple.parameters.len() {
            return None;
        }
        let text = |(at, argument): (usize, &Argument)| match &argument.value {
            ArgumentValue::Sql(value) if argument.name.is_none() => {
                self.argument_text(value, simple.parameters.get(at)?.annotation)
            }
            _ => None,
        };
        arguments.iter().enumerate().map(text).collect()
    }

    fn argument_text(&self, value: &Fragment, annotation: Annotation) -> Option<String> {
        let rules = self.dialect().lexical();
        let tokens = lex_code(value.text(), rules);
        let text = value.text().trim();
        match tokens.as_slice() {
            [token] if token.kind == TokenKind::String && text.starts_with('\'') => {
                let inner = string_value(token, value.text(), rules);
                let is_plain = !inner.contains(['\'', '\\', '\n', '@']) && annotation != Annotation::Integer;
                is_plain.then(|| if annotation == Annotation::Text { inner } else { text.to_owned() })
            }
            [token] if token.kind == TokenKind::Number => {
                let is_whole = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
                is_whole.then(|| text.to_owned())
            }
            _ if is_dotted(&tokens) && tokens.iter().all(|token| token.kind != TokenKind::QuotedIdentifier) => {
                let is_special = |word: &str| {
                    let word = word.to_lowercase();
                    NO_COLUMNS.contains(&word.as_str()) || word.starts_with("current_") || word.starts_with("local")
                };
                let is_certain = annotation == Annotation::None || tokens.len() == 1;
                (is_certain && !is_special(text)).then(|| text.to_owned())
            }
            _ => None,
        }
    }

    /// The text as SQL, if it is one expression or query without macros.
    fn parsed(&mut self, parts: &[Part], texts: &[String], call: &Call) -> Step<Option<Fragment>> {
        let piece = |part: &Part| match part {
            Part::Text(text) => Some(text.clone()),
            Part::Parameter(at) => texts.get(*at).cloned(),
        };
        let Some(text) = parts.iter().map(piece).collect::<Option<String>>() else { return Ok(None) };
        let lexed = self.lex(Fragment::made(text, call.origin.clone()))?;
        let all = 0..lexed.len();
        let has_macro = all.clone().any(|at| macro_at(&lexed, at, lexed.len()).is_some());
        let is_closed = all.clone().all(|at| {
            let is_bracket = matches!(lexed.kind(at), Some(TokenKind::Symbol('(' | ')' | '[' | ']' | '{' | '}')));
            let is_cut = lexed.token(at).is_some_and(|token| token.unterminated) || lexed.is_symbol(at, ';');
            !is_cut && (!is_bracket || lexed.partner(at).is_some())
        });
        let is_query = lexed.is_any_word(0, &["select", "with", "from"]);
        let is_one = lexed.len() > 0 && (is_query || lexed.split_at_commas(all.clone()).len() == 1);
        Ok((!has_macro && is_closed && is_one).then(|| lexed.slice(&all)))
    }
}
