//! `@WITH`, `@JOIN`, `@WHERE`, `@GROUP_BY`, `@HAVING`, `@ORDER_BY`, `@LIMIT`: clauses under a condition.

use std::ops::Range;

use crate::lex::TokenKind;
use crate::render::codes;
use crate::render::expand::{Call, Expander, Scope, Step};
use crate::render::fragment::{Fragment, Lexed};
use crate::render::lambda::stop;
use crate::render::splice::Output;
use crate::render::syntax::{Macro, macro_at};

/// The macros and the clauses that they stand for.
const CLAUSES: &[(&str, &str)] = &[
    ("with", "WITH"),
    ("join", "JOIN"),
    ("where", "WHERE"),
    ("group_by", "GROUP BY"),
    ("having", "HAVING"),
    ("order_by", "ORDER BY"),
    ("limit", "LIMIT"),
];
/// Words that begin another clause.
const ENDS: &[&str] = &[
    "where",
    "group",
    "having",
    "qualify",
    "order",
    "limit",
    "window",
    "union",
    "except",
    "intersect",
    "offset",
    "fetch",
    "join",
    "cluster",
    "distribute",
    "sort",
    "for",
    "settings",
    "connect",
    "minus",
];
/// Words that stand before `JOIN`.
const JOIN_WORDS: &[&str] = &[
    "left",
    "right",
    "full",
    "inner",
    "outer",
    "cross",
    "natural",
    "semi",
    "anti",
    "asof",
    "positional",
    "global",
    "any",
    "lateral",
];

impl Expander<'_> {
    /// Handles a clause macro at `at`; answers where to go on, `None` if it isn't one.
    pub fn clause(&mut self, output: &mut Output, at: usize, found: &Macro, scope: &Scope<'_>) -> Step<Option<usize>> {
        let lexed = output.lexed.clone();
        let (Macro::Call { open, close }, Some(keyword)) = (found, keyword(&lexed, at)) else {
            return Ok(None);
        };
        let tokens = at..close + 1;
        let call = Call {
            name: lexed.text(at + 1).to_lowercase(),
            lexed: lexed.clone(),
            origin: lexed.origin(&tokens),
            inside: open + 1..*close,
            tokens,
        };
        let evaluated = self.constant(&call, call.inside.clone(), scope)?;
        let Some(holds) = evaluated.map(|value| value.is_true()) else {
            let message = format!("whether the {keyword} clause is there can't be known without running SQLMesh");
            return Err(stop(codes::NOT_EVALUATED, message, call.origin));
        };
        Ok(Some(match holds {
            true => keep_clause(output, &call, keyword),
            false => drop_clause(output, &call, keyword),
        }))
    }
}

/// The clause that the macro at an `@` stands for.
pub fn keyword(lexed: &Lexed, at: usize) -> Option<&'static str> {
    let name = if lexed.is_symbol(at, '@') { lexed.text(at + 1) } else { "" };
    CLAUSES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, keyword)| *keyword)
}

fn keep_clause(output: &mut Output, call: &Call, keyword: &str) -> usize {
    let bytes = call.lexed.bytes(&call.tokens);
    output.copy_to(bytes.start);
    output.splice(&Fragment::made(keyword, call.origin.clone()));
    output.skip_to(bytes.end);
    call.tokens.end
}

fn drop_clause(output: &mut Output, call: &Call, keyword: &str) -> usize {
    let lexed = &call.lexed;
    let mut start = call.tokens.start;
    while keyword == "JOIN" && start > output.range.start && lexed.is_any_word(start - 1, JOIN_WORDS) {
        start -= 1;
    }
    let end = clause_end(lexed, call.tokens.end..output.range.end, keyword);
    output.copy_to(lexed.bytes(&(start..call.tokens.end)).start);
    output.skip_to(lexed.bytes(&(start..end)).end);
    end
}

/// Where a clause ends that begins with the range.
fn clause_end(lexed: &Lexed, range: Range<usize>, keyword: &str) -> usize {
    let mut at = range.start;
    while at < range.end {
        let is_closed = lexed.is_symbol(at, ')') || lexed.is_symbol(at, ';');
        let is_next = match keyword {
            "WITH" => lexed.is_any_word(at, &["select", "insert", "merge", "update", "delete"]),
            _ => begins_clause(lexed, at, range.end),
        };
        if is_closed || is_next {
            return at;
        }
        at = lexed.behind(at);
    }
    range.end
}

fn begins_clause(lexed: &Lexed, at: usize, end: usize) -> bool {
    if lexed.kind(at) != Some(TokenKind::Word) {
        return keyword(lexed, at).is_some() && matches!(macro_at(lexed, at, end), Some((Macro::Call { .. }, _)));
    }
    let is_call = lexed.is_symbol(at + 1, '(');
    lexed.is_any_word(at, ENDS) || (lexed.is_any_word(at, JOIN_WORDS) && !is_call && is_join(lexed, at))
}

/// Do words of a join lead to `JOIN` or `@JOIN(…)`?
fn is_join(lexed: &Lexed, at: usize) -> bool {
    const LONGEST: usize = 5;
    let words = (at..at + LONGEST).take_while(|&at| lexed.is_any_word(at, JOIN_WORDS)).count();
    let at = at + words;
    lexed.is_word(at, "join") || (lexed.is_symbol(at, '@') && lexed.is_word(at + 1, "join"))
}
