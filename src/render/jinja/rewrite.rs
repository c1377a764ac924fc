//! What Python's Jinja allows and minijinja doesn't, in other words that minijinja knows.
//!
//! In: a template. Out: a template that means the same, and where each part of it came from.
//! What is assigned to a namespace goes through a function that looks how deep it is, and what a loop goes through through one
//! that splits texts. `'%s' % x` becomes a filter, macros that use `varargs` or `kwargs` get them as parameters and are called
//! through a function, and the literals of a template that changes lists or dictionaries in place become objects that can
//! be changed. Where that isn't certain to mean the same, nothing is rewritten, and minijinja fails.

mod loops;
mod prints;

use std::collections::BTreeMap;
use std::ops::Range;

use super::tokens::{Kind, Token, tokens};

/// Methods that change the list or dictionary that they belong to.
const CHANGING: [&str; 10] =
    ["append", "extend", "insert", "pop", "remove", "clear", "update", "setdefault", "reverse", "sort"];
/// A macro with more of them isn't rewritten: each call names them all.
const MAX_PARAMETERS: usize = 50;
/// Words behind which a bracket begins a list.
const OPERATORS: [&str; 9] = ["in", "not", "and", "or", "if", "elif", "else", "is", "do"];

/// A template in minijinja's words.
#[derive(Debug, Default)]
pub(super) struct Rewritten {
    pub text: String,
    /// Pieces of the text with where they came from, in order.
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    start: usize,
    origin: Range<usize>,
    is_copied: bool,
}

impl Rewritten {
    /// The range of the template behind a range of the text.
    pub fn origin(&self, range: Range<usize>) -> Range<usize> {
        let start = self.offset(range.start);
        let last = range.end.checked_sub(1).filter(|last| *last >= range.start);
        start..last.map_or(start, |last| self.offset(last) + 1).max(start)
    }

    fn offset(&self, at: usize) -> usize {
        let behind = self.pieces.partition_point(|piece| piece.start <= at);
        match behind.checked_sub(1).and_then(|index| self.pieces.get(index)) {
            Some(piece) if piece.is_copied => (piece.origin.start + at - piece.start).min(piece.origin.end),
            Some(piece) => piece.origin.start,
            None => at,
        }
    }

    fn push(&mut self, text: &str, origin: Range<usize>, is_copied: bool) {
        if !text.is_empty() {
            self.pieces.push(Piece { start: self.text.len(), origin, is_copied });
            self.text.push_str(text);
        }
    }
}

/// Rewrites what has to be.
pub(super) fn rewrite(template: &str) -> Rewritten {
    let tokens = tokens(template);
    let source = Source { text: template, tokens: &tokens };
    let mut edits = source.percents();
    edits.extend(source.variadics());
    edits.extend(source.literals());
    edits.extend(source.assignments());
    edits.extend(source.includes());
    edits.extend(source.loops());
    edits.extend(source.prints());
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut rewritten = Rewritten::default();
    let mut copied = 0;
    for (range, text) in edits {
        rewritten.push(template.get(copied..range.start).unwrap_or(""), copied..range.start, true);
        copied = range.end.max(copied);
        rewritten.push(&text, range, false);
    }
    rewritten.push(template.get(copied..).unwrap_or(""), copied..template.len(), true);
    rewritten
}

/// What takes the place of a range.
type Edit = (Range<usize>, String);

fn inserted(at: usize, text: &str) -> Edit {
    (at..at, text.to_owned())
}

#[derive(Clone, Copy)]
struct Source<'t> {
    text: &'t str,
    tokens: &'t [Token],
}

/// A macro that takes more arguments than it names.
struct Variadic {
    parameters: Vec<String>,
    /// The token of the parenthesis that closes its parameters.
    close: usize,
    takes: String,
}

