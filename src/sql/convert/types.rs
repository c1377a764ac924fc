//! Data types under one name per type.

use sqlparser::ast::DataType;

use crate::dialect::{Dialect, Family};
use crate::sql::type_names;

use super::super::tree::Name;

/// The canonical name of a type, in upper case: synonyms that every engine of the dialect treats as one are one.
pub(in crate::sql) fn canonical(data_type: &DataType, dialect: Dialect) -> Name {
    canonical_text(&data_type.to_string(), dialect)
}

/// The type that a cast is made to. Spark's texts have no length there (its cast ignores it, and sqlglot writes STRING).
pub(super) fn cast_target(data_type: &DataType, dialect: Dialect) -> Name {
    let name = canonical(data_type, dialect);
    let has_length = ["VARCHAR(", "CHAR("].iter().any(|text| name.starts_with(text)) && name.ends_with(')');
    let is_spark = matches!(dialect.family, Family::Databricks | Family::Spark | Family::Hive);
    if is_spark && (has_length || &*name == "CHAR") { canonical_text("STRING", dialect) } else { name }
}

/// The same for a type as written.
pub fn canonical_text(text: &str, dialect: Dialect) -> Name {
    let text = text.trim();
    if let Some(nested) = nested(text, dialect) {
        return nested;
    }
    // Values of enumerations and quoted names keep their case.
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '(' | ')' | ',' | '[' | ']');
    let upper = text.to_uppercase();
    let first = upper.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    if !text.chars().all(is_plain) || NESTED.contains(&first) {
        return text.into();
    }
    let (base, rest) = match upper.find('(') {
        Some(at) => upper.split_at(at),
        None => (upper.as_str(), ""),
    };
    let (base, rest) = (base.trim(), rest.replace(' ', ""));
    let count = if rest.is_empty() { 0 } else { rest.split(',').count() };
    let base = type_names::canonical(base, count, dialect);
    if dialect.family == Family::DuckDb && DUCKDB_TEXTS.contains(&base) {
        return "TEXT".into();
    }
    format!("{}{rest}", base_synonym(base, rest.is_empty(), dialect)).into()
}

/// Types with others inside, whose texts are kept where these can't be told.
const NESTED: &[&str] = &["STRUCT", "ROW", "ENUM", "MAP", "TUPLE", "NESTED", "UNION", "OBJECT", "RECORD", "ARRAY"];

/// DuckDB's names of its one type of text, which has no length whatever is written.
const DUCKDB_TEXTS: &[&str] = &[
    "BPCHAR",
    "CHAR",
    "CHARACTER",
    "CHARACTER VARYING",
    "CLOB",
    "LONGVARCHAR",
    "NVARCHAR",
    "STR",
    "STRING",
    "TEXT",
    "VARCHAR",
];

/// `ARRAY<T>`, which is `T[]` and `ARRAY(T)`; `MAP<K, V>`; `STRUCT<name T, …>`, with names as they are written.
fn nested(text: &str, dialect: Dialect) -> Option<Name> {
    if let Some(element) = text.strip_suffix("[]") {
        return Some(format!("ARRAY<{}>", canonical_text(element, dialect)).into());
    }
    let open = text.find(['<', '('])?;
    let (name, inside) = (text.get(..open)?.trim(), text.get(open + 1..)?.strip_suffix(['>', ')'])?);
    let parts = top_level_parts(inside)?;
    let element = |part: &&str| canonical_text(part, dialect).to_string();
    let (name, inside) = match (name.to_uppercase().as_str(), parts.as_slice()) {
        ("ARRAY", [_]) => ("ARRAY", parts.iter().map(element).collect::<Vec<String>>()),
        ("MAP", [_, _]) => ("MAP", parts.iter().map(element).collect()),
        ("STRUCT" | "ROW", _) => ("STRUCT", parts.iter().map(|part| field(part, dialect)).collect::<Option<_>>()?),
        _ => return None,
    };
    Some(format!("{name}<{}>", inside.join(", ")).into())
}

fn field(part: &str, dialect: Dialect) -> Option<String> {
    let (name, data_type) = part.trim().split_once([' ', ':'])?;
    let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let data_type = data_type.trim_start_matches(':').trim();
    is_name.then(|| format!("{name} {}", canonical_text(data_type, dialect)))
}

/// The parts between commas that stand outside of all brackets; nothing where there are texts, or brackets without a partner.
fn top_level_parts(text: &str) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, c) in text.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth = depth.checked_sub(1)?,
            '\'' | '"' | '`' => return None,
            ',' if depth == 0 => {
                parts.push(text.get(start..at)?);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..)?);
    let is_whole = depth == 0 && parts.iter().all(|part| !part.trim().is_empty());
    is_whole.then_some(parts)
}

