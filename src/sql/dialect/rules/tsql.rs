//! Syntax that only SQL Server has.

use std::ops::Range;

use sqlparser::tokenizer::Token;

use crate::sql::dialect::tokens::{TokenList, keyword, mark, marked_call};

/// `OPENROWSET(BULK 'f', FORMAT = 'CSV')`: nothing in the brackets names a column, so that they are kept as text.
/// Followed by `WITH (a INT '$.a')` it is read like OPENJSON, and so are OPENXML and OPENJSON with a computed path.
pub fn rowset_functions(list: &mut TokenList) {
    for i in list.places(1, &["OPENROWSET", "OPENXML", "OPENJSON"]) {
        let close = list.close(i + 1);
        if !list.is(i + 1, &Token::LParen) || close >= list.len() || list.is_taken(i) {
            continue;
        }
        let is_rowset = list.is_word(i, "OPENROWSET");
        let inside = if is_rowset { vec![list.text(i + 2..close)] } else { list.copy(i + 2..close) };
        let schema = list.is_word(close + 1, "WITH").then_some(close + 2);
        match schema {
            Some(open) if list.is(open, &Token::LParen) && list.close(open) < list.len() => {
                let comma = list.find(i + 2, |list, at| list.is(at, &Token::Comma));
                let is_plain = matches!(list.token(comma + 1), Token::SingleQuotedString(_)) && comma + 2 == close;
                if !list.is_word(i, "OPENJSON") || comma < close && !is_plain {
                    let name = list.token(i).to_string().to_lowercase();
                    list.replace(i..i + 1, vec![keyword("OPENJSON")]);
                    list.replace(i + 2..close, marked_call(&name, inside));
                }
                plain_columns(list, open + 1..list.close(open));
            }
            // The columns are those of a table.
            Some(table) if list.is_word(i, "OPENXML") && matches!(list.token(table), Token::Word(_)) => {
                let mut end = table + 1;
                while list.is(end, &Token::Period) {
                    end += 2;
                }
                let columns = marked_call("schema", vec![list.text(table..end)]);
                list.replace(close..end, [vec![Token::Comma], columns, vec![Token::RParen]].concat());
            }
            _ if is_rowset => list.replace(i + 2..close, inside),
            _ => {}
        }
    }
}

/// `a VARCHAR(9) COLLATE x 2`: what stands behind the type is its path, which the parser wants to be a text.
fn plain_columns(list: &mut TokenList, columns: Range<usize>) {
    let mut start = columns.start;
    while start < columns.end {
        let end = list.find(start, |list, at| list.is(at, &Token::Comma));
        let has_length = list.is(start + 2, &Token::LParen);
        let behind = if has_length { list.close(start + 2).saturating_add(1) } else { start + 2 };
        let as_json = behind + usize::from(matches!(list.token(behind), Token::SingleQuotedString(_)));
        let is_plain = as_json == end || list.are_words(as_json, &["AS", "JSON"]) && as_json + 2 == end;
        if behind < end && !is_plain {
            let path = list.text(behind..end);
            list.replace(behind..end, vec![path]);
        }
        start = end + 1;
    }
}

/// `WITH XMLNAMESPACES ('u' AS x), a AS (…) SELECT …`: kept as text in a common table expression.
pub fn xml_namespaces(list: &mut TokenList) {
    for i in list.places(1, &["XMLNAMESPACES"]) {
        let close = list.close(i + 1);
        if !list.is_word(i - 1, "WITH") || !list.is(i + 1, &Token::LParen) || close >= list.len() {
            continue;
        }
        let query = vec![keyword("AS"), Token::LParen, keyword("SELECT"), list.text(i + 2..close), Token::RParen];
        list.replace(i..close + 1, [vec![mark("xmlnamespaces")], query].concat());
    }
}

/// `a > = b`, `a ! < b`: comparisons whose signs stand apart.
pub fn split_comparisons(list: &mut TokenList) {
    for i in 1..list.len() {
        let sign = match (list.token(i), list.token(i + 1)) {
            (Token::Lt, Token::Eq) | (Token::ExclamationMark, Token::Gt) => Token::LtEq,
            (Token::Gt, Token::Eq) | (Token::ExclamationMark, Token::Lt) => Token::GtEq,
            (Token::Lt, Token::Gt) | (Token::ExclamationMark, Token::Eq) => Token::Neq,
            _ => continue,
        };
        list.replace(i..i + 2, vec![sign]);
    }
}

