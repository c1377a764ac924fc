//! Values of variables: as SQL, and as the text that takes their place inside strings and names.
//!
//! In: JSON from the configuration or SQL text. Out: the text that SQLMesh (`exp.convert`, `convert_sql`) and
//! sqlglot's generator for the dialect make of it.

use serde_json::Value as Json;

use crate::dialect::{Dialect, Family};
use crate::lex::{Token, TokenKind, identifier_text, lex_code, string_value};

/// How deep lists and dictionaries may nest.
const MAX_DEPTH: usize = 32;

/// The SQL of a value. A variable's list is a tuple where it stands for itself and an array everywhere else.
pub(super) fn json_sql(value: &Json, dialect: Dialect, as_tuple: bool) -> Option<String> {
    match value {
        Json::Array(items) if as_tuple => Some(format!("({})", list(items, dialect, 0)?)),
        _ => convert(value, dialect, 0),
    }
}

/// The text that a value becomes inside a string or a name.
pub(super) fn json_text(value: &Json, dialect: Dialect) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(true) if writes_booleans_as_numbers(dialect) => Some("(1 = 1)".to_owned()),
        Json::Bool(false) if writes_booleans_as_numbers(dialect) => Some("(1 = 0)".to_owned()),
        _ => convert(value, dialect, 0),
    }
}

/// The text that SQL becomes inside a string or a name: a name or string without its quotes, other SQL as it is.
pub(super) fn sql_text(sql: &str, dialect: Dialect) -> String {
    plain_name(sql, dialect).unwrap_or_else(|| sql.trim().to_owned())
}

/// Is the text that SQL becomes the same however it is formatted?
pub(super) fn has_certain_text(sql: &str, dialect: Dialect) -> bool {
    let tokens = lex_code(sql, dialect.lexical());
    let is_number =
        matches!(tokens.as_slice(), [sign, number] if sign.is_symbol('-') && number.kind == TokenKind::Number);
    tokens.len() <= 1 || is_number || is_dotted(&tokens)
}

/// The value of a single string or identifier.
fn plain_name(sql: &str, dialect: Dialect) -> Option<String> {
    let tokens = lex_code(sql, dialect.lexical());
    let [token] = tokens.as_slice() else { return None };
    match token.kind {
        TokenKind::Word | TokenKind::QuotedIdentifier => Some(identifier_text(token, sql).0),
        TokenKind::String => Some(string_value(token, sql, dialect.lexical())),
        TokenKind::Number | TokenKind::Comment | TokenKind::Symbol(_) => None,
    }
}

/// sqlglot's `Expression.name` of an argument: what it adds to a name inside a lambda. `None` where that isn't certain.
pub(super) fn argument_name(sql: &str, dialect: Dialect) -> Option<String> {
    let tokens = lex_code(sql, dialect.lexical());
    let (last, before) = tokens.split_last()?;
    if before.is_empty() && last.kind == TokenKind::Number {
        return Some(last.text(sql).to_owned());
    }
    if before.is_empty() {
        // Nodes of their own, which have no name; but a NULL has.
        let is_boolean = ["true", "false"].iter().any(|word| last.is_word(sql, word));
        return if is_boolean { Some(String::new()) } else { plain_name(sql, dialect) };
    }
    let is_negative_number = matches!(before, [sign] if sign.is_symbol('-')) && last.kind == TokenKind::Number;
    (is_negative_number || is_dotted(&tokens)).then(|| identifier_text(last, sql).0)
}

/// `a.b.c`
pub(super) fn is_dotted(tokens: &[Token]) -> bool {
    let is_name = |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier);
    tokens.len() % 2 == 1
        && tokens.iter().enumerate().all(|(index, token)| match index % 2 {
            0 => is_name(token),
            _ => token.is_symbol('.'),
        })
}

/// A string literal.
pub(super) fn string_literal(text: &str, dialect: Dialect) -> String {
    let quote = if escapes_quotes_with_backslash(dialect) { "\\'" } else { "''" };
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('\'');
    for c in text.chars() {
        match c {
            '\'' => literal.push_str(quote),
            '\\' if dialect.lexical().backslash_escapes => literal.push_str("\\\\"),
            '\n' if dialect.lexical().backslash_escapes => literal.push_str("\\n"),
            _ => literal.push(c),
        }
    }
    literal.push('\'');
    literal
}

/// An identifier in the dialect's quotes.
pub(super) fn quoted_identifier(name: &str, dialect: Dialect) -> String {
    let (open, close) = dialect.lexical().identifier_quotes.first().copied().unwrap_or(('"', '"'));
    format!("{open}{}{close}", name.replace(close, &format!("{close}{close}")))
}

/// An identifier, quoted if it must be: sqlglot's `to_identifier`.
pub(super) fn identifier(name: &str, dialect: Dialect) -> String {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts_well && name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        name.to_owned()
    } else {
        quoted_identifier(name, dialect)
    }
}

fn escapes_quotes_with_backslash(dialect: Dialect) -> bool {
    use Family::*;
    matches!(dialect.family, BigQuery | Databricks | Hive | Redshift | Snowflake | Spark)
}

