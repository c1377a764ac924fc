//! Syntax that only BigQuery has.

use std::ops::Range;

use sqlparser::tokenizer::Token;

use super::CLAUSE_WORDS;
use super::relations::AFTER_RELATION;
use crate::sql::dialect::tokens::{TokenList, keyword, prefix_mark};

/// `FROM t, t.items AS i WITH OFFSET AS n`: only an array has offsets, so that the path is `UNNEST(t.items)`. Without an alias
/// the last part of the path is one.
pub fn offsets_of_paths(list: &mut TokenList) {
    for i in list.places(2, &["OFFSET"]) {
        let with = i - 1;
        let after_offset =
            list.clause(with).is_some_and(|clause| clause > 0 && list.are_words(clause - 1, &["WITH", "OFFSET"]));
        let is_relation = list.is_among_relations(with) || after_offset;
        if !list.is_word(with, "WITH") || !is_relation || list.is_taken(i) {
            continue;
        }
        let Some((path, has_alias)) = path_before(list, with) else { continue };
        let starts = list.is_any(path.start.wrapping_sub(1), &["FROM", "JOIN"])
            || list.is(path.start.wrapping_sub(1), &Token::Comma);
        if !starts {
            continue;
        }
        list.insert(path.start, vec![keyword("UNNEST"), Token::LParen]);
        let alias =
            if has_alias { Vec::new() } else { [vec![keyword("AS")], list.copy(path.end - 1..path.end)].concat() };
        list.insert(path.end, [vec![Token::RParen], alias].concat());
    }
}

/// The name that ends before `end`, and whether an alias follows it.
fn path_before(list: &TokenList, end: usize) -> Option<(Range<usize>, bool)> {
    let is_name = |at: usize| {
        matches!(list.token(at), Token::Word(_)) && !list.is_any(at, AFTER_RELATION) && !list.is_any(at, CLAUSE_WORDS)
    };
    let last = end.checked_sub(1).filter(|&at| is_name(at))?;
    let before = last.checked_sub(1)?;
    let has_as = list.is_word(before, "AS");
    let has_alias = has_as || is_name(before);
    let name = if has_alias { before.checked_sub(usize::from(has_as))? } else { last };
    let mut start = name;
    while start >= 2 && list.is(start - 1, &Token::Period) && matches!(list.token(start - 2), Token::Word(_)) {
        start -= 2;
    }
    is_name(name).then_some((start..name + 1, has_alias))
}

/// `ARRAY_AGG(x HAVING MAX y ORDER BY z LIMIT 1)`: the parser wants the bound last.
pub fn bounds_before_orders(list: &mut TokenList) {
    for i in list.places(2, &["HAVING"]) {
        let is_bound = list.is_any(i + 1, &["MAX", "MIN"]) && !list.is(i + 2, &Token::LParen);
        let order = list.find(i, |list, at| list.are_words(at, &["ORDER", "BY"]) || list.is_word(at, "LIMIT"));
        let end = list.find(order, |_, _| false);
        let in_call = list.outer(i).is_some_and(|open| matches!(list.before(open), Token::Word(_)));
        if is_bound && in_call && order < end && end < list.len() && !list.is_taken(i) {
            let swapped = [list.copy(order..end), list.copy(i..order)].concat();
            list.replace(i..end, swapped);
        }
    }
}

/// `|> AGGREGATE COUNT(*) AS n, GROUP BY a, |> …`: a list may end with a comma. `|> WINDOW` is an older name of `|> EXTEND`.
pub fn lists_in_pipes(list: &mut TokenList) {
    let is_pipe = |list: &TokenList, at: usize| list.is(at, &Token::VerticalBarRightAngleBracket);
    if !list.any(0..list.len(), is_pipe) {
        return;
    }
    for i in 1..list.len() {
        let ends = is_pipe(list, i + 1)
            || list.is(i + 1, &Token::EOF)
            || list.is(i + 1, &Token::RParen) && list.clause(i).is_some()
            || list.are_words(i + 1, &["GROUP", "BY"])
            || list.are_words(i + 1, &["GROUP", "AND"]);
        if list.is(i, &Token::Comma) && ends {
            list.replace(i..i + 1, Vec::new());
        }
        if is_pipe(list, i - 1) && list.is_word(i, "WINDOW") {
            list.replace(i..i + 1, vec![keyword("EXTEND")]);
        }
    }
}

