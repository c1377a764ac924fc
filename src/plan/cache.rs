//! SQLMesh's cache of optimized queries: when two versions of a query share one entry in it.
//!
//! In: two versions of a model with the same columns, macros and variables around its query. The entry's name
//! (`OptimizedQueryCache._entry_name`) holds the query as `simplify.gen` writes it, in no dialect at all, and that writes
//! less than a query says. Two queries of one name are one query to SQLMesh: it compares what the cache holds.

use std::borrow::Cow;

use crate::dialect::{Dialect, Family};
use crate::lex::{Token, TokenKind, first_code, leading_comments, lex};
use crate::project::{Body, Language};
use crate::resolve::{Block, BlockKind};
use crate::sql::tree::{Op, Tree};
use crate::state::unseen::Unseen;
use crate::state::{AnalysedModel, Query, State};

use super::environment::query_text;
use super::readings::loses_a_list;
use super::side::Side;
use super::statements::{Around, Place, around};
use super::values::{is_spoken, tokens};

/// Do both queries have one entry? `same_origin`: they are rendered from the same.
pub(super) fn share_an_entry(
    (old, before): (&Query, (&State, &AnalysedModel)),
    (new, after): (&Query, (&State, &AnalysedModel)),
    same_origin: impl Fn() -> bool,
) -> bool {
    if is_pickled_otherwise(old, before.1.model.dialect) {
        return false;
    }
    if before.1.model.dialect.family == after.1.model.dialect.family {
        return is_same_text(old, new, before.1.model.dialect) || same_origin() || name(before) == name(after);
    }
    match (name(before), name(after)) {
        (Some(Name::Template(old)), Some(Name::Template(new))) => old == new,
        (Some(before_name), Some(after_name)) => {
            before_name == after_name
                && reading(old, before.1.model.dialect)
                    .is_some_and(|read| Some(read) == reading(new, after.1.model.dialect))
        }
        _ => false,
    }
}

fn is_same_text(old: &Query, new: &Query, dialect: Dialect) -> bool {
    let text = |query: &Query| tokens(&query.rendered.rendered.sql, dialect, false);
    let (before, after) = (&old.rendered, &new.rendered);
    std::sync::Arc::ptr_eq(before, after) || before.holes == after.holes && text(old) == text(new)
}

/// What the entry's name says of the query's text.
#[derive(Debug, PartialEq, Eq)]
enum Name {
    /// A template, as written.
    Template(String),
    /// The tokens of the query and of each definition (`@DEF`) before it, but for those that aren't written.
    Tokens(Vec<Vec<String>>),
}

fn name((state, analysed): (&State, &AnalysedModel)) -> Option<Name> {
    let model = &analysed.model;
    let Body::Sql(body) = &model.body else { return None };
    let before = around(&state.project, model, Place::Before);
    let definitions = before.into_iter().filter(Around::is_definition).map(|found| found.stored);
    if let Some(template) = query_text(body, Language::Jinja) {
        return Some(Name::Template(definitions.chain([template.trim().to_owned()]).collect()));
    }
    let query = query_text(body, Language::Sql)?;
    // Comments behind it are its own.
    let behind = body.text.get(body.query?.end..).unwrap_or_default();
    let comments = behind.get(..leading_comments(behind, model.dialect.lexical())).unwrap_or_default();
    let query = format!("{query} {comments}");
    Some(Name::Tokens(definitions.chain([query]).map(|text| written(&text, model.dialect)).collect()))
}

/// Words before brackets that say from where an array is counted, and what is beyond its end.
const OFFSETS: &[&str] = &["OFFSET", "ORDINAL", "SAFE_OFFSET", "SAFE_ORDINAL"];

