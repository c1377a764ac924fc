//! Holes: placeholder calls for what only running code would tell, in a form that parses where they stand.
//!
//! In: a call that can't be evaluated and its arguments. Out: `__impact_hole_N(…)`, or a query over it where a query
//! is expected. Where no placeholder could stand (a name, a clause), the whole statement becomes one hole.

use std::ops::Range;
use std::sync::Arc;

use crate::lex::{TokenKind, lex_code};

use super::expand::{Argument, ArgumentValue, CALL_STEPS, Expander, Outcome, Scope, Step, Stop};
use super::fragment::{Fragment, Lexed};
use super::{HOLE_PREFIX, Hole, codes};

/// Words behind which an expression may begin.
const EXPRESSION_STARTS: &[&str] = &[
    "select", "distinct", "all", "where", "and", "or", "not", "on", "by", "having", "qualify", "then", "when", "else",
    "case", "in", "like", "ilike", "between", "is", "limit", "offset", "interval", "values", "exists", "rlike",
    "regexp", "using", "div", "set", "return",
];
/// Words behind which a relation may begin.
const RELATION_STARTS: &[&str] = &["from", "join", "lateral"];
/// Words around which whole queries stand.
const SET_OPERATORS: &[&str] = &["union", "except", "intersect", "minus"];

/// What is expected where a hole stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Expression,
    Relation,
    Query,
    /// Neither: a name, a type, a clause.
    Other,
}

impl Expander<'_> {
    /// The placeholder for the macro at `tokens` within `range`.
    pub fn hole(
        &mut self,
        lexed: &Lexed,
        tokens: &Range<usize>,
        range: &Range<usize>,
        arguments: Vec<Argument>,
        scope: &Scope<'_>,
    ) -> Step<Fragment> {
        let origin = lexed.origin(tokens);
        match place_of(lexed, tokens, range, scope.is_statement) {
            Place::Expression => self.placeholder(lexed, tokens, &arguments, true),
            Place::Relation => self.placeholder(lexed, tokens, &arguments, false),
            Place::Query => {
                let mut query = Fragment::made("SELECT * FROM ", origin);
                let placeholder = self.placeholder(lexed, tokens, &arguments, false)?;
                query.push(&placeholder);
                Ok(query)
            }
            Place::Other => Err(Stop {
                code: codes::MISPLACED,
                message: format!("what {} makes here can't be known without running it", written_name(lexed, tokens)),
                origin,
            }),
        }
    }

    /// The placeholder for a macro that is a whole argument.
    pub fn hole_expression(&mut self, lexed: &Lexed, tokens: Range<usize>, arguments: Vec<Argument>) -> Step<Outcome> {
        self.placeholder(lexed, &tokens, &arguments, true).map(Outcome::Value)
    }

    /// `in_scope`: the arguments are columns of the scope that the hole stands in.
    fn placeholder(
        &mut self,
        lexed: &Lexed,
        tokens: &Range<usize>,
        arguments: &[Argument],
        in_scope: bool,
    ) -> Step<Fragment> {
        let origin = lexed.origin(tokens);
        self.spend(origin.len() + CALL_STEPS, origin.clone())?;
        let kept = if in_scope { self.plain_arguments(arguments) } else { None };
        let mut placeholder = Fragment::made(format!("{HOLE_PREFIX}{}(", self.holes.len()), origin.clone());
        self.holes.push(Hole {
            name: written_name(lexed, tokens).into(),
            text: self.source.get(origin.clone()).unwrap_or("").into(),
            given: given(arguments).map(Arc::from),
            is_relation: !in_scope,
            arguments_known: kept.is_some(),
            start: origin.start,
            end: origin.end,
        });
        placeholder.push(&Fragment::join(&kept.unwrap_or_default(), ", ", origin.clone()));
        placeholder.push_made(")", origin);
        Ok(placeholder)
    }

    /// The arguments as SQL expressions, if all are. A string may name a column, and without arguments any may be read.
    fn plain_arguments(&self, arguments: &[Argument]) -> Option<Vec<Fragment>> {
        if arguments.is_empty() {
            return None;
        }
        let plain = arguments.iter().map(|argument| match &argument.value {
            ArgumentValue::Sql(value) if self.is_plain_expression(value.text()) => Some(value.clone()),
            ArgumentValue::Sql(_) | ArgumentValue::Lambda(_) => None,
        });
        plain.collect()
    }

    fn is_plain_expression(&self, text: &str) -> bool {
        let rules = self.dialect().lexical();
        let tokens = lex_code(text, rules);
        let Some(first) = tokens.first() else { return false };
        let is_statement = ["select", "with", "values"].iter().any(|word| first.is_word(text, word));
        let is_name_in_string = tokens.len() == 1 && first.kind == TokenKind::String;
        let has_foreign_syntax = tokens.iter().any(|token| {
            token.unterminated || matches!(token.kind, TokenKind::Symbol('{' | '}' | '@' | ';' | '?' | '#' | '$'))
        });
        let is_aliased = tokens.iter().any(|token| token.is_word(text, "as")) && !text.contains('(');
        !is_statement && !is_name_in_string && !has_foreign_syntax && !is_aliased && !first.is_symbol('*')
    }
}

