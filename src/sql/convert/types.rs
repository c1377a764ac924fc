//! Data types under one name per type.

use sqlparser::ast::DataType;

use crate::dialect::{Dialect, Family};

use super::super::tree::Name;

/// The canonical name of a type, in upper case: synonyms that every engine of the dialect treats as one are one.
pub(in crate::sql) fn canonical(data_type: &DataType, dialect: Dialect) -> Name {
    canonical_text(&data_type.to_string(), dialect)
}

/// The same for a type as written.
pub fn canonical_text(text: &str, dialect: Dialect) -> Name {
    let text = text.trim();
    // Names of fields, values of enumerations and quoted names keep their case.
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '(' | ')' | ',' | '[' | ']');
    let upper = text.to_uppercase();
    let nested = ["STRUCT", "ROW", "ENUM", "MAP", "TUPLE", "NESTED", "UNION", "OBJECT", "RECORD", "ARRAY", "VARIANT"];
    if !text.chars().all(is_plain) || nested.iter().any(|word| upper.starts_with(word)) {
        return text.into();
    }
    let (base, rest) = match upper.find('(') {
        Some(at) => upper.split_at(at),
        None => (upper.as_str(), ""),
    };
    let rest = rest.replace(' ', "");
    format!("{}{rest}", base_synonym(base.trim(), rest.is_empty(), dialect)).into()
}

fn base_synonym(base: &str, bare: bool, dialect: Dialect) -> &str {
    use Family::*;
    let text_types_are_one = matches!(dialect.family, DuckDb | Databricks | Spark | Hive | BigQuery);
    let like_postgres = matches!(dialect.family, Postgres | Redshift | Materialize | RisingWave | DuckDb);
    let zoneless = like_postgres || matches!(dialect.family, Trino | Presto | Athena | Generic);
    // There `Int8` has eight bits, elsewhere bytes are counted.
    let counts_bits = dialect.family == ClickHouse;
    match base {
        "INT" | "INTEGER" | "BIGINT" | "SMALLINT" | "TINYINT" | "BYTEINT" | "INT64" if dialect.family == BigQuery => {
            "INT64"
        }
        "INTEGER" | "INT4" if !counts_bits => "INT",
        "INT8" | "INT2" if counts_bits => base,
        "INT8" => "BIGINT",
        "INT2" => "SMALLINT",
        "LONG" if matches!(dialect.family, Spark | Databricks | Hive | DuckDb) => "BIGINT",
        "SHORT" if matches!(dialect.family, Spark | Databricks | Hive | DuckDb) => "SMALLINT",
        "BOOL" => "BOOLEAN",
        "DOUBLE PRECISION" | "FLOAT8" => "DOUBLE",
        "CHARACTER VARYING" => "VARCHAR",
        "CHARACTER" => "CHAR",
        "NUMERIC" | "DEC" if dialect.family != BigQuery => "DECIMAL",
        "STRING" | "VARCHAR" | "TEXT" if bare && text_types_are_one => "TEXT",
        "VARCHAR" | "TEXT" | "STRING" if bare && dialect.family == Snowflake => "TEXT",
        "TIMESTAMP WITHOUT TIME ZONE" if zoneless => "TIMESTAMP",
        "TIMESTAMP WITH TIME ZONE" => "TIMESTAMPTZ",
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
        check("bigquery", "NUMERIC", "DECIMAL", false);
        check("clickhouse", "Int8", "BIGINT", false);
        check("oracle", "LONG", "BIGINT", false);
        check("snowflake", "TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE", false);
        check("duckdb", "ENUM('a', 'B')", "ENUM('A', 'b')", false);
        check("duckdb", "ENUM('a b')", "ENUM('ab')", false);
        check("duckdb", "STRUCT(a INT)", "STRUCT(A INT)", false);
    }
}
