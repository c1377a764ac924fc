//! Clauses of a query that only SQL Server and its kin have.

use sqlparser::tokenizer::Token;

use super::CLAUSE_WORDS;
use super::clauses::keep_as_setting;
use crate::sql::dialect::tokens::{TokenList, keyword, marked_call};

const APPROXIMATE: &[&str] = &["APPROXIMATE", "APPROX"];

/// `OFFSET 0 ROWS FETCH NEXT (@n + 1) ROWS ONLY`: the parser wants a plain number there, but reads any expression as a limit.
/// `FETCH APPROXIMATE NEXT 5 ROWS ONLY` is one with a mark.
pub fn computed_fetches(list: &mut TokenList) {
    for i in list.places(1, &["FETCH"]) {
        let is_approximate = list.is_any(i + 1, APPROXIMATE);
        let first = i + 2 + usize::from(is_approximate);
        let end = list.find(first, |list, at| list.is_any(at, &["ROW", "ROWS"]) && list.is_word(at + 1, "ONLY"));
        let is_number = matches!(list.token(first), Token::Number(..)) && end == first + 1;
        let is_fetch = list.is_any(first - 1, &["NEXT", "FIRST"]) && list.is_word(end + 1, "ONLY");
        if !is_fetch || end == first || is_number && !is_approximate {
            continue;
        }
        let quantity = list.copy(first..end);
        let quantity = if is_approximate { marked_call("approximate", quantity) } else { quantity };
        list.replace(i..end + 2, [vec![keyword("LIMIT")], quantity].concat());
    }
}

/// `TOP 2.5 PERCENT` gets brackets, `TOP (n) WITH APPROXIMATE` a mark around the number.
pub fn tops(list: &mut TokenList) {
    for i in list.places(1, &["TOP"]) {
        let close = list.close(i + 1);
        let in_brackets = list.is(i + 1, &Token::LParen) && close < list.len();
        let is_number = matches!(list.token(i + 1), Token::Number(..));
        if !list.is_any(i - 1, &["SELECT", "DISTINCT", "ALL"]) || !in_brackets && !is_number {
            continue;
        }
        let (quantity, end) = if in_brackets { (i + 2..close, close + 1) } else { (i + 1..i + 2, i + 2) };
        let is_fraction = matches!(list.token(i + 1), Token::Number(number, _) if number.contains('.'));
        let with = end + usize::from(list.is_word(end, "PERCENT"));
        let is_approximate = list.is_word(with, "WITH") && list.is_any(with + 1, APPROXIMATE);
        if is_approximate {
            let call = marked_call("approximate", list.copy(quantity));
            list.replace(i + 1..end, [vec![Token::LParen], call, vec![Token::RParen]].concat());
            list.replace(with..with + 2, Vec::new());
        } else if is_fraction {
            let number = list.copy(quantity);
            list.replace(i + 1..end, [vec![Token::LParen], number, vec![Token::RParen]].concat());
        }
    }
}

/// `GROUP BY ALL a`: groups without rows that pass the filter stay, so it is another query than `GROUP BY a`. A marked key
/// says so; `GROUP BY a WITH (DISTRIBUTED_AGG)` has one too.
pub fn group_words(list: &mut TokenList) {
    for i in list.places(2, &["ALL"]) {
        let follows = matches!(list.token(i + 1), Token::Word(_) | Token::LParen) && !list.is_any(i + 1, CLAUSE_WORDS);
        if list.are_words(i - 2, &["GROUP", "BY"]) && follows {
            list.replace(i..i + 1, [marked_call("all_groups", Vec::new()), vec![Token::Comma]].concat());
        }
    }
    for i in list.places(2, &["DISTRIBUTED_AGG"]) {
        if list.is_word(i - 2, "WITH") && list.is(i - 1, &Token::LParen) && list.is(i + 1, &Token::RParen) {
            let key = [vec![Token::Comma], marked_call("distributed_agg", Vec::new())].concat();
            list.replace(i - 2..i + 2, key);
        }
    }
}