/// `UNPIVOT (a FOR b IN (c 'x', (d, e) 'y'))` and `PIVOT (… FOR b IN (1 one, x + 1 more))`: aliases without AS.
pub fn bare_values(list: &mut TokenList) {
    for i in list.places(1, &["PIVOT", "UNPIVOT"]) {
        let open = i + 1 + if list.is_any(i + 1, &["INCLUDE", "EXCLUDE"]) { 2 } else { 0 };
        let values = list.find(open + 1, |list, at| list.is_word(at, "IN")) + 1;
        let close = list.close(values);
        let is_query = list.is_any(values + 1, &["SELECT", "WITH", "FROM", "ANY"]);
        if !list.is(open, &Token::LParen) || !list.is(values, &Token::LParen) || close >= list.len() || is_query {
            continue;
        }
        let mut start = values + 1;
        while start < close {
            let end = list.find(start, |list, at| list.is(at, &Token::Comma)).min(close);
            if let Some(alias) = bare_alias(list, start, end, list.is_word(i, "UNPIVOT")) {
                list.insert(alias, vec![keyword("AS")]);
            }
            start = end + 1;
        }
    }
}

/// Where the last token of a value is an alias without AS, which may be a text where the value is a column. Two names side by
/// side are left to what knows them.
fn bare_alias(list: &TokenList, start: usize, end: usize, may_be_text: bool) -> Option<usize> {
    let alias = end.checked_sub(1).filter(|&at| at > start)?;
    let is_text =
        may_be_text && matches!(list.token(alias), Token::SingleQuotedString(_) | Token::DoubleQuotedString(_));
    let is_pair = alias == start + 1 && matches!(list.token(start), Token::Word(_));
    let is_name = matches!(list.token(alias), Token::Word(_))
        && !is_pair
        && !list.is_any(alias, &["END", "NULL", "TRUE", "FALSE"]);
    let follows = matches!(
        list.before(alias),
        Token::Word(_) | Token::RParen | Token::RBracket | Token::Number(..) | Token::SingleQuotedString(_)
    ) && !list.is_any(alias - 1, &["AS", "AND", "OR", "NOT", "IS", "LIKE"])
        && !list.is_word(start, "INTERVAL");
    (follows && (is_text || is_name)).then_some(alias)
}

