//! The text that is shown for a place: a little more than the tree says, where the tree leaves out what belongs to it.

use crate::sql::tree::Span;
use crate::state::RenderedQuery;

/// The words in front of a joined relation that make the join.
const JOIN_WORDS: &[&str] = &[
    "JOIN", "LEFT", "RIGHT", "FULL", "INNER", "OUTER", "CROSS", "NATURAL", "SEMI", "ANTI", "ASOF", "ANY", "ALL",
    "GLOBAL",
];

/// The span with the words of its join, and with the parentheses that it has only one half of.
pub(super) fn widened(query: &RenderedQuery, span: Span) -> Span {
    let sql = query.rendered.sql.as_str();
    let (mut start, mut end) = (span.start as usize, span.end as usize);
    if sql.get(start..end).is_some_and(is_torn)
        && let (Some(open), Some(close)) = (before(sql, start, '('), after(sql, end, ')'))
    {
        (start, end) = (open, close);
    }
    Span::new(join_start(sql, start), end)
}

/// Closes a parenthesis that it doesn't open.
fn is_torn(text: &str) -> bool {
    let mut depth = 0i64;
    text.chars().any(|c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth < 0
    })
}

fn before(sql: &str, at: usize, expected: char) -> Option<usize> {
    sql.get(..at)?.trim_end().strip_suffix(expected).map(str::len)
}

fn after(sql: &str, at: usize, expected: char) -> Option<usize> {
    let rest = sql.get(at..)?;
    let trimmed = rest.trim_start();
    trimmed.starts_with(expected).then(|| at + (rest.len() - trimmed.len()) + expected.len_utf8())
}

fn join_start(sql: &str, at: usize) -> usize {
    let mut start = at;
    let mut joins = false;
    while let Some(text) = sql.get(..start).map(str::trim_end) {
        let word = text.rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
        let is_join = word.eq_ignore_ascii_case("JOIN");
        // Only what stands in front of JOIN belongs to it: ALL and ANY are words elsewhere, too.
        if !(is_join || joins && JOIN_WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))) {
            break;
        }
        joins = true;
        start = text.len() - word.len();
    }
    start
}