/// The tokens of which `gen` writes something, comments included. It leaves out that LIKE is negated, that BETWEEN is
/// symmetric, and how BigQuery counts what it takes from an array.
fn written(text: &str, dialect: Dialect) -> Vec<String> {
    let tokens = lex(text, dialect.lexical());
    let (comments, code): (Vec<&Token>, Vec<&Token>) =
        tokens.iter().partition(|token| token.kind == TokenKind::Comment);
    let mut words: Vec<(usize, Cow<'_, str>)> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = code.get(at) {
        let (word, count) = match like(&code[at..]) {
            Some((word, count)) => (Cow::Borrowed(word), count),
            None if token.kind == TokenKind::Word && is_keyword(token.text(text), code.get(at + 1).copied()) => {
                (Cow::Owned(token.text(text).to_uppercase()), 1)
            }
            None => (Cow::Borrowed(token.text(text)), 1),
        };
        words.push((token.start, word));
        at += count;
    }
    let texts: Vec<&str> = words.iter().map(|(_, word)| &**word).collect();
    for place in unseen(&texts, dialect).into_iter().rev() {
        words.remove(place);
    }
    words.extend(comments.iter().map(|comment| (comment.start, Cow::Borrowed(inner(comment.text(text))))));
    words.sort_by_key(|(start, _)| *start);
    words.into_iter().map(|(_, word)| word.into_owned()).collect()
}

