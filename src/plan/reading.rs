//! What sqlglot makes of one and the same text in different dialects, beyond its functions.
//!
//! Only seen when a model's dialect changes, or where spellings of a type fall together in one dialect and not in
//! another. The tables are those of sqlglot 30.8 (`NULL_ORDERING`, `TYPED_DIVISION`, `SAFE_DIVISION`, the tokenizers'
//! and parsers' types).

use std::borrow::Cow;

use crate::dialect::{Dialect, Family};

/// Whether NULLs come first where the query doesn't say.
pub(super) fn nulls_first(dialect: Dialect, descending: bool) -> bool {
    use Family::*;
    match dialect.family {
        ClickHouse | DuckDb | Presto | Trino => false,
        Materialize | Oracle | Postgres | Redshift | RisingWave | Snowflake => descending,
        _ => !descending,
    }
}

/// How a division is marked: whether it keeps whole numbers whole, and whether dividing by zero gives NULL.
pub(super) fn division(dialect: Dialect) -> (bool, bool) {
    use Family::*;
    let typed = matches!(
        dialect.family,
        Fabric | Materialize | Postgres | Presto | Redshift | RisingWave | Sqlite | Teradata | Trino | TSql
    );
    let safe = matches!(dialect.family, ClickHouse | Doris | DuckDb | Hive | MySql | Spark | Sqlite | StarRocks);
    (typed, safe)
}

/// Does CAST give NULL where it fails?
pub(super) fn casts_are_safe(dialect: Dialect) -> bool {
    matches!(dialect.family, Family::Hive | Family::Spark)
}

/// A type's canonical name as sqlglot's type.
pub(super) fn data_type(name: &str, dialect: Dialect) -> Cow<'_, str> {
    use Family::*;
    let family = dialect.family;
    let (base, width) = match name.find('(') {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    let has_text_only = matches!(family, Databricks | DuckDb | Hive | Spark);
    let bare = match base {
        "VARCHAR" | "CHAR" | "NVARCHAR" | "BPCHAR" if has_text_only => return Cow::Borrowed("TEXT"),
        "STRING" => "TEXT",
        "INT64" if family != ClickHouse => "BIGINT",
        "REAL" | "FLOAT4" => "FLOAT",
        "FLOAT64" if family == BigQuery => "DOUBLE",
        "FLOAT" if matches!(family, Materialize | Postgres | Redshift | RisingWave | Snowflake) => "DOUBLE",
        "NUMERIC" | "NUMBER" => "DECIMAL",
        "TIMESTAMP" if matches!(family, BigQuery | Databricks | Doris | MySql | Spark | StarRocks) => "TIMESTAMPTZ",
        "TIMESTAMP" | "DATETIME" if family == DuckDb => "TIMESTAMPNTZ",
        "DATETIME" if family == BigQuery => "TIMESTAMP",
        "BINARY" | "BLOB" | "BYTEA" if family == DuckDb => "VARBINARY",
        "DECIMAL" if width.is_empty() && family == DuckDb => return Cow::Borrowed("DECIMAL(18,3)"),
        "DECIMAL" if width.is_empty() && family == Snowflake => return Cow::Borrowed("DECIMAL(38,0)"),
        other => other,
    };
    if bare == base { Cow::Borrowed(name) } else { Cow::Owned(format!("{bare}{width}")) }
}
