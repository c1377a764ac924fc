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
    let upper = text.trim().to_uppercase();
    let (base, rest) = match upper.find('(') {
        Some(at) if !upper.starts_with("STRUCT") => upper.split_at(at),
        _ => (upper.as_str(), ""),
    };
    let rest = rest.replace(' ', "");
    format!("{}{rest}", base_synonym(base.trim(), rest.is_empty(), dialect)).into()
}

fn base_synonym(base: &str, bare: bool, dialect: Dialect) -> &str {
    use Family::*;
    let text_types_are_one = matches!(dialect.family, DuckDb | Generic | Databricks | Spark | Hive | BigQuery);
    match base {
        "INT" | "INTEGER" | "BIGINT" | "SMALLINT" | "TINYINT" | "BYTEINT" | "INT64" if dialect.family == BigQuery => {
            "INT64"
        }
        "INTEGER" | "INT4" => "INT",
        "INT8" | "LONG" => "BIGINT",
        "INT2" | "SHORT" => "SMALLINT",
        "BOOL" => "BOOLEAN",
        "DOUBLE PRECISION" | "FLOAT8" => "DOUBLE",
        "CHARACTER VARYING" => "VARCHAR",
        "CHARACTER" => "CHAR",
        "NUMERIC" | "DEC" if dialect.family != BigQuery => "DECIMAL",
        "STRING" | "VARCHAR" | "TEXT" if bare && text_types_are_one => "TEXT",
        "VARCHAR" | "TEXT" | "STRING" if bare && dialect.family == Snowflake => "TEXT",
        "TIMESTAMP WITHOUT TIME ZONE" => "TIMESTAMP",
        "TIMESTAMP WITH TIME ZONE" => "TIMESTAMPTZ",
        other => other,
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
    }
}