impl Source<'_> {
    fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    fn word(&self, at: usize) -> &str {
        self.token(at).and_then(|token| self.text.get(token.start..token.end)).unwrap_or("")
    }

    fn is_name(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| token.kind == Kind::Name)
    }

    fn is(&self, at: Option<usize>, words: &[&str]) -> bool {
        at.is_some_and(|at| {
            self.token(at).is_some_and(|token| token.kind != Kind::Text) && words.contains(&self.word(at))
        })
    }

    /// `'%s' % x` as `'%s'|__percent(x)`.
    fn percents(&self) -> Vec<Edit> {
        let mut edits = vec![];
        for at in 1..self.tokens.len() {
            let before = at.checked_sub(2);
            let is_text = self.token(at - 1).is_some_and(|token| token.kind == Kind::Text);
            if !is_text || !self.is(Some(at), &["%"]) || self.is(before, &["*", "/", "//", "%", "**"]) {
                continue;
            }
            let Some(end) = self.operand_end(at + 1).filter(|end| !self.is(Some(*end), &["**", "is", "("])) else {
                continue;
            };
            if let (Some(percent), Some(last)) = (self.token(at), self.token(end - 1)) {
                edits.push((percent.start..percent.end, "|__percent(".to_owned()));
                edits.push(inserted(last.end, ")"));
            }
        }
        edits
    }

    /// The token behind an operand with its attributes, calls and filters.
    fn operand_end(&self, at: usize) -> Option<usize> {
        let first = self.token(at)?;
        let mut end = match first.kind {
            Kind::Name | Kind::Number | Kind::Text => at + 1,
            Kind::Symbol => first.partner.filter(|close| *close > at)? + 1,
        };
        loop {
            end = match self.word(end) {
                "." | "|" if self.is_name(end + 1) => end + 2,
                "(" | "[" if self.same_tag(at, end) => self.token(end)?.partner.filter(|close| *close > end)? + 1,
                _ => return self.same_tag(at, end - 1).then_some(end),
            };
        }
    }

    fn same_tag(&self, a: usize, b: usize) -> bool {
        matches!((self.token(a), self.token(b)), (Some(a), Some(b)) if a.tag == b.tag)
    }

    /// Definitions and calls of macros that use `varargs` or `kwargs`.
    fn variadics(&self) -> Vec<Edit> {
        let macros = self.variadic_macros();
        let mut edits = vec![];
        for found in macros.values().flatten() {
            if let Some(close) = self.token(found.close) {
                let comma = if found.parameters.is_empty() { "" } else { ", " };
                edits.push(inserted(close.start, &format!("{comma}varargs=(), kwargs={{}}")));
            }
        }
        let is_call = |at: &usize| {
            self.is_name(*at) && self.is(Some(at + 1), &["("]) && !self.is(at.checked_sub(1), &[".", "macro"])
        };
        for at in (0..self.tokens.len()).filter(is_call) {
            let Some(Some(found)) = macros.get(self.word(at)) else { continue };
            if let (Some(callee), Some(open)) = (self.token(at), self.token(at + 1)) {
                let comma = if open.partner == Some(at + 2) { "" } else { ", " };
                let signature = format!(", '{} {}'{comma}", found.takes, found.parameters.join(","));
                edits.push(inserted(callee.start, "__variadic("));
                edits.push((open.start..open.end, signature));
            }
        }
        edits
    }

    /// By name; `None` for names that are defined twice.
    fn variadic_macros(&self) -> BTreeMap<String, Option<Variadic>> {
        let named = |word: &str| -> Vec<usize> {
            (0..self.tokens.len()).filter(|at| self.is_name(*at) && self.word(*at) == word).collect()
        };
        let (ends, varargs, kwargs) = (named("endmacro"), named("varargs"), named("kwargs"));
        let next = |places: &[usize], at: usize| places.get(places.partition_point(|place| *place <= at)).copied();
        let mut found: BTreeMap<String, Option<Variadic>> = BTreeMap::new();
        for at in named("macro") {
            let open = self.token(at + 2).filter(|_| self.is_name(at + 1) && self.is(Some(at + 2), &["("]));
            let Some(close) = open.and_then(|open| open.partner) else { continue };
            let end = next(&ends, close).unwrap_or(self.tokens.len());
            let uses = |places: &[usize]| next(places, close).is_some_and(|at| at < end);
            let takes: String = [(&varargs, 'v'), (&kwargs, 'k')]
                .into_iter()
                .filter(|(places, _)| uses(places))
                .map(|(_, c)| c)
                .collect();
            let is_parameter = |at: &usize| self.is_name(*at) && self.is(at.checked_sub(1), &["(", ","]);
            let parameters: Vec<String> =
                (at + 3..close).filter(is_parameter).map(|at| self.word(at).to_owned()).collect();
            let is_named = parameters.iter().any(|name| name == "varargs" || name == "kwargs");
            let is_named = is_named || parameters.len() > MAX_PARAMETERS;
            let variadic = (!takes.is_empty() && !is_named).then_some(Variadic { parameters, close, takes });
            found.entry(self.word(at + 1).to_owned()).and_modify(|found| *found = None).or_insert(variadic);
        }
        found
    }

    /// What a namespace is given is looked at: lists in lists in lists without end would take the stack when they are dropped.
    fn assignments(&self) -> Vec<Edit> {
        let mut edits = vec![];
        for at in (0..self.tokens.len()).filter(|at| self.is_name(*at) && self.word(*at) == "set") {
            if !self.is_name(at + 1) || !self.is(Some(at + 2), &["."]) || !self.is(Some(at + 4), &["="]) {
                continue;
            }
            let behind =
                self.tokens.get(at..).unwrap_or_default().partition_point(|token| Some(token.tag) == self.tag(at));
            let is_control = self.is(Some(at + behind - 1), &["-", "+"]);
            let last = at + behind - 1 - usize::from(is_control);
            if let (Some(first), Some(last)) = (self.token(at + 5), self.token(last)) {
                edits.push(inserted(first.start, "__shallow(("));
                edits.push(inserted(last.end, "))"));
            }
        }
        edits
    }

    fn tag(&self, at: usize) -> Option<usize> {
        self.token(at).map(|token| token.tag)
    }

    /// Lists and dictionaries that can be changed, in a template that changes any.
    fn literals(&self) -> Vec<Edit> {
        let changes = |at: usize| {
            self.is_name(at)
                && CHANGING.contains(&self.word(at))
                && self.is(at.checked_sub(1), &["."])
                && self.is(Some(at + 1), &["("])
        };
        let all = || 0..self.tokens.len();
        if !all().any(changes) || all().any(|at| self.may_join_lists(at)) {
            return vec![];
        }
        let mut edits = vec![];
        for at in all().filter(|at| self.is_literal(*at)) {
            if let Some((open, close)) = self.token(at).and_then(|open| Some((open, self.token(open.partner?)?))) {
                let function = if self.word(at) == "[" { "__list(" } else { "__dict(" };
                edits.push(inserted(open.start, function));
                edits.push(inserted(close.end, ")"));
            }
        }
        edits
    }

    /// Joined lists follow later changes of their parts in minijinja, and don't in Python.
    fn may_join_lists(&self, at: usize) -> bool {
        let is_plain = |at: Option<usize>| {
            at.and_then(|at| self.token(at)).is_some_and(|token| matches!(token.kind, Kind::Number | Kind::Text))
        };
        self.is(Some(at), &["+", "*"]) && !is_plain(at.checked_sub(1)) && !is_plain(Some(at + 1))
    }

    /// Does the bracket begin a list or a dictionary? Behind a value it would begin an index.
    fn is_literal(&self, at: usize) -> bool {
        if !self.is(Some(at), &["[", "{"]) {
            return false;
        }
        let Some(before) = at.checked_sub(1).filter(|before| self.same_tag(*before, at)) else { return true };
        match self.token(before).map(|token| token.kind) {
            Some(Kind::Name) => OPERATORS.contains(&self.word(before)),
            Some(Kind::Symbol) => !matches!(self.word(before), ")" | "]" | "}"),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(template: &str, expected: &str) {
        assert_eq!(rewrite(template).text, expected);
    }

    #[test]
    fn formats_become_filters() {
        check("{{ '%s' % x.y[1]|upper ~ 'a' }}", "{{ '%s' |__percent( x.y[1]|upper) ~ 'a' }}");
        check("{{ '%s %s' % (a, b) }}", "{{ '%s %s' |__percent( (a, b)) }}");
        for kept in
            ["{{ 7 % 2 }}", "{{ x % 2 }}", "{{ 2 * '%s' % x }}", "{% raw %}{{ '%s' % x }}{% endraw %}", "'%s' % x"]
        {
            check(kept, kept);
        }
    }

    #[test]
    fn macros_get_the_rest_of_their_arguments() {
        check(
            "{% macro m(a, b=1) %}{{ varargs }}{% endmacro %}{{ m(1, 2, 3) }}{{ m() }}{{ x.m(1) }}",
            "{% macro m(a, b=1, varargs=(), kwargs={}) %}{{ varargs }}{% endmacro %}\
             {{ __variadic(m, 'v a,b', 1, 2, 3) }}{{ __variadic(m, 'v a,b') }}{{ x.m(1) }}",
        );
    }

    #[test]
    fn lists_can_change_where_a_template_changes_any() {
        check(
            "{% set l = [1, {'a': []}] %}{% do l.append(x[0]) %}",
            "{% set l = __list([1, __dict({'a': __list([])})]) %}{% do l.append(x[0]) %}",
        );
        for kept in ["{{ [1] }}", "{% do l.append(1) %}{{ l + [1] }}"] {
            check(kept, kept);
        }
    }

    #[test]
    fn loops_that_ask_where_they_are_count_letters() {
        check(
            "{%- for k, v in a[1 if b], c if v recursive -%}{{ loop.last }}",
            "{%- for k, v in __items((a[1 if b], c)) if v recursive -%}{{ loop.last }}",
        );
        check("{% for x in y -%}{{ loop }}", "{% for x in __items((y)) -%}{{ loop }}");
        check("{% for x in y %}{{ x }}", "{% for x in y %}{{ x }}");
    }

    #[test]
    fn what_a_namespace_is_given_is_looked_at() {
        check("{%- set ns.a = [ns.a], 1 -%}", "{%- set ns.a = __shallow(([ns.a], 1)) -%}");
        check("{% set a = [a] %}{% set ns.a %}b{% endset %}", "{% set a = [a] %}{% set ns.a %}b{% endset %}");
    }

    #[test]
    fn places_are_those_of_the_template() {
        let template = "{{ '%s' % x }} {{ y }}";
        let rewritten = rewrite(template);
        let at = rewritten.text.rfind('y').expect("y");
        assert_eq!(template.get(rewritten.origin(at..at + 1)), Some("y"));
        assert_eq!(template.get(rewritten.origin(0..rewritten.text.len())), Some(template));
    }

    #[test]
    fn damaged_templates_are_left_to_fail() {
        for template in
            ["{{ '%s' % ", "{% macro m( %}{{ varargs", "{{ [ }}{% do a.append(", "{{ '", "{%", "{% raw %}{{ "]
        {
            let _ = rewrite(template);
        }
    }
}
