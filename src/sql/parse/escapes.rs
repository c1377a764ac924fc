//! What backslashes in texts stand for.
//!
//! In: the tokens of a text as the parser's lexer made them. Out: the same with the values of texts that have backslashes read
//! again, by the rules of the engine. The lexer knows one list for all and drops the backslash before whatever isn't in it, so
//! that `'10\%'` would be `'10%'` and `'\x41'` would be `'x41'`.

use std::str::Chars;

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::Offsets;
use crate::dialect::Family;

/// Reads the texts with backslashes again.
pub fn reread(tokens: &mut [TokenWithSpan], sql: &str, offsets: &Offsets, family: Family) {
    for token in tokens {
        let (value, width) = match &mut token.token {
            Token::SingleQuotedString(value)
            | Token::DoubleQuotedString(value)
            | Token::NationalStringLiteral(value) => (value, 1),
            Token::TripleSingleQuotedString(value) | Token::TripleDoubleQuotedString(value) => (value, 3),
            _ => continue,
        };
        let source = offsets.range(token.span).and_then(|range| sql.get(range));
        let body = source.and_then(|source| body(source, width));
        if let Some((body, quote)) = body.filter(|(body, _)| body.contains('\\')) {
            *value = unescape(body, (width == 1).then_some(quote), family);
        }
    }
}

/// What stands between the quotes, and which quotes these are.
fn body(source: &str, width: usize) -> Option<(&str, char)> {
    let start = source.find(['\'', '"'])?;
    let quote = source.get(start..)?.chars().next()?;
    Some((source.get(start + width..source.len().checked_sub(width)?)?, quote))
}

/// The value of a text. Doubled quotes are one, if it stands between single ones.
fn unescape(body: &str, doubled: Option<char>, family: Family) -> String {
    let mut value = String::with_capacity(body.len());
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            let rest = chars.as_str();
            if let Some((decoded, length)) = numbered(rest, family) {
                value.push(decoded);
                chars = skip(rest, length);
            } else if let Some(next) = chars.next() {
                single(next, family, &mut value);
            } else {
                value.push(c);
            }
        } else {
            value.push(c);
            if Some(c) == doubled && chars.as_str().starts_with(c) {
                chars.next();
            }
        }
    }
    value
}

fn skip(text: &str, length: usize) -> Chars<'_> {
    text.get(length..).unwrap_or("").chars()
}

/// A character given by its number, and how many letters behind the backslash say it.
fn numbered(rest: &str, family: Family) -> Option<(char, usize)> {
    use Family::*;
    let first = rest.chars().next()?;
    let (prefix, least, most, radix) = match (family, first) {
        (BigQuery, 'x' | 'X') | (Snowflake | ClickHouse, 'x') => (1, 2, 2, 16),
        (Redshift, 'x') => (1, 1, 2, 16),
        (BigQuery | Snowflake | Spark | Databricks | Hive, 'u') => (1, 4, 4, 16),
        (BigQuery | Spark | Databricks, 'U') => (1, 8, 8, 16),
        (BigQuery | Snowflake, '0'..='7') | (Spark | Databricks | Hive, '0' | '1') => (0, 3, 3, 8),
        (Redshift, '0'..='7') => (0, 1, 3, 8),
        _ => return None,
    };
    let digits = rest.get(prefix..)?;
    let count = digits.chars().take(most).take_while(|c| c.is_digit(radix)).count();
    let digits = digits.get(..count).filter(|_| count >= least)?;
    let code = u32::from_str_radix(digits, radix).ok()?;
    Some((char::from_u32(code)?, prefix + count))
}

/// A backslash and one character.
fn single(next: char, family: Family, value: &mut String) {
    use Family::*;
    let (named, plain) = match family {
        BigQuery => ("abfnrtv", "\\?\"'`"),
        Snowflake => ("bfnrt0", ""),
        Spark | Databricks | Hive | MySql | Doris | StarRocks => ("bnrt0Z", ""),
        ClickHouse => ("abefnrtv0", "\\'\"`/="),
        Redshift => ("bfnrt", ""),
        // Whether a backslash is one of these escapes depends on what runs the text.
        _ => ("", ""),
    };
    let keeps_others = matches!(family, BigQuery | ClickHouse) || named.is_empty();
    let is_wildcard = matches!(family, Spark | Databricks | Hive | MySql | Doris | StarRocks) && "%_".contains(next);
    let decoded = named.contains(next).then(|| control(next)).flatten();
    if decoded.is_none() && (is_wildcard || keeps_others && !plain.contains(next)) {
        value.push('\\');
    }
    value.push(decoded.unwrap_or(next));
}

fn control(letter: char) -> Option<char> {
    Some(match letter {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'e' => '\u{1b}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        'Z' => '\u{1a}',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    /// The value of the only text that a query selects.
    fn value(text: &str, family: Family) -> String {
        let tree = crate::sql::query(&format!("SELECT {text}"), Dialect::new(family)).expect("a query");
        format!("{tree:?}")
    }

    #[test]
    fn escapes_of_each_family() {
        let cases = [
            (Family::BigQuery, r"\x41\101\u0041\U00000041\v\?", "AAAA\u{b}?"),
            (Family::Snowflake, r"\x41\101\u0041\0\%\v", "AAA\0%v"),
            (Family::Spark, r"\101\u0041\U00000041\0\Z\%\_\x41", "AAA\0\u{1a}\\%\\_x41"),
            (Family::Hive, r"\u0041\U00000041", "AU00000041"),
            (Family::MySql, r"\0\Z\%\_\f\x41", "\0\u{1a}\\%\\_fx41"),
            (Family::ClickHouse, r"\x41\e\%\/\'", "A\u{1b}\\%/'"),
            (Family::Redshift, r"\x41\101\%", "AA%"),
            (Family::Athena, r"\n\%", "\\n\\%"),
        ];
        for (family, escaped, expected) in cases {
            assert_eq!(unescape(escaped, Some('\''), family), expected, "{family:?}");
        }
    }

    #[test]
    fn what_is_cut_off_stays() {
        assert_eq!(unescape(r"\x4", Some('\''), Family::BigQuery), r"\x4");
        assert_eq!(unescape(r"\u00é1", Some('\''), Family::Spark), "u00é1");
        assert_eq!(unescape(r"\ud800", Some('\''), Family::Spark), "ud800");
        assert_eq!(unescape("\\", Some('\''), Family::Spark), "\\");
    }

    #[test]
    fn doubled_quotes_are_one_between_single_ones_only() {
        assert_eq!(unescape(r#"a''\\"""#, Some('\''), Family::Spark), r#"a'\"""#);
        assert_eq!(unescape(r"a''\\", None, Family::BigQuery), r"a''\");
    }

    #[test]
    fn trees_tell_texts_apart() {
        use Family::*;
        for family in [BigQuery, Spark, Databricks, Hive, ClickHouse, MySql, Doris, StarRocks, Athena] {
            assert_ne!(value(r"'10\%'", family), value("'10%'", family), "{family:?}");
        }
        for family in [BigQuery, Snowflake, Spark, Databricks, Hive] {
            assert_ne!(value(r"'\u0041'", family), value("'u0041'", family), "{family:?}");
        }
        assert_ne!(value(r"'''\x41'''", BigQuery), value("'''x41'''", BigQuery));
        assert_ne!(value(r#""\x41""#, BigQuery), value(r#""x41""#, BigQuery));
        assert_ne!(value(r"N'\%'", MySql), value("N'%'", MySql));
    }
}