/// `FOR JSON PATH, ROOT`: the parser knows `ROOT('name')` only.
pub fn unnamed_roots(list: &mut TokenList) {
    for i in list.places(1, &["JSON"]) {
        if !list.is_word(i - 1, "FOR") || list.is_taken(i) {
            continue;
        }
        let end = list.find(i, |list, at| list.is_any(at, &["OPTION", "FOR"]));
        if list.any(i..end, |list, at| list.is_word(at, "ROOT") && !list.is(at + 1, &Token::LParen)) {
            keep_as_setting(list, i - 1..end, "for_json");
        }
    }
}

/// `a AS N'name'` is `a AS 'name'`.
pub fn national_aliases(list: &mut TokenList) {
    for i in list.places(1, &["AS"]) {
        let Token::NationalStringLiteral(text) = list.token(i + 1) else { continue };
        let text = Token::SingleQuotedString(text.clone());
        if list.clause(i).is_some_and(|clause| list.is_word(clause, "SELECT")) {
            list.replace(i + 1..i + 2, vec![text]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::Family::TSql;
    use crate::sql::dialect::testing::{differ, parses, same};

    #[test]
    fn computed_fetches() {
        let query = |fetch: &str| format!("SELECT a FROM t ORDER BY a OFFSET 2 ROWS FETCH {fetch} ROWS ONLY");
        parses(TSql, &[&query("NEXT (SELECT MAX(b) FROM u)"), &query("FIRST 2 * @n")]);
        differ(TSql, &query("NEXT @n"), &query("NEXT @m"));
        differ(TSql, &query("NEXT (@n + 1)"), &query("NEXT (@n + 2)"));
        differ(TSql, &query("NEXT 7"), &query("APPROXIMATE NEXT 7"));
        differ(TSql, &query("APPROX NEXT 7"), &query("APPROX NEXT 8"));
        parses(TSql, &["SELECT x.a FROM (SELECT a FROM t ORDER BY a OFFSET 0 ROWS FETCH NEXT @n ROWS ONLY) AS x"]);
    }

    #[test]
    fn tops() {
        differ(TSql, "SELECT TOP 2.5 PERCENT a FROM t", "SELECT TOP 2.6 PERCENT a FROM t");
        differ(TSql, "SELECT TOP 2.5 PERCENT a FROM t", "SELECT TOP 2.5 PERCENT WITH TIES a FROM t");
        differ(TSql, "SELECT TOP (3) WITH APPROXIMATE a FROM t", "SELECT TOP (3) a FROM t");
        differ(TSql, "SELECT TOP 3 WITH APPROX * FROM t", "SELECT TOP 4 WITH APPROX * FROM t");
        parses(TSql, &["SELECT DISTINCT TOP (@n) WITH APPROXIMATE a FROM t"]);
    }

    #[test]
    fn group_words() {
        differ(TSql, "SELECT a FROM t GROUP BY ALL a", "SELECT a FROM t GROUP BY a");
        parses(
            TSql,
            &[
                "SELECT a FROM t GROUP BY ALL t.a, b HAVING a > 1",
                "SELECT SUM(a) FROM t GROUP BY ALL ()",
                "SELECT a FROM t GROUP BY ALL ORDER BY a",
            ],
        );
        differ(
            TSql,
            "SELECT a FROM t GROUP BY a WITH (DISTRIBUTED_AGG), b",
            "SELECT a FROM t GROUP BY a, b WITH (DISTRIBUTED_AGG)",
        );
        differ(TSql, "SELECT a FROM t GROUP BY a WITH (DISTRIBUTED_AGG)", "SELECT a FROM t GROUP BY a");
    }

    #[test]
    fn unnamed_roots() {
        differ(TSql, "SELECT a FROM t FOR JSON PATH, ROOT", "SELECT a FROM t FOR JSON AUTO, ROOT");
        differ(TSql, "SELECT a FROM t FOR JSON PATH, ROOT", "SELECT a FROM t FOR JSON PATH");
        parses(TSql, &["SELECT (SELECT a FROM t FOR JSON AUTO, INCLUDE_NULL_VALUES, ROOT) AS j OPTION (RECOMPILE)"]);
    }

    #[test]
    fn national_aliases() {
        same(TSql, "SELECT a AS N'b', CAST(c AS INT) AS d FROM t", "SELECT a AS 'b', CAST(c AS INT) AS d FROM t");
        differ(TSql, "SELECT a AS N'b' FROM t", "SELECT a AS N'c' FROM t");
    }
}