/// `SELECT (FROM t |> AGGREGATE COUNT(*))`: a query whose first word is FROM, where an expression stands.
pub fn queries_from_first(list: &mut TokenList) {
    for i in list.places(2, &["FROM"]) {
        let open = i - 1;
        let begins = list
            .is_any(open - 1, &["SELECT", "DISTINCT", "AND", "OR", "NOT", "WHERE", "THEN", "ELSE", "WHEN"])
            || matches!(
                list.before(open),
                Token::Comma | Token::Eq | Token::Plus | Token::Minus | Token::Mul | Token::Lt | Token::Gt
            );
        let in_relations = list.is_among_relations(open) && list.is(open - 1, &Token::Comma);
        if list.is(open, &Token::LParen) && list.close(open) < list.len() && begins && !in_relations {
            list.insert(open, vec![prefix_mark("query")]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::Family::BigQuery;
    use crate::sql::dialect::testing::{differ, parses, same};

    #[test]
    fn offsets_of_paths() {
        let query = |from: &str| format!("SELECT x, n FROM t, {from}");
        same(BigQuery, &query("t.xs AS x WITH OFFSET AS n"), &query("UNNEST(t.xs) AS x WITH OFFSET AS n"));
        same(BigQuery, &query("t.a.x WITH OFFSET n"), &query("UNNEST(t.a.x) AS x WITH OFFSET AS n"));
        differ(BigQuery, &query("t.xs AS x WITH OFFSET AS n"), &query("t.ys AS x WITH OFFSET AS n"));
        parses(
            BigQuery,
            &[
                "SELECT n FROM t JOIN t.xs x WITH OFFSET n ON x = n LEFT JOIN t.ys WITH OFFSET AS m",
                &query("t.xs WITH OFFSET, t.ys WITH OFFSET AS m"),
            ],
        );
    }

    #[test]
    fn bounds_before_orders() {
        let query = |rest: &str| format!("SELECT ARRAY_AGG(a HAVING {rest}) FROM t");
        differ(BigQuery, &query("MAX b ORDER BY c LIMIT 2"), &query("MIN b ORDER BY c LIMIT 2"));
        differ(BigQuery, &query("MAX b ORDER BY c"), &query("MAX c ORDER BY b"));
        parses(BigQuery, &["SELECT SUM(a) FROM t GROUP BY b HAVING MAX(c) > 1 ORDER BY b"]);
    }

    #[test]
    fn lists_in_pipes() {
        same(
            BigQuery,
            "FROM t |> AGGREGATE SUM(a) AS s, COUNT(*) AS n, GROUP BY b, |> EXTEND s + 1 AS x,",
            "FROM t |> AGGREGATE SUM(a) AS s, COUNT(*) AS n GROUP BY b |> EXTEND s + 1 AS x",
        );
        same(BigQuery, "FROM t |> WINDOW SUM(a) OVER () AS s", "FROM t |> EXTEND SUM(a) OVER () AS s");
        differ(BigQuery, "FROM t |> AGGREGATE SUM(a), GROUP BY b", "FROM t |> AGGREGATE SUM(a) GROUP BY c");
    }

    #[test]
    fn pipes_kept_as_text() {
        differ(
            BigQuery,
            "FROM t |> UNPIVOT INCLUDE NULLS (a FOR b IN (c, d))",
            "FROM t |> UNPIVOT EXCLUDE NULLS (a FOR b IN (c, d))",
        );
        differ(
            BigQuery,
            "FROM t |> UNPIVOT (a FOR b IN (c AS 1, d AS 2))",
            "FROM t |> UNPIVOT (a FOR b IN (c AS 1, d AS 3))",
        );
        differ(
            BigQuery,
            "FROM t |> UNPIVOT ((a, b) FOR c IN ((d, e)))",
            "FROM t |> UNPIVOT ((a, b) FOR c IN ((e, d)))",
        );
        differ(
            BigQuery,
            "FROM t |> AGGREGATE SUM(a) GROUP BY GROUPING SETS ((b), (c))",
            "FROM t |> AGGREGATE SUM(a) GROUP BY GROUPING SETS ((b), ())",
        );
        differ(
            BigQuery,
            "FROM t |> SELECT SUM(a) OVER w AS s WINDOW w AS (PARTITION BY b)",
            "FROM t |> SELECT SUM(a) OVER w AS s WINDOW w AS (PARTITION BY c)",
        );
    }

    #[test]
    fn bare_values() {
        let unpivot = |values: &str| format!("SELECT * FROM t UNPIVOT (a FOR b IN ({values}))");
        same(BigQuery, &unpivot("c 'x', (d) 'y'"), &unpivot("c AS 'x', (d) AS 'y'"));
        differ(BigQuery, &unpivot("c 'x', d 'y'"), &unpivot("c 'y', d 'x'"));
        let pivot = |values: &str| format!("SELECT * FROM t PIVOT (SUM(a) FOR b IN ({values}))");
        same(BigQuery, &pivot("1 one, 2 two"), &pivot("1 AS one, 2 AS two"));
        parses(
            BigQuery,
            &[&pivot("DATE '2024-01-01', DATE '2024-01-02' AS d"), &pivot("c + 1 more, NUMERIC '1', INTERVAL 1 DAY")],
        );
    }

    #[test]
    fn queries_from_first() {
        differ(
            BigQuery,
            "SELECT a, (FROM u |> AGGREGATE MAX(b)) AS m FROM t",
            "SELECT a, (FROM u |> AGGREGATE MIN(b)) AS m FROM t",
        );
        differ(BigQuery, "SELECT ARRAY(FROM u |> SELECT b) AS m", "SELECT ARRAY(FROM u |> SELECT c) AS m");
        same(BigQuery, "SELECT ARRAY(FROM u |> SELECT b) AS m", "SELECT ARRAY(SELECT * FROM u |> SELECT b) AS m");
        parses(
            BigQuery,
            &["SELECT a FROM t WHERE EXISTS(FROM u |> WHERE u.a = t.a)", "SELECT a FROM t, (FROM u |> SELECT b)"],
        );
    }
}
