//! Putting a macro's result where its call stood: as one value, as items of a list, or as nothing.
//!
//! In: the output so far, the call's tokens and its result. Out: the output with the result, and where to go on.
//! What can't stand there in SQLMesh's syntax tree either is reported and becomes a hole.

use std::ops::Range;
use std::rc::Rc;

use crate::dialect::Family;
use crate::lex::{TokenKind, lex_code, string_value};

use super::codes;
use super::expand::{Expander, Outcome, Scope, Step};
use super::fragment::{Fragment, Lexed};
use super::lambda::stop;
use super::places::{accepts_list, begins_item, behind_alias, ends_item, expects_name, is_argument_of_unknown};
use super::shape::is_operand;
use super::values::quoted_identifier;

/// A fragment under construction: tokens not yet handled are copied when something has to be put behind them.
pub(super) struct Output {
    pub lexed: Rc<Lexed>,
    pub range: Range<usize>,
    fragment: Fragment,
    copied_to: usize,
    was_spliced: bool,
}

impl Output {
    pub fn new(lexed: &Rc<Lexed>, range: Range<usize>) -> Self {
        Output {
            copied_to: lexed.bytes(&range).start,
            lexed: lexed.clone(),
            range,
            fragment: Fragment::default(),
            was_spliced: false,
        }
    }

    /// How much there is so far.
    pub fn len(&self) -> usize {
        self.fragment.len()
    }

    /// Copies what lies before the byte `end`.
    pub fn copy_to(&mut self, end: usize) {
        let slice = self.lexed.fragment.slice(self.copied_to..end.max(self.copied_to));
        if self.was_spliced {
            self.separate_from(&slice);
        }
        self.was_spliced &= slice.len() == 0;
        self.fragment.push(&slice);
        self.copied_to = self.copied_to.max(end);
    }

    /// Leaves out what lies before the byte `end`.
    pub fn skip_to(&mut self, end: usize) {
        self.copied_to = self.copied_to.max(end);
    }

    /// Appends an expansion.
    pub fn splice(&mut self, value: &Fragment) {
        self.separate_from(value);
        self.fragment.push(value);
        self.was_spliced = true;
    }

    pub fn finish(mut self) -> Fragment {
        let end = self.lexed.bytes(&self.range).end;
        self.copy_to(end);
        self.fragment
    }

    /// Keeps two texts from becoming one token.
    fn separate_from(&mut self, next: &Fragment) {
        let (last, first) = (self.fragment.text().chars().next_back(), next.text().chars().next());
        if let (Some(last), Some(first)) = (last, first)
            && would_merge(last, first)
        {
            let origin = next.origin(0..1);
            self.fragment.push_made(" ", origin);
        }
    }

    /// Takes the comma before the token at `at` back.
    fn drop_comma_before(&mut self, at: usize) -> bool {
        let Some(comma) = at.checked_sub(1).and_then(|comma| self.lexed.token(comma).copied()) else {
            return false;
        };
        if self.copied_to <= comma.start {
            self.copy_to(comma.start);
            self.skip_to(comma.end);
            return true;
        }
        let kept = self.fragment.text().trim_end();
        if !kept.ends_with(',') {
            return false;
        }
        let length = kept.len() - 1;
        self.fragment.truncate(length);
        true
    }
}

fn would_merge(last: char, first: char) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let is_quote = |c: char| matches!(c, '\'' | '"' | '`');
    (is_word(last) && (is_word(first) || is_quote(first)))
        || (is_quote(last) && (is_word(first) || first == last))
        || matches!((last, first), ('-', '-') | ('/', '*' | '/') | ('*', '/') | ('<', '@') | ('@', '>'))
}