/// Is it a word that isn't a name, whose case says nothing?
fn is_keyword(word: &str, next: Option<&Token>) -> bool {
    const KEYWORDS: &[&str] = &[
        "ALL",
        "ASC",
        "BY",
        "CROSS",
        "DESC",
        "DISTINCT",
        "FULL",
        "GROUP",
        "HAVING",
        "INNER",
        "JOIN",
        "LEFT",
        "LIMIT",
        "ON",
        "ORDER",
        "OUTER",
        "OVER",
        "PARTITION",
        "QUALIFY",
        "RIGHT",
        "UNION",
        "USING",
        "WITH",
    ];
    is_spoken(word, next) || KEYWORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The places of the words that `gen` leaves out, in order.
pub(super) fn unseen(words: &[&str], dialect: Dialect) -> Vec<usize> {
    let is = |at: usize, known: &[&str]| {
        words.get(at).is_some_and(|word| known.iter().any(|known| known.eq_ignore_ascii_case(word)))
    };
    let mut found = Vec::new();
    for at in 0..words.len() {
        let is_negation = is(at, &["NOT", "!"]) && is(at + 1, &["LIKE", "ILIKE"]);
        let is_symmetry = at > 0 && is(at - 1, &["BETWEEN"]) && is(at, &["SYMMETRIC", "ASYMMETRIC"]);
        found.extend((is_negation && dialect.family != Family::Snowflake || is_symmetry).then_some(at));
        let is_counted = dialect.family == Family::BigQuery && at > 0 && is(at - 1, &["["]) && is(at, OFFSETS);
        if is_counted && is(at + 1, &["("]) {
            let close = closing(words, at + 1).filter(|close| is(close + 1, &["]"]));
            found.extend(close.into_iter().flat_map(|close| [at, at + 1, close]));
        }
    }
    found.sort_unstable();
    found
}

/// `~~` and `~~*`, and how many tokens that are.
fn like(code: &[&Token]) -> Option<(&'static str, usize)> {
    let symbols = |count: usize| -> Option<String> {
        let tokens = code.get(..count)?;
        let is_one = tokens.windows(2).all(|pair| pair[0].end == pair[1].start);
        let symbol = |token: &&Token| match token.kind {
            TokenKind::Symbol(symbol) => Some(symbol),
            _ => None,
        };
        tokens.iter().map(symbol).collect::<Option<String>>().filter(|_| is_one)
    };
    match symbols(3).as_deref() {
        Some("~~*") => Some(("ILIKE", 3)),
        Some("~~~") => None,
        _ => symbols(2).filter(|text| text == "~~").map(|_| ("LIKE", 2)),
    }
}

/// What a comment says.
fn inner(comment: &str) -> &str {
    let behind = ["--", "//", "#"].iter().find_map(|mark| comment.strip_prefix(mark));
    let between = comment.strip_prefix("/*").map(|rest| rest.strip_suffix("*/").unwrap_or(rest));
    behind.or(between).unwrap_or(comment).trim_end_matches(['\n', '\r'])
}

fn closing(words: &[&str], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    (open..words.len()).find(|at| {
        match words[*at] {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })
}

/// A query as a dialect reads it and `gen` writes it.
fn reading(query: &Query, dialect: Dialect) -> Option<u128> {
    let (resolved, tree) = (query.resolved.as_ref()?, query.rendered.parsed()?);
    Some(Side::new(query, resolved, dialect, (false, Unseen::default())).in_no_dialect(tree))
}

/// Has sqlglot's tree of the query a list that is empty? A query from a file loses it on its way between SQLMesh's processes,
/// and so gets another key in the cache than one that is read from the state.
fn is_pickled_otherwise(query: &Query, dialect: Dialect) -> bool {
    let sql = &query.rendered.rendered.sql;
    let mut found = false;
    let mut look = |tree: &Tree| {
        found |= match &tree.op {
            Op::Function(name) => {
                let arguments = tree.kids.iter().filter(|kid| kid.op != Op::Distinct).count();
                let written = called_by(tree, sql, dialect);
                loses_a_list(written.as_deref().unwrap_or(name), arguments, dialect)
            }
            Op::WindowSpec => !tree.kids.iter().any(|kid| kid.op == Op::PartitionBy),
            // A field is defined in it.
            Op::Type(name) => ["STRUCT", "ROW"].iter().any(|kind| name.contains(kind)) && name.contains(' '),
            _ => false,
        };
        !found
    };
    if let Some(tree) = query.rendered.parsed() {
        tree.walk(&mut look);
    }
    let blocks = query.resolved.iter().flat_map(|resolved| &resolved.blocks);
    let is_group_without_keys = |block: &Block| match &block.kind {
        BlockKind::Select(select) => select.group.as_ref().is_some_and(|group| group.all || group.keys.is_empty()),
        _ => false,
    };
    // Redshift's SELECT has one for what EXCLUDE may name.
    found || dialect.family == Family::Redshift || blocks.into_iter().any(is_group_without_keys)
}

/// The name by which a function is called where the call stands, in upper case.
pub(super) fn called_by(call: &Tree, sql: &str, dialect: Dialect) -> Option<String> {
    let text = sql.get(call.span.range())?;
    let first = first_code(text, dialect.lexical(), 2);
    let [name, open] = first.as_slice() else { return None };
    (name.kind == TokenKind::Word && open.is_symbol('(')).then(|| name.text(text).to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_written(dialect: &str, a: &str, b: &str, is_same: bool) {
        let dialect = Dialect::parse(dialect).expect("a known dialect");
        assert_eq!(written(a, dialect) == written(b, dialect), is_same, "{a} | {b}");
    }

    #[test]
    fn what_isnt_written_is_left_out() {
        assert_written("duckdb", "a LIKE 'x'", "a not like 'x'", true);
        assert_written("duckdb", "a LIKE 'x'", "NOT a LIKE 'x'", false);
        assert_written("duckdb", "a LIKE 'x'", "a NOT IN ('x')", false);
        assert_written("snowflake", "a LIKE 'x'", "a NOT LIKE 'x'", false);
        assert_written("postgres", "a BETWEEN 1 AND 2", "a BETWEEN SYMMETRIC 1 AND 2", true);
        assert_written("bigquery", "a[OFFSET(b[0])]", "a[SAFE_ORDINAL(b[SAFE_OFFSET(0)])]", true);
        assert_written("bigquery", "a[OFFSET(0)]", "a[OFFSET(1)]", false);
        assert_written("bigquery", "a[OFFSET(0) + 1]", "a[0 + 1]", false);
        assert_written("postgres", "a ~~* 'x'", "a NOT ILIKE 'x'", true);
        assert_written("postgres", "a ~~ 'x'", "a !~~ 'x'", true);
        assert_written("postgres", "a ~ 'x'", "a !~ 'x'", false);
    }

    #[test]
    fn comments_are_written() {
        assert_written("duckdb", "a LIKE 'x' /* b */", "a NOT LIKE 'x' /* b */", true);
        assert_written("duckdb", "a LIKE 'x'", "a NOT LIKE 'x' /* b */", false);
        assert_written("duckdb", "a LIKE 'x' /* b*/", "a NOT LIKE 'x' -- b", true);
    }

    #[test]
    fn names_are_written_in_their_letters() {
        assert_written("duckdb", "select a like 'x'", "SELECT a NOT LIKE 'x'", true);
        assert_written("duckdb", "SELECT a LIKE 'x'", "SELECT A NOT LIKE 'x'", false);
    }
}
