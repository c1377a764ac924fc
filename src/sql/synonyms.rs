//! Functions under one name per function.
//!
//! Only spellings that the dialect's engines treat as one and the same function are listed: a call of one must be
//! exchangeable with a call of the other in every query.

use crate::dialect::{Dialect, Family};

use super::tree::{Op, Tree};

/// The operator and children of a call of `name` (in upper case).
pub(super) fn canonical_call(name: &str, kids: Vec<Tree>, dialect: Dialect) -> (Op, Vec<Tree>) {
    (Op::Function(synonym(name, kids.len(), dialect.family).into()), kids)
}

fn synonym(name: &str, arguments: usize, family: Family) -> &str {
    use Family::*;
    match name {
        "IFNULL" if arguments == 2 && matches!(family, DuckDb | Snowflake | BigQuery | MySql | Databricks | Spark) => {
            "COALESCE"
        }
        "NVL" if arguments == 2 && matches!(family, Snowflake | Redshift | Databricks | Spark | Hive) => "COALESCE",
        "CEILING" if !matches!(family, TSql | Fabric | Oracle) => "CEIL",
        "POW" if !matches!(family, TSql | Fabric | Oracle | Teradata) => "POWER",
        "SUBSTR" if matches!(family, DuckDb | Snowflake | MySql | Databricks | Spark | Postgres | Trino | BigQuery) => {
            "SUBSTRING"
        }
        "CHAR_LENGTH" | "CHARACTER_LENGTH" if matches!(family, Postgres | MySql) => "CHAR_LENGTH",
        "UCASE" if matches!(family, MySql | Databricks | Spark | DuckDb) => "UPPER",
        "LCASE" if matches!(family, MySql | Databricks | Spark | DuckDb) => "LOWER",
        other => other,
    }
}