/// The arguments as text, one a line, if everything in them is known.
fn given(arguments: &[Argument]) -> Option<String> {
    let known = arguments.iter().map(|argument| match &argument.value {
        ArgumentValue::Sql(value) => Some(value.text()).filter(|text| !text.contains(['@', '{']) && !is_hole(text)),
        ArgumentValue::Lambda(_) => None,
    });
    let known: Vec<&str> = known.collect::<Option<_>>()?;
    (!known.is_empty()).then(|| known.join("\n"))
}

fn is_hole(text: &str) -> bool {
    text.contains(HOLE_PREFIX)
}

/// `@name` of a call; the whole text of other forms.
fn written_name(lexed: &Lexed, tokens: &Range<usize>) -> String {
    if lexed.is_symbol(tokens.start, '@') && lexed.kind(tokens.start + 1) == Some(TokenKind::Word) {
        return format!("@{}", lexed.text(tokens.start + 1));
    }
    lexed.slice(tokens).text().to_owned()
}

fn place_of(lexed: &Lexed, tokens: &Range<usize>, range: &Range<usize>, is_statement: bool) -> Place {
    let is_dotted = lexed.is_symbol(tokens.end, '.') && lexed.is_connected(tokens.end);
    let is_set_operand = lexed.is_any_word(tokens.end, SET_OPERATORS) && tokens.end < range.end;
    let is_last = tokens.end >= range.end;
    if is_dotted {
        return Place::Other;
    }
    let Some(before) = tokens.start.checked_sub(1).filter(|_| tokens.start > range.start) else {
        return if is_statement && (is_last || is_set_operand) { Place::Query } else { Place::Expression };
    };
    let is_after_operator = lexed.is_any_word(before, SET_OPERATORS)
        || (lexed.is_any_word(before, &["all", "distinct"])
            && before.checked_sub(1).is_some_and(|word| lexed.is_any_word(word, SET_OPERATORS)));
    if is_after_operator {
        return Place::Query;
    }
    match lexed.kind(before) {
        Some(TokenKind::Symbol('(')) if holds_query(lexed, before, tokens) => Place::Query,
        Some(TokenKind::Symbol(')')) if is_statement && is_last => Place::Query,
        Some(TokenKind::Symbol('.' | ')' | ']' | '}' | '@' | '{' | '$')) => Place::Other,
        Some(TokenKind::Symbol(':')) => Place::Other,
        Some(TokenKind::Symbol(_)) => Place::Expression,
        Some(TokenKind::Word) if lexed.is_any_word(before, EXPRESSION_STARTS) => Place::Expression,
        Some(TokenKind::Word) if lexed.is_any_word(before, RELATION_STARTS) => Place::Relation,
        _ => Place::Other,
    }
}

/// `AS (@m(…))`, `FROM (@m(…))`, or an operand of `UNION` in parentheses.
fn holds_query(lexed: &Lexed, open: usize, tokens: &Range<usize>) -> bool {
    let is_filled = lexed.partner(open) == Some(tokens.end);
    let is_set_operand = lexed.is_any_word(tokens.end, SET_OPERATORS);
    let owner = open.checked_sub(1);
    let is_query_place = owner.is_none_or(|owner| {
        lexed.is_any_word(owner, &["as", "from", "join", "exists", "materialized", "lateral"])
            || lexed.is_any_word(owner, SET_OPERATORS)
    });
    is_set_operand || (is_filled && is_query_place)
}