impl Expander<'_> {
    /// Puts a macro's result in the place of its tokens; answers where to go on.
    pub fn place(
        &mut self,
        output: &mut Output,
        tokens: Range<usize>,
        outcome: Outcome,
        scope: &Scope<'_>,
    ) -> Step<usize> {
        let is_lambda_body = scope.parameters.is_some() && !scope.as_operands && tokens == output.range;
        match outcome {
            Outcome::List(_) | Outcome::Nothing if is_lambda_body => {
                let message = "SQLMesh fails or writes nonsense where a lambda's body becomes a list or nothing";
                Err(stop(codes::WRONG_ARGUMENTS, message, output.lexed.origin(&tokens)))
            }
            Outcome::Value(value) => self.place_value(output, tokens, value, scope),
            Outcome::List(items) if !items.is_empty() => self.place_list(output, tokens, items, scope),
            Outcome::List(_) | Outcome::Nothing => self.place_nothing(output, tokens, scope),
            Outcome::Opaque(arguments) => {
                let lexed = output.lexed.clone();
                let hole = self.hole(&lexed, &tokens, &output.range.clone(), arguments, scope)?;
                self.replace(output, tokens, &hole)
            }
        }
    }

    fn place_value(
        &mut self,
        output: &mut Output,
        tokens: Range<usize>,
        value: Fragment,
        scope: &Scope<'_>,
    ) -> Step<usize> {
        let lexed = output.lexed.clone();
        let value = self.as_index(&lexed, &tokens, value);
        let value = self.as_name(&lexed, &tokens, &output.range, value);
        let binds = scope.as_operands || self.is_bound(&lexed, tokens.end);
        let value = match binds && !is_operand(value.text(), self.dialect()) {
            true => value.wrapped(lexed.origin(&tokens)),
            false => value,
        };
        self.replace(output, tokens, &value)
    }

    fn replace(&mut self, output: &mut Output, tokens: Range<usize>, value: &Fragment) -> Step<usize> {
        self.spend(value.len(), output.lexed.origin(&tokens))?;
        let bytes = output.lexed.bytes(&tokens);
        output.copy_to(bytes.start);
        output.splice(value);
        output.skip_to(bytes.end);
        Ok(tokens.end)
    }

    /// sqlglot writes `@x::t` as `CAST(@x AS t)`, and BigQuery's `@x % y` as `MOD(@x, y)`: the value stays whole.
    fn is_bound(&self, lexed: &Lexed, after: usize) -> bool {
        let is_cast = lexed.is_symbol(after, ':') && lexed.is_symbol(after + 1, ':');
        is_cast || (lexed.is_symbol(after, '%') && self.dialect().family == Family::BigQuery)
    }

    /// A number that is a whole subscript counts from zero in sqlglot's tree, and is written as the dialect counts.
    fn as_index(&self, lexed: &Lexed, tokens: &Range<usize>, value: Fragment) -> Fragment {
        use Family::*;
        let counts_from_one = matches!(
            self.dialect().family,
            Athena | ClickHouse | DuckDb | Materialize | Postgres | Presto | RisingWave | StarRocks | Trino
        );
        let open = tokens
            .start
            .checked_sub(1)
            .filter(|&open| open > 0 && lexed.is_symbol(open, '[') && lexed.is_connected(open));
        let ends_value = |at: usize| {
            (matches!(lexed.kind(at), Some(TokenKind::Word | TokenKind::QuotedIdentifier))
                && !lexed.is_word(at, "array"))
                || lexed.is_symbol(at, ')')
                || lexed.is_symbol(at, ']')
        };
        let is_subscript = open.is_some_and(|open| ends_value(open - 1) && lexed.partner(open) == Some(tokens.end));
        let number = value.text().parse().ok().filter(|_| counts_from_one && is_subscript);
        match number.and_then(|number: i64| number.checked_add(1)) {
            Some(index) => Fragment::made(index.to_string(), lexed.origin(tokens)),
            None => value,
        }
    }

    /// A string where a name is expected is a name in quotes, and so is a number that is an alias.
    fn as_name(&self, lexed: &Lexed, tokens: &Range<usize>, range: &Range<usize>, value: Fragment) -> Fragment {
        let is_alias = tokens.start > range.start && lexed.is_word(tokens.start - 1, "as");
        let is_number = value.text().starts_with(|c: char| c.is_ascii_digit());
        if is_alias && is_number && value.text().bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return Fragment::made(quoted_identifier(value.text(), self.dialect()), lexed.origin(tokens));
        }
        if !value.text().starts_with(['\'', '"']) || !expects_name(lexed, tokens, range) {
            return value;
        }
        let rules = self.dialect().lexical();
        match lex_code(value.text(), rules).as_slice() {
            [token] if token.kind == TokenKind::String => {
                let name = string_value(token, value.text(), rules);
                Fragment::made(quoted_identifier(&name, self.dialect()), lexed.origin(tokens))
            }
            _ => value,
        }
    }

    fn place_list(
        &mut self,
        output: &mut Output,
        tokens: Range<usize>,
        items: Vec<Fragment>,
        scope: &Scope<'_>,
    ) -> Step<usize> {
        let lexed = output.lexed.clone();
        let tokens = tokens.start..behind_alias(&lexed, &tokens, &output.range);
        let is_whole = tokens == output.range;
        let is_of_unknown = is_argument_of_unknown(&lexed, &tokens, &output.range, self.dialect());
        if !is_whole && !is_of_unknown && !accepts_list(&lexed, &tokens, &output.range, items.len()) {
            return self.place_misfit(output, tokens, "a list", scope);
        }
        let joined = Fragment::join(&items, ", ", lexed.origin(&tokens));
        self.replace(output, tokens, &joined)
    }

    fn place_nothing(&mut self, output: &mut Output, tokens: Range<usize>, scope: &Scope<'_>) -> Step<usize> {
        let lexed = output.lexed.clone();
        let name = behind_alias(&lexed, &tokens, &output.range) - 1;
        let is_first = tokens.start > output.range.start
            && lexed.is_any_word(tokens.start - 1, &["select", "distinct", "all"])
            && !lexed.is_any_word(name, &["struct", "value"]);
        if name > tokens.end && is_first {
            // sqlglot writes `SELECT AS name`, passes over `AS`, and reads a column of this name.
            output.copy_to(lexed.bytes(&tokens).start);
            output.skip_to(lexed.bytes(&(name..name + 1)).start);
            return Ok(name + 1);
        }
        let (range, bytes) = (output.range.clone(), lexed.bytes(&tokens));
        if !begins_item(&lexed, tokens.start, &range) || !ends_item(&lexed, tokens.end, &range) {
            return self.place_misfit(output, tokens, "nothing", scope);
        }
        if tokens.end < range.end && lexed.is_symbol(tokens.end, ',') {
            output.copy_to(bytes.start);
            output.skip_to(lexed.bytes(&(tokens.end..tokens.end + 1)).end);
            return Ok(tokens.end + 1);
        }
        if tokens.start > range.start && lexed.is_symbol(tokens.start - 1, ',') {
            if !output.drop_comma_before(tokens.start) {
                return self.place_misfit(output, tokens, "nothing", scope);
            }
        } else if tokens.start > range.start && lexed.is_word(tokens.start - 1, "by") {
            return self.place_misfit(output, tokens, "nothing", scope);
        }
        output.copy_to(bytes.start);
        output.skip_to(bytes.end);
        Ok(tokens.end)
    }

    /// The result can't stand here: SQLMesh fails, or makes something else of the surroundings.
    fn place_misfit(
        &mut self,
        output: &mut Output,
        tokens: Range<usize>,
        what: &str,
        scope: &Scope<'_>,
    ) -> Step<usize> {
        let lexed = output.lexed.clone();
        let origin = lexed.origin(&tokens);
        let call = lexed.text(tokens.start + 1);
        let message = format!("@{call} makes {what} here, where one expression is expected");
        self.warn(codes::MISPLACED, origin, message);
        let hole = self.hole(&lexed, &tokens, &output.range.clone(), Vec::new(), scope)?;
        self.replace(output, tokens, &hole)
    }
}
