//! What SQLMesh's syntax tree has room for at a place: a name, an item of a list, several items.
//!
//! In: the tokens around a macro's call. Out: whether its result fits there.

use std::ops::Range;

use crate::dialect::Dialect;
use crate::lex::TokenKind;

use super::fragment::Lexed;
use super::known::is_unknown_function;
use super::operators::keyword;

/// Words behind which an item of a list may begin.
const LIST_STARTS: &[&str] = &["select", "distinct", "all", "by"];
/// Words that end a list.
const LIST_ENDS: &[&str] = &[
    "from",
    "where",
    "group",
    "order",
    "having",
    "qualify",
    "limit",
    "union",
    "except",
    "intersect",
    "window",
    "into",
    "rows",
    "range",
    "groups",
    "offset",
    "fetch",
];
/// Functions whose arguments sqlglot keeps in one list, so that a list can take an argument's place.
const VARIADIC: &[&str] = &[
    "in",
    "concat",
    "concat_ws",
    "struct",
    "array",
    "row",
    "cube",
    "rollup",
    "using",
    "exclude",
    "except",
    "replace",
    "values",
];
/// Functions whose arguments but the first are such a list.
const VARIADIC_TAIL: &[&str] = &["coalesce", "greatest", "least", "concat_ws"];
/// Words behind which a name is expected.
const NAME_STARTS: &[&str] = &["from", "join", "into", "update", "table", "as", "with", "role"];

/// Does a name stand where the tokens do?
pub(super) fn expects_name(lexed: &Lexed, tokens: &Range<usize>, range: &Range<usize>) -> bool {
    let before = tokens.start.checked_sub(1).filter(|before| *before >= range.start);
    let is_after_dot = before.is_some_and(|before| lexed.is_symbol(before, '.') && lexed.is_connected(tokens.start));
    let is_before_dot = lexed.is_symbol(tokens.end, '.') && lexed.is_connected(tokens.end);
    let is_after_word = before.is_some_and(|before| lexed.is_any_word(before, NAME_STARTS));
    let is_cte = lexed.is_word(tokens.end, "as")
        && lexed.is_symbol(tokens.end + 1, '(')
        && before.is_some_and(|before| lexed.is_symbol(before, ','));
    let is_alias = before.is_some_and(|before| {
        let ends_value = matches!(lexed.kind(before), Some(TokenKind::Number | TokenKind::QuotedIdentifier));
        let ends_call = lexed.is_symbol(before, ')') && !is_clause(lexed, before);
        (ends_value || ends_call) && !lexed.is_connected(tokens.start)
    });
    is_after_dot || is_before_dot || is_after_word || is_cte || is_alias
}

/// Does the parenthesis close `@WHERE(…)` or another clause?
fn is_clause(lexed: &Lexed, close: usize) -> bool {
    lexed.partner(close).and_then(|open| open.checked_sub(2)).is_some_and(|at| keyword(lexed, at).is_some())
}

/// A list takes the place of the projection that its macro stands in: an alias of the macro is lost.
pub(super) fn behind_alias(lexed: &Lexed, tokens: &Range<usize>, range: &Range<usize>) -> usize {
    let is_name = |at| matches!(lexed.kind(at), Some(TokenKind::Word | TokenKind::QuotedIdentifier));
    let end = tokens.end + 2;
    let is_aliased = lexed.enclosing(tokens.start).in_query
        && lexed.is_word(tokens.end, "as")
        && is_name(tokens.end + 1)
        && end <= range.end
        && begins_item(lexed, tokens.start, range)
        && ends_item(lexed, end, range);
    if is_aliased { end } else { tokens.end }
}

/// May an item of a list begin at the token?
pub(super) fn begins_item(lexed: &Lexed, start: usize, range: &Range<usize>) -> bool {
    if start == range.start {
        return true;
    }
    let before = start - 1;
    let is_bracket = ['(', '[', ','].iter().any(|&symbol| lexed.is_symbol(before, symbol));
    is_bracket || lexed.is_any_word(before, LIST_STARTS)
}

/// May an item of a list end in front of the token?
pub(super) fn ends_item(lexed: &Lexed, end: usize, range: &Range<usize>) -> bool {
    if end >= range.end {
        return true;
    }
    let is_bracket = [')', ']', ',', ';'].iter().any(|&symbol| lexed.is_symbol(end, symbol));
    is_bracket || lexed.is_any_word(end, LIST_ENDS)
}

/// sqlglot keeps the arguments of functions that it doesn't know in one list.
pub(super) fn is_argument_of_unknown(
    lexed: &Lexed,
    tokens: &Range<usize>,
    range: &Range<usize>,
    dialect: Dialect,
) -> bool {
    let enclosing = lexed.enclosing(tokens.start);
    let open = enclosing.open.filter(|&open| open >= range.start && !enclosing.in_query && lexed.is_symbol(open, '('));
    let owner = open.and_then(|open| open.checked_sub(1)).filter(|&owner| lexed.kind(owner) == Some(TokenKind::Word));
    owner.is_some_and(|owner| {
        let is_part = owner > 0 && (lexed.is_symbol(owner - 1, '.') || lexed.is_symbol(owner - 1, '@'));
        // `AS name (…)` and `FROM name (…)` are no calls in expressions.
        let is_table = owner > 0 && lexed.is_any_word(owner - 1, NAME_STARTS);
        !is_part && !is_table && is_unknown_function(lexed.text(owner), dialect)
    }) && begins_item(lexed, tokens.start, range)
        && ends_item(lexed, tokens.end, range)
}

/// Can a list of `count` items take the place of `tokens`?
pub(super) fn accepts_list(lexed: &Lexed, tokens: &Range<usize>, range: &Range<usize>, count: usize) -> bool {
    if !begins_item(lexed, tokens.start, range) || !ends_item(lexed, tokens.end, range) {
        return false;
    }
    let enclosing = lexed.enclosing(tokens.start);
    if tokens.start > range.start && lexed.is_word(tokens.start - 1, "distinct") {
        return true;
    }
    let Some(open) = enclosing.open.filter(|&open| open >= range.start && !enclosing.in_query) else {
        return begins_projection(lexed, tokens.start, range) || enclosing.in_query;
    };
    if !lexed.is_symbol(open, '(') {
        return true;
    }
    let is_first = open + 1 == tokens.start;
    let is_only = is_first && lexed.partner(open) == Some(tokens.end);
    let owner = open.checked_sub(1);
    match owner {
        Some(owner) if lexed.is_any_word(owner, VARIADIC) => true,
        Some(owner) if lexed.is_any_word(owner, VARIADIC_TAIL) => !is_first,
        // SQLMesh drops the parentheses around a list that fills them.
        Some(owner) if lexed.kind(owner) != Some(TokenKind::Word) => !is_only || count == 1,
        Some(_) => false,
        None => !is_only || count == 1,
    }
}

/// Outside all brackets a list can stand among projections and keys only.
fn begins_projection(lexed: &Lexed, start: usize, range: &Range<usize>) -> bool {
    start == range.start || lexed.enclosing(start).in_query
}
