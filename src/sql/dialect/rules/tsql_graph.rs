//! Graph tables of SQL Server.

use sqlparser::tokenizer::Token;

use crate::sql::dialect::tokens::{TokenList, keyword, mark, marked_call};

/// Words of a pattern that are no relation.
const PATTERN_WORDS: &[&str] = &["AND", "LAST_NODE", "SHORTEST_PATH"];

/// `MATCH(a-(e)->b AND SHORTEST_PATH(a(-(f)->c)+))`: the pattern as a text with a sign in the place of each relation, and the
/// relations as arguments in their order. Which of their columns count isn't written, so that it is all of them.
pub fn patterns(list: &mut TokenList) {
    for i in list.places(1, &["MATCH"]) {
        let close = list.close(i + 1);
        let is_condition = list.is_any(i - 1, &["WHERE", "AND", "OR", "NOT", "ON"]) || list.is(i - 1, &Token::LParen);
        if !list.is(i + 1, &Token::LParen) || close >= list.len() || !is_condition || list.is_taken(i) {
            continue;
        }
        let mut relations = Vec::new();
        let mut text = String::new();
        for token in list.copy(i + 2..close) {
            match &token {
                Token::Word(word) if !PATTERN_WORDS.iter().any(|known| word.value.eq_ignore_ascii_case(known)) => {
                    relations.extend([Token::Comma, token]);
                    text.push('?');
                }
                Token::Word(word) => text.push_str(&format!(" {} ", word.value.to_uppercase())),
                // An arrow may be written in pieces.
                Token::Arrow => text.push_str("->"),
                other => text.push_str(&other.to_string()),
            }
        }
        let call = marked_call("match", [vec![Token::SingleQuotedString(text)], relations].concat());
        list.replace(i..close + 1, call);
    }
}

/// `edges FOR PATH AS e`: read like a version of the table. A query in brackets has it as a setting.
pub fn paths(list: &mut TokenList) {
    for i in list.places(2, &["FOR"]) {
        if !list.are_words(i, &["FOR", "PATH"]) || !list.is_among_relations(i) {
            continue;
        }
        match list.before(i) {
            Token::Word(_) => {
                let version = [keyword("FOR"), keyword("SYSTEM_TIME"), keyword("AS"), keyword("OF")].to_vec();
                list.replace(i..i + 2, [version, marked_call("for_path", Vec::new())].concat());
            }
            Token::RParen => {
                let setting = [keyword("SETTINGS"), mark("for_path"), Token::Eq, list.text(i..i + 2)].to_vec();
                list.insert(i - 1, setting);
                list.replace(i..i + 2, Vec::new());
            }
            _ => {}
        }
    }
}

/// `LAST_VALUE(a.x) WITHIN GROUP (GRAPH PATH)`: the order is that of the path.
pub fn path_orders(list: &mut TokenList) {
    for i in list.places(1, &["GRAPH"]) {
        let in_group = list.is(i - 1, &Token::LParen) && list.is_word(i.wrapping_sub(2), "GROUP");
        if list.are_words(i, &["GRAPH", "PATH"]) && list.is(i + 2, &Token::RParen) && in_group {
            let order = [keyword("ORDER"), keyword("BY")].to_vec();
            list.replace(i..i + 2, [order, marked_call("graph_path", Vec::new())].concat());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::Family::TSql;
    use crate::sql::dialect::testing::{differ, parses, same};

    fn matching(pattern: &str) -> String {
        format!("SELECT p.a FROM person AS p, knows AS k, person AS q WHERE p.b = 1 AND MATCH({pattern})")
    }

    #[test]
    fn patterns() {
        parses(
            TSql,
            &[
                &matching("SHORTEST_PATH(p(-(k)->q){1,3})"),
                &matching("SHORTEST_PATH((p-(k)->)+ LAST_NODE(q)) AND LAST_NODE(p) = LAST_NODE(q)"),
                "SELECT 1 FROM a, e, b WHERE NOT MATCH(a - (e) - > b) OR MATCH(a < - (e) - b)",
            ],
        );
        differ(TSql, &matching("p-(k)->q"), &matching("q-(k)->p"));
        differ(TSql, &matching("p-(k)->q"), &matching("p<-(k)-q"));
        differ(TSql, &matching("p-(k)->q"), &matching("p-(k)->q AND q-(k)->p"));
        differ(TSql, &matching("SHORTEST_PATH(p(-(k)->q){1,3})"), &matching("SHORTEST_PATH(p(-(k)->q){1,4})"));
        same(TSql, &matching("p-(k)->q"), &matching("p - (k) - > q"));
    }

    #[test]
    fn paths() {
        let query = |path: &str| format!("SELECT a.x FROM n AS a, e {path} AS k, n FOR PATH AS b");
        differ(TSql, &query("FOR PATH"), &query(""));
        differ(TSql, "SELECT a FROM (SELECT a FROM t) FOR PATH AS b", "SELECT a FROM (SELECT a FROM t) AS b");
        parses(TSql, &["SELECT a FROM t FOR XML PATH"]);
    }

    #[test]
    fn path_orders() {
        let query = |order: &str| format!("SELECT STRING_AGG(a, ',') WITHIN GROUP ({order}) FROM t");
        differ(TSql, &query("GRAPH PATH"), &query("ORDER BY a"));
    }
}
