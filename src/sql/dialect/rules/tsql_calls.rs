//! Calls of SQL Server with words between their arguments.

use sqlparser::tokenizer::Token;

use crate::sql::dialect::tokens::{TokenList, mark, marked_call, prefix_mark};

/// `PARSE(x AS MONEY USING 'de-DE')`: a call with the type as a text, as how it reads a text is up to the culture.
pub fn parsed_texts(list: &mut TokenList) {
    for i in list.places(0, &["PARSE", "TRY_PARSE"]) {
        let close = list.close(i + 1);
        if !list.is(i + 1, &Token::LParen) || close >= list.len() {
            continue;
        }
        let of = list.find(i + 2, |list, at| list.is_word(at, "AS"));
        let culture = list.find(of, |list, at| list.is_word(at, "USING")).min(close);
        if of >= close || of == i + 2 || culture <= of + 1 {
            continue;
        }
        let data_type = match list.text(of + 1..culture) {
            Token::SingleQuotedString(text) => Token::SingleQuotedString(text.to_uppercase()),
            other => other,
        };
        let name = list.token(i).to_string().to_lowercase();
        list.replace(i..i + 1, vec![mark(&name)]);
        list.replace(of..culture, vec![Token::Comma, data_type]);
        if culture < close {
            list.replace(culture..culture + 1, vec![Token::Comma]);
        }
    }
}

/// `AI_GENERATE_EMBEDDINGS(x USE MODEL m PARAMETERS p)`: the model, which is no relation, becomes a marked argument.
pub fn used_models(list: &mut TokenList) {
    for i in list.places(3, &["USE"]) {
        let end = list.find(i, |list, at| list.is_word(at, "PARAMETERS"));
        let in_call = list.outer(i).is_some_and(|open| matches!(list.before(open), Token::Word(_)));
        if !list.are_words(i, &["USE", "MODEL"]) || !in_call || end <= i + 2 || end >= list.len() {
            continue;
        }
        let model = marked_call("model", vec![list.text(i + 2..end)]);
        list.replace(i..end, [vec![Token::Comma], model].concat());
        if list.is_word(end, "PARAMETERS") {
            list.replace(end..end + 1, vec![Token::Comma]);
        }
    }
}

/// `CONTAINS(a, 'x', LANGUAGE 1033)`: the word becomes a prefix of the number.
pub fn numbered_languages(list: &mut TokenList) {
    for i in list.places(1, &["LANGUAGE"]) {
        let is_number = matches!(list.token(i + 1), Token::Number(..) | Token::HexStringLiteral(_));
        if is_number && list.is(i - 1, &Token::Comma) {
            list.replace(i..i + 1, vec![prefix_mark("language")]);
        }
    }
}

/// `{ts '2024-01-01 00:00:00'}`, `{fn CURRENT_TIME}`: escapes of ODBC; those that look like calls are left to the parser.
pub fn escapes(list: &mut TokenList) {
    for i in 0..list.len() {
        let close = list.close(i);
        if !list.is(i, &Token::LBrace) || close >= list.len() || close <= i + 2 {
            continue;
        }
        let is_text = matches!(list.token(i + 2), Token::SingleQuotedString(_) | Token::NationalStringLiteral(_));
        let is_literal = list.is_any(i + 1, &["D", "GUID", "T", "TS"]) && is_text && close == i + 3;
        let is_call = list.is(i + 3, &Token::LParen) && !list.is_word(i + 2, "EXTRACT");
        if is_literal || list.is_word(i + 1, "FN") && !is_call {
            let kind = list.token(i + 1).to_string().to_lowercase();
            list.replace(i..i + 2, vec![mark(&format!("odbc_{kind}")), Token::LParen]);
            list.replace(close..close + 1, vec![Token::RParen]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::Family::TSql;
    use crate::sql::dialect::testing::{differ, parses, same};

    #[test]
    fn parsed_texts() {
        parses(TSql, &["SELECT CASE WHEN TRY_PARSE(a AS DECIMAL(9, 2)) IS NULL THEN 1 END FROM t"]);
        differ(TSql, "SELECT PARSE(a AS INT)", "SELECT PARSE(a AS BIGINT)");
        differ(TSql, "SELECT PARSE(a AS INT)", "SELECT TRY_PARSE(a AS INT)");
        differ(TSql, "SELECT PARSE(a AS DATE)", "SELECT CAST(a AS DATE)");
        differ(TSql, "SELECT PARSE(a AS DATE USING 'de-DE')", "SELECT PARSE(a AS DATE USING 'en-GB')");
        differ(TSql, "SELECT PARSE(a AS DATE USING b)", "SELECT PARSE(a AS DATE)");
        same(TSql, "SELECT PARSE(a AS money)", "SELECT PARSE(a AS MONEY)");
    }

    #[test]
    fn used_models() {
        let call = |rest: &str| format!("SELECT AI_GENERATE_EMBEDDINGS(a USE MODEL {rest}) AS e FROM t");
        differ(TSql, &call("m"), &call("n"));
        differ(TSql, &call("m PARAMETERS b"), &call("m PARAMETERS c"));
        differ(TSql, &call("m PARAMETERS b"), &call("m"));
    }

    #[test]
    fn numbered_languages() {
        let query = |language: &str| format!("SELECT a FROM t WHERE CONTAINS((a, b), 'x', {language})");
        differ(TSql, &query("LANGUAGE 1031"), &query("LANGUAGE 1033"));
        differ(TSql, &query("LANGUAGE 1031"), &query("1031"));
        parses(TSql, &[&query("LANGUAGE 0x407")]);
    }

    #[test]
    fn escapes() {
        differ(TSql, "SELECT {d '2024-01-01'}", "SELECT {ts '2024-01-01'}");
        differ(TSql, "SELECT {d '2024-01-01'}", "SELECT {d '2024-01-02'}");
        differ(TSql, "SELECT {fn CURRENT_TIME}", "SELECT {fn CURRENT_TIMESTAMP}");
        parses(TSql, &["SELECT {fn EXTRACT(HOUR FROM a)}, {fn UCASE(b)} FROM t"]);
    }
}
