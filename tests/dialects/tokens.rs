//! One token of a statement is exchanged for another: the canonical tree has to change, or the text must not parse.

use impact::dialect::{Dialect, Family};
use impact::lex::lex_code;
use impact::sql::parse::parse_query;
use impact::sql::tree::Tree;
use impact::sql::{lenient_query, query};

/// What an exchange at one token came to.
pub enum Outcome {
    /// The changed text doesn't parse.
    Rejected,
    /// The tree is another one.
    Changed,
    /// The tree is the same; the changed text.
    Lost(String),
}

/// Words that say nothing that the tree has to keep, each with the reason.
const NOISE: &[(&str, &str)] = &[
    ("AS", "an alias is one with or without it"),
    ("ALL", "SELECT ALL and f(ALL x) are the default"),
    ("OUTER", "LEFT OUTER JOIN is LEFT JOIN"),
    ("INNER", "INNER JOIN is JOIN"),
    ("ASC", "the default"),
    ("ROW", "OFFSET 1 ROW is OFFSET 1 ROWS"),
    ("ROWS", "FETCH 1 ROWS is FETCH 1 ROW"),
    ("NEXT", "FETCH NEXT is FETCH FIRST"),
    ("FIRST", "FETCH FIRST is FETCH NEXT"),
    ("ONLY", "FETCH … ONLY is the default"),
];

/// What may be taken away: the words around it, and why nothing is lost.
const OPTIONAL: &[(&str, &str)] = &[
    ("LEFT ANTI", "an anti join without a side is a left one"),
    ("LEFT SEMI", "and so is a semi join"),
    ("FILTER (WHERE", "DuckDB lets WHERE out"),
    ("WITH UNIQUE", "IS JSON WITH UNIQUE is IS JSON UNIQUE"),
    ("UNIQUE KEYS", "and so is UNIQUE without KEYS"),
    ("ARRAY[", "a bare bracket makes an array too, where it parses"),
    ("LATERAL FLATTEN", "a function sees the relations before it anyhow"),
    ("+ '2' HOUR", "parts of an interval may follow one another"),
    ("CROSS JOIN", "a join without a condition is a cross join"),
    ("UNSIGNED INT", "in a cast MySQL lets INT out"),
    ("WITH (NOLOCK", "hints may stand without WITH"),
];

/// The statement's canonical tree and where its tokens are.
pub fn read(sql: &str, dialect: Dialect) -> Option<(Tree, Vec<std::ops::Range<usize>>)> {
    let parsed = parse_query(sql, dialect).ok()?;
    Some((query(sql, dialect).ok()?, parsed.tokens))
}

/// The same of a statement that doesn't parse everywhere.
#[allow(dead_code)]
pub fn read_leniently(sql: &str, dialect: Dialect) -> Option<(Tree, Vec<std::ops::Range<usize>>)> {
    let ranges = lex_code(sql, dialect.lexical()).into_iter().map(|token| token.start..token.end).collect();
    Some((lenient_query(sql, dialect).ok()?, ranges))
}

/// Puts another token in the place of the one at `range`; nothing if there is no token that always means another thing.
pub fn exchange(sql: &str, dialect: Dialect, tree: &Tree, range: std::ops::Range<usize>) -> Option<Outcome> {
    let found = sql.get(range.clone())?;
    if NOISE.iter().any(|(word, _)| found.eq_ignore_ascii_case(word)) {
        return None;
    }
    let other = other_token(found)?;
    let is_spark = matches!(dialect.family, Family::Spark | Family::Databricks | Family::Hive);
    if is_spark && sql.get(..range.start)?.to_uppercase().ends_with("CHAR(") {
        // A cast to any length of text is one to STRING there.
        return None;
    }
    compare(format!("{}{other}{}", sql.get(..range.start)?, sql.get(range.end..)?), dialect, tree)
}

/// Writes the text at `range` in other letters; nothing for what isn't a text, or names units, which have no case.
#[allow(dead_code)]
pub fn recase(sql: &str, dialect: Dialect, tree: &Tree, range: std::ops::Range<usize>) -> Option<Outcome> {
    let found = sql.get(range.clone())?;
    let (upper, lower) = (found.to_uppercase(), found.to_lowercase());
    let other = if upper == found { lower } else { upper };
    let before = sql.get(..range.start)?.trim_end().to_uppercase();
    let is_unit = before.ends_with("EXTRACT(") || before.ends_with("INTERVAL");
    if !found.starts_with('\'') || other == found || is_unit {
        return None;
    }
    compare(format!("{}{other}{}", sql.get(..range.start)?, sql.get(range.end..)?), dialect, tree)
}

fn compare(changed: String, dialect: Dialect, tree: &Tree) -> Option<Outcome> {
    Some(match lenient_query(&changed, dialect) {
        Err(_) => Outcome::Rejected,
        Ok(reread) if reread.fingerprint() != tree.fingerprint() => Outcome::Changed,
        Ok(_) => Outcome::Lost(changed),
    })
}

/// Another token of the same kind, one that never means the same.
fn other_token(token: &str) -> Option<&'static str> {
    let first = token.chars().next()?;
    Some(match token.to_ascii_uppercase().as_str() {
        "=" | "<>" | "!=" => ">",
        "+" => "-",
        "-" | "*" | "/" => "+",
        "AND" => "OR",
        "OR" => "AND",
        "ASC" => "DESC",
        "DESC" => "ASC",
        "LEFT" => "RIGHT",
        "RIGHT" => "FULL",
        "FULL" => "LEFT",
        "CROSS" => "LEFT",
        "UNION" => "EXCEPT",
        "EXCEPT" | "INTERSECT" => "UNION",
        "DISTINCT" => "ALL",
        "FIRST" => "LAST",
        "LAST" => "FIRST",
        "PRECEDING" => "FOLLOWING",
        "FOLLOWING" => "PRECEDING",
        "RANGE" => "ROWS",
        "IGNORE" => "RESPECT",
        "RESPECT" => "IGNORE",
        "ROLLUP" => "CUBE",
        "CUBE" => "ROLLUP",
        "PIVOT" => "UNPIVOT",
        "TRUE" => "FALSE",
        "FALSE" => "TRUE",
        "LIKE" => "ILIKE",
        _ if first.is_ascii_digit() => "9731",
        _ if first == '\'' => "'zq'",
        _ if first.is_alphabetic() || matches!(first, '"' | '`' | '[') => "zq_9",
        _ => return None,
    })
}

/// Takes the token at `range` away; nothing for noise.
#[allow(dead_code)]
pub fn delete(sql: &str, dialect: Dialect, tree: &Tree, range: std::ops::Range<usize>) -> Option<Outcome> {
    let found = sql.get(range.clone())?;
    if NOISE.iter().any(|(word, _)| found.eq_ignore_ascii_case(word)) {
        return None;
    }
    let around = sql.get(range.start.saturating_sub(10)..(range.end + 12).min(sql.len()))?;
    if OPTIONAL.iter().any(|(words, _)| around.contains(words) && words.contains(found)) {
        return None;
    }
    compare(format!("{} {}", sql.get(..range.start)?, sql.get(range.end..)?), dialect, tree)
}