fn writes_booleans_as_numbers(dialect: Dialect) -> bool {
    matches!(dialect.family, Family::Fabric | Family::TSql)
}

fn convert(value: &Json, dialect: Dialect, depth: usize) -> Option<String> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match value {
        Json::Null => "NULL".to_owned(),
        Json::Bool(value) if writes_booleans_as_numbers(dialect) => u8::from(*value).to_string(),
        Json::Bool(true) => "TRUE".to_owned(),
        Json::Bool(false) => "FALSE".to_owned(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => string_literal(text, dialect),
        Json::Array(items) => array(&list(items, dialect, depth)?, dialect),
        Json::Object(entries) => {
            let keys: Vec<String> = entries.keys().map(|key| string_literal(key, dialect)).collect();
            let values: Option<Vec<String>> =
                entries.values().map(|value| convert(value, dialect, depth + 1)).collect();
            map(&keys, &values?, dialect)
        }
    })
}

fn list(items: &[Json], dialect: Dialect, depth: usize) -> Option<String> {
    let items: Option<Vec<String>> = items.iter().map(|item| convert(item, dialect, depth + 1)).collect();
    Some(items?.join(", "))
}

fn array(items: &str, dialect: Dialect) -> String {
    use Family::*;
    match dialect.family {
        BigQuery | ClickHouse | DuckDb | Snowflake | StarRocks => format!("[{items}]"),
        Athena | Materialize | Postgres | Presto | RisingWave | Trino => format!("ARRAY[{items}]"),
        Generic | Databricks | Doris | Fabric | Hive | MySql | Oracle | Redshift | Spark | Sqlite | Teradata | TSql => {
            format!("ARRAY({items})")
        }
    }
}

fn map(keys: &[String], values: &[String], dialect: Dialect) -> String {
    let pairs = || {
        let pairs = keys.iter().zip(values).map(|(key, value)| format!("{key}, {value}"));
        pairs.collect::<Vec<_>>().join(", ")
    };
    let arrays = || {
        let (keys, values) = (keys.join(", "), values.join(", "));
        format!("{}, {}", array(&keys, dialect), array(&values, dialect))
    };
    match dialect.family {
        Family::ClickHouse => format!("map({})", pairs()),
        Family::Hive => format!("MAP({})", pairs()),
        Family::Snowflake => format!("OBJECT_CONSTRUCT({})", pairs()),
        Family::Databricks | Family::Spark => format!("MAP_FROM_ARRAYS({})", arrays()),
        Family::Doris => format!("ARRAY_MAP({})", arrays()),
        _ => format!("MAP({})", arrays()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn dialect(name: &str) -> Dialect {
        Dialect::parse(name).expect("a known dialect")
    }

    /// Recorded from `SELECT @v` rendered by SQLMesh with the variable `v`.
    #[test]
    fn values_are_written_as_sqlglot_writes_them() {
        let check = |name: &str, value: Json, expected: &str| {
            assert_eq!(json_sql(&value, dialect(name), true).as_deref(), Some(expected), "{name}");
        };
        check("", json!("it's"), "'it''s'");
        check("bigquery", json!("it's \\ \n x"), r"'it\'s \\ \n x'");
        check("mysql", json!("it's \\"), r"'it''s \\'");
        check("snowflake", json!("it's"), r"'it\'s'");
        check("", json!([1, "a"]), "(1, 'a')");
        check("", json!({"a": 1}), "MAP(ARRAY('a'), ARRAY(1))");
        check("duckdb", json!({"a": 1, "b": [1, 2]}), "MAP(['a', 'b'], [1, [1, 2]])");
        check("clickhouse", json!({"a": 1}), "map('a', 1)");
        check("snowflake", json!({"a": [1]}), "OBJECT_CONSTRUCT('a', [1])");
        check("", json!(true), "TRUE");
        check("tsql", json!(true), "1");
        check("", json!(null), "NULL");
        check("", json!(1.5), "1.5");
        check("", json!(-1), "-1");
    }

    #[test]
    fn names_lose_their_quotes_inside_strings() {
        assert_eq!(sql_text("'a b'", dialect("")), "a b");
        assert_eq!(sql_text("\"Q q\"", dialect("")), "Q q");
        assert_eq!(sql_text("t.c", dialect("")), "t.c");
        assert_eq!(argument_name("t.c", dialect("")).as_deref(), Some("c"));
        assert_eq!(argument_name("-1", dialect("")).as_deref(), Some("1"));
        assert_eq!(argument_name("f(x)", dialect("")), None);
    }

    #[test]
    fn unsafe_names_are_quoted() {
        assert_eq!(identifier("a_1", dialect("")), "a_1");
        assert_eq!(identifier("1", dialect("")), "\"1\"");
        assert_eq!(identifier("i\"nt x", dialect("")), "\"i\"\"nt x\"");
        assert_eq!(identifier("a b", dialect("bigquery")), "`a b`");
    }
}
