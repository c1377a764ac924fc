//! Data types under one name per type.

use sqlparser::ast::DataType;

use crate::dialect::{Dialect, Family};

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
    // Names of fields, values of enumerations and quoted names keep their case.
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '(' | ')' | ',' | '[' | ']');
    let upper = text.to_uppercase();
    let nested = ["STRUCT", "ROW", "ENUM", "MAP", "TUPLE", "NESTED", "UNION", "OBJECT", "RECORD", "ARRAY", "VARIANT"];
    if !text.chars().all(is_plain) || nested.iter().any(|word| upper.starts_with(word)) {
        return text.into();
    }
    let element = upper.trim_end_matches("[]");
    if let Some(brackets) = upper.strip_prefix(element).filter(|brackets| !brackets.is_empty()) {
        return format!("{}{brackets}", canonical_text(element, dialect)).into();
    }
    let (base, rest) = match upper.find('(') {
        Some(at) => upper.split_at(at),
        None => (upper.as_str(), ""),
    };
    let rest = rest.replace(' ', "");
    if dialect.family == Family::DuckDb && DUCKDB_TEXTS.contains(&base.trim()) {
        return "TEXT".into();
    }
    format!("{}{rest}", base_synonym(base.trim(), rest.is_empty(), dialect)).into()
}

/// DuckDB's names of its one type of text, which has no length whatever is written.
const DUCKDB_TEXTS: &[&str] =
    &["BPCHAR", "CHAR", "CHARACTER", "CHARACTER VARYING", "NVARCHAR", "STRING", "TEXT", "VARCHAR"];

/// What sqlglot and the engine both take for one type.
fn base_synonym(base: &str, bare: bool, dialect: Dialect) -> &str {
    use Family::*;
    let family = dialect.family;
    let spark = matches!(family, Databricks | Spark | Hive);
    let postgres = matches!(family, Postgres | Redshift | Materialize | RisingWave);
    let zoneless = postgres || matches!(family, DuckDb | Trino | Presto | Athena | Generic);
    // There `Int8` has eight bits, elsewhere bytes are counted.
    let counts_bits = family == ClickHouse;
    match base {
        "INT" | "INTEGER" | "BIGINT" | "SMALLINT" | "TINYINT" | "BYTEINT" | "INT64" if family == BigQuery => "INT64",
        "INTEGER" | "INT4" if !counts_bits => "INT",
        "INT8" if postgres || matches!(family, DuckDb | MySql) => "BIGINT",
        "INT2" if !counts_bits => "SMALLINT",
        "LONG" if spark || family == DuckDb => "BIGINT",
        "SHORT" if spark || family == DuckDb => "SMALLINT",
        "BYTE" if spark => "TINYINT",
        "HUGEINT" if family == DuckDb => "INT128",
        "BOOL" => "BOOLEAN",
        "LOGICAL" if family == DuckDb => "BOOLEAN",
        "FLOAT" if postgres || family == Snowflake => "DOUBLE",
        "FLOAT4" if postgres => "REAL",
        "FLOAT" | "FLOAT4" if family == DuckDb => "REAL",
        "REAL" if spark => "FLOAT",
        "DOUBLE PRECISION" | "FLOAT8" => "DOUBLE",
        "DECIMAL" | "DEC" if family == BigQuery => "NUMERIC",
        "BIGDECIMAL" if family == BigQuery => "BIGNUMERIC",
        "NUMERIC" | "DEC" if family != BigQuery => "DECIMAL",
        "NUMBER" if family == Snowflake => "DECIMAL",
        "TIMESTAMP WITH TIME ZONE" => "TIMESTAMPTZ",
        "TIMESTAMP WITHOUT TIME ZONE" | "DATETIME" if family == DuckDb => "TIMESTAMP",
        "TIMESTAMP WITHOUT TIME ZONE" if zoneless => "TIMESTAMP",
        "TIME WITHOUT TIME ZONE" if zoneless => "TIME",
        "TIMESTAMP_TZ" if family == Snowflake => "TIMESTAMPTZ",
        "TIMESTAMPNTZ" if family == Snowflake => "TIMESTAMP_NTZ",
        "TIMESTAMPLTZ" if family == Snowflake => "TIMESTAMP_LTZ",
        "BINARY" | "VARBINARY" | "BYTEA" if family == DuckDb => "BLOB",
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
        check("clickhouse", "Int8", "BIGINT", false);
        check("oracle", "LONG", "BIGINT", false);
        check("snowflake", "TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE", false);
        check("duckdb", "ENUM('a', 'B')", "ENUM('A', 'b')", false);
        check("duckdb", "ENUM('a b')", "ENUM('ab')", false);
        check("duckdb", "STRUCT(a INT)", "STRUCT(A INT)", false);
    }
}