/// Hints that are one word.
const HINTS: &[&str] = &[
    "FORCESCAN",
    "FORCESEEK",
    "HOLDLOCK",
    "IGNORE_CONSTRAINTS",
    "IGNORE_TRIGGERS",
    "KEEPDEFAULTS",
    "KEEPIDENTITY",
    "NOEXPAND",
    "NOLOCK",
    "NOWAIT",
    "PAGLOCK",
    "READCOMMITTED",
    "READCOMMITTEDLOCK",
    "READPAST",
    "READUNCOMMITTED",
    "REPEATABLEREAD",
    "ROWLOCK",
    "SERIALIZABLE",
    "SNAPSHOT",
    "TABLOCK",
    "TABLOCKX",
    "UPDLOCK",
    "XLOCK",
];

/// `WITH (HOLDLOCK TABLOCK)`: hints without commas between them.
pub fn spaced_hints(list: &mut TokenList) {
    for i in list.places(1, &["WITH"]) {
        let close = list.close(i + 1);
        if !list.is(i + 1, &Token::LParen) || close >= list.len() || !list.is_among_relations(i) {
            continue;
        }
        if list.all(i + 2..close, |list, at| list.is_any(at, HINTS) || list.is(at, &Token::Comma)) {
            for at in i + 3..close {
                if matches!((list.before(at), list.token(at)), (Token::Word(_), Token::Word(_))) {
                    list.insert(at, vec![Token::Comma]);
                }
            }
        }
    }
}

/// `MINUS` is a name: the set operation is called EXCEPT.
pub fn columns_called_minus(list: &mut TokenList) {
    for i in list.places(1, &["MINUS"]) {
        list.demote(i);
    }
}

/// `PREDICT(MODEL = m, DATA = t AS d) WITH (p FLOAT)`: all columns of the table, and columns that only the model tells.
pub fn predictions(list: &mut TokenList) {
    for i in list.places(1, &["PREDICT"]) {
        let close = list.close(i + 1);
        let data = list.find(i + 2, |list, at| list.is_word(at, "DATA") && list.is(at + 1, &Token::Eq));
        let alias = list.find(data, |list, at| list.is_word(at, "AS"));
        let names_model = list.is_word(i + 2, "MODEL") && list.is(i + 3, &Token::Eq);
        let follows = list.is_any(i - 1, &["FROM", "JOIN", "APPLY"]) && list.is(i + 1, &Token::LParen);
        if !follows || !names_model || close >= list.len() || alias >= close {
            continue;
        }
        let end = if list.is_word(close + 1, "WITH") { list.close(close + 2) } else { close };
        let end = end.saturating_add(1).min(list.len());
        let query = prediction(list, i, data, alias, end);
        list.replace(i..end, query);
    }
}

/// The query that a PREDICT from `i` to `end` stands for. Behind APPLY the table is a relation of the query around it.
fn prediction(list: &TokenList, i: usize, data: usize, alias: usize, end: usize) -> Vec<Token> {
    let comma = list.find(i + 2, |list, at| list.is(at, &Token::Comma));
    let table = list.copy(data + 2..alias);
    let (named, from) = match list.is_word(i - 1, "APPLY") {
        true => (table, Vec::new()),
        false => {
            let from = [vec![keyword("FROM")], table, list.copy(alias..alias + 2)].concat();
            (list.copy(alias + 1..alias + 2), from)
        }
    };
    let columns = [named, vec![Token::Period, Token::Mul]].concat();
    let model =
        [vec![Token::Comma, Token::LParen], list.copy(i + 4..comma), vec![Token::RParen, Token::Comma]].concat();
    let call = marked_call("columns", [columns.clone(), model, vec![list.text(alias..end)]].concat());
    let select = [vec![Token::LParen, keyword("SELECT")], columns, vec![Token::Comma], call].concat();
    [select, from, vec![Token::RParen]].concat()
}