/// What is one type on the database, beyond what sqlglot takes for one.
fn base_synonym(base: &str, bare: bool, dialect: Dialect) -> &str {
    use Family::*;
    let family = dialect.family;
    let spark = matches!(family, Databricks | Spark | Hive);
    let postgres = matches!(family, Postgres | Redshift | Materialize | RisingWave);
    match base {
        "INT" | "INTEGER" | "BIGINT" | "SMALLINT" | "TINYINT" | "BYTEINT" | "INT64" if family == BigQuery => "INT64",
        "INT8" if family == MySql => "BIGINT",
        "FLOAT" if postgres || family == Snowflake => "DOUBLE",
        "REAL" if spark => "FLOAT",
        "DOUBLE PRECISION" | "FLOAT8" => "DOUBLE",
        "NUMERIC" | "DEC" if family != BigQuery => "DECIMAL",
        _ => text_synonym(base, bare, family),
    }
}

fn text_synonym(base: &str, bare: bool, family: Family) -> &str {
    use Family::*;
    let one_bare = matches!(family, DuckDb | Databricks | Spark | Hive | BigQuery | Snowflake);
    match base {
        "STRING" | "VARCHAR" | "TEXT" | "CHARACTER VARYING" if bare && one_bare => "TEXT",
        "STRING" | "TEXT" | "CHARACTER VARYING" if family == Snowflake => "VARCHAR",
        "CHARACTER VARYING" => "VARCHAR",
        "CHARACTER" => "CHAR",
        other => other,
    }
}

/// Is `DATE '…'` the same as `CAST('…' AS DATE)`? Some engines take the type of a literal from its text, some cast by the
/// session's format.
pub(in crate::sql) fn literal_is_cast(data_type: &DataType, dialect: Dialect) -> bool {
    use Family::*;
    let by_format = matches!(dialect.family, Oracle | Teradata);
    match data_type {
        DataType::Date => !by_format,
        DataType::Timestamp(None, _) | DataType::Datetime(None) | DataType::Time(None, _) => {
            matches!(dialect.family, Postgres | Redshift | Materialize | RisingWave | DuckDb | BigQuery)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synonyms_are_one_type() {
        let check = |dialect: &str, a: &str, b: &str, same: bool| {
            let dialect = Dialect::parse(dialect).expect("a known dialect");
            assert_eq!(canonical_text(a, dialect) == canonical_text(b, dialect), same, "{dialect:?} {a} {b}");
        };
        check("", "integer", "INT", true);
        check("duckdb", "text", "VARCHAR", true);
        check("duckdb", "numeric(10, 2)", "DECIMAL(10,2)", true);
        check("duckdb", "DECIMAL(10,2)", "DECIMAL(10,3)", false);
        check("tsql", "text", "VARCHAR", false);
        check("bigquery", "NUMERIC", "DECIMAL", true);
        check("snowflake", "NUMBER(10, 2)", "DECIMAL(10,2)", true);
        check("snowflake", "STRING(10)", "VARCHAR(10)", true);
        check("snowflake", "INT8", "BIGINT", false);
        check("postgres", "FLOAT4", "REAL", true);
        check("postgres", "FLOAT", "DOUBLE PRECISION", true);
        check("trino", "FLOAT", "DOUBLE", false);
        check("duckdb", "INTEGER[]", "INT[]", true);
        check("duckdb", "ARRAY<INTEGER>", "INT[]", true);
        check("duckdb", "STRUCT(a INTEGER, b MAP<INT, STRING>)", "STRUCT<a INT, b MAP<INT4, TEXT>>", true);
        check("duckdb", "STRUCT(a INT, b INT)", "STRUCT(b INT, a INT)", false);
        check("duckdb", "INT[3]", "INT[]", false);
        check("tsql", "FLOAT", "REAL", false);
        check("mysql", "LONG", "BIGINT", false);
        check("trino", "VARCHAR(5)", "VARCHAR", false);
        check("clickhouse", "Int8", "BIGINT", false);
        check("oracle", "LONG", "BIGINT", false);
        check("snowflake", "TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE", false);
        check("duckdb", "ENUM('a', 'B')", "ENUM('A', 'b')", false);
        check("duckdb", "ENUM('a b')", "ENUM('ab')", false);
        check("duckdb", "STRUCT(a INT)", "STRUCT(A INT)", false);
    }
}
