//! Functions under one name per function.
//!
//! Only spellings that the dialect's engines treat as one and the same function are listed: a call of one must be
//! exchangeable with a call of the other in every query. For DuckDB that is what its catalogue says
//! (`duckdb_functions().alias_of`), for the others their manuals. Of those only such are taken that sqlglot reads
//! as one function too, so that what is the same here is no change to SQLMesh.

use crate::dialect::Family;

/// Other name, name, and the only number of arguments with which both are one.
type Synonym = (&'static str, &'static str, Option<usize>);

const BIGQUERY: &[Synonym] = &[
    ("CEILING", "CEIL", None),
    ("CHARACTER_LENGTH", "CHAR_LENGTH", None),
    ("IFNULL", "COALESCE", Some(2)),
    ("OCTET_LENGTH", "BYTE_LENGTH", None),
    ("POW", "POWER", None),
    ("SUBSTR", "SUBSTRING", None),
];

const DUCKDB: &[Synonym] = &[
    ("ARGMAX", "ARG_MAX", None),
    ("ARGMIN", "ARG_MIN", None),
    ("ARRAY_CAT", "LIST_CONCAT", None),
    ("ARRAY_CONCAT", "LIST_CONCAT", None),
    ("ARRAY_CONTAINS", "LIST_CONTAINS", None),
    ("ARRAY_DISTINCT", "LIST_DISTINCT", None),
    ("ARRAY_FILTER", "LIST_FILTER", None),
    ("ARRAY_HAS", "LIST_CONTAINS", None),
    ("ARRAY_REVERSE_SORT", "LIST_REVERSE_SORT", None),
    ("ARRAY_SORT", "LIST_SORT", None),
    ("CEILING", "CEIL", None),
    ("CHARACTER_LENGTH", "LENGTH", None),
    ("CHAR_LENGTH", "LENGTH", None),
    ("COUNTIF", "COUNT_IF", None),
    ("EDITDIST3", "LEVENSHTEIN", None),
    ("FILTER", "LIST_FILTER", None),
    ("GEN_RANDOM_UUID", "UUID", None),
    ("GROUP_CONCAT", "STRING_AGG", None),
    ("IFNULL", "COALESCE", Some(2)),
    ("LCASE", "LOWER", None),
    ("LEN", "LENGTH", None),
    ("LIST", "ARRAY_AGG", None),
    ("LISTAGG", "STRING_AGG", None),
    ("LIST_HAS", "LIST_CONTAINS", None),
    ("MAX_BY", "ARG_MAX", None),
    ("MIN_BY", "ARG_MIN", None),
    ("POW", "POWER", None),
    ("SPLIT", "STRING_SPLIT", None),
    ("STRING_TO_ARRAY", "STRING_SPLIT", None),
    ("STRPOS", "INSTR", None),
    ("STR_SPLIT", "STRING_SPLIT", None),
    ("STR_SPLIT_REGEX", "STRING_SPLIT_REGEX", None),
    ("SUBSTR", "SUBSTRING", None),
    ("TODAY", "CURRENT_DATE", Some(0)),
    ("TO_HEX", "HEX", None),
    ("UCASE", "UPPER", None),
    ("VAR_SAMP", "VARIANCE", None),
];

const MYSQL: &[Synonym] = &[
    ("CEILING", "CEIL", None),
    ("CHARACTER_LENGTH", "CHAR_LENGTH", None),
    ("IFNULL", "COALESCE", Some(2)),
    ("LCASE", "LOWER", None),
    ("POW", "POWER", None),
    ("SUBSTR", "SUBSTRING", None),
    ("UCASE", "UPPER", None),
];

const POSTGRES: &[Synonym] = &[
    ("CEILING", "CEIL", None),
    ("CHARACTER_LENGTH", "LENGTH", None),
    ("CHAR_LENGTH", "LENGTH", None),
    ("NOW", "CURRENT_TIMESTAMP", Some(0)),
    ("POW", "POWER", None),
    ("SUBSTR", "SUBSTRING", None),
    ("VAR_SAMP", "VARIANCE", None),
];

const REDSHIFT: &[Synonym] = &[
    ("CEILING", "CEIL", None),
    ("CHARACTER_LENGTH", "LENGTH", None),
    ("CHAR_LENGTH", "LENGTH", None),
    ("LEN", "LENGTH", None),
    ("NVL", "COALESCE", None),
    ("POW", "POWER", None),
    ("SUBSTR", "SUBSTRING", None),
    ("TEXTLEN", "LENGTH", None),
    ("VAR_SAMP", "VARIANCE", None),
];

const SNOWFLAKE: &[Synonym] = &[
    ("ARRAYAGG", "ARRAY_AGG", None),
    ("BITANDAGG", "BITAND_AGG", None),
    ("BITORAGG", "BITOR_AGG", None),
    ("BITXORAGG", "BITXOR_AGG", None),
    ("BIT_AND_AGG", "BITAND_AGG", None),
    ("BIT_OR_AGG", "BITOR_AGG", None),
    ("BIT_XOR_AGG", "BITXOR_AGG", None),
    ("CEILING", "CEIL", None),
    ("CHAR", "CHR", None),
    ("CHARINDEX", "POSITION", None),
    ("DATE", "TO_DATE", None),
    ("DATEFROMPARTS", "DATE_FROM_PARTS", None),
    ("GETDATE", "CURRENT_TIMESTAMP", Some(0)),
    ("IF", "IFF", Some(3)),
    ("IFNULL", "COALESCE", Some(2)),
    ("LEN", "LENGTH", None),
    ("MD5_HEX", "MD5", None),
    ("NVL", "COALESCE", Some(2)),
    ("POW", "POWER", None),
    ("RLIKE", "REGEXP_LIKE", None),
    ("SHA1_HEX", "SHA1", None),
    ("SHA2_HEX", "SHA2", None),
    ("STDDEV_SAMP", "STDDEV", None),
    ("SUBSTR", "SUBSTRING", None),
    ("TIMEDIFF", "DATEDIFF", Some(3)),
    ("TIMESTAMPADD", "DATEADD", Some(3)),
    ("TIMESTAMPDIFF", "DATEDIFF", Some(3)),
    ("TIMESTAMPFROMPARTS", "TIMESTAMP_FROM_PARTS", None),
    ("TO_DECIMAL", "TO_NUMBER", None),
    ("TO_NUMERIC", "TO_NUMBER", None),
    ("TO_VARCHAR", "TO_CHAR", None),
    ("TRY_TO_DECIMAL", "TRY_TO_NUMBER", None),
    ("TRY_TO_NUMERIC", "TRY_TO_NUMBER", None),
    ("VARIANCE_POP", "VAR_POP", None),
    ("VARIANCE_SAMP", "VARIANCE", None),
    ("VAR_SAMP", "VARIANCE", None),
];

const SPARK: &[Synonym] = &[
    ("APPROX_PERCENTILE", "PERCENTILE_APPROX", None),
    ("ARRAY_AGG", "COLLECT_LIST", None),
    ("CEILING", "CEIL", None),
    ("CHAR", "CHR", None),
    ("CHARACTER_LENGTH", "LENGTH", None),
    ("CHAR_LENGTH", "LENGTH", None),
    ("CURDATE", "CURRENT_DATE", Some(0)),
    ("DATEADD", "DATE_ADD", Some(2)),
    ("DATE_DIFF", "DATEDIFF", Some(2)),
    ("IFNULL", "COALESCE", Some(2)),
    ("LCASE", "LOWER", None),
    ("LEN", "LENGTH", None),
    ("NVL", "COALESCE", Some(2)),
    ("POW", "POWER", None),
    ("REGEXP_LIKE", "RLIKE", None),
    ("SHA", "SHA1", None),
    ("SIGNUM", "SIGN", None),
    ("SUBSTR", "SUBSTRING", None),
    ("UCASE", "UPPER", None),
    ("VAR_SAMP", "VARIANCE", None),
];

const TRINO: &[Synonym] = &[
    ("CEILING", "CEIL", None),
    ("DOW", "DAY_OF_WEEK", None),
    ("DOY", "DAY_OF_YEAR", None),
    ("NOW", "CURRENT_TIMESTAMP", Some(0)),
    ("POW", "POWER", None),
    ("SUBSTR", "SUBSTRING", None),
    ("VAR_SAMP", "VARIANCE", None),
    ("WEEK_OF_YEAR", "WEEK", None),
];

/// What Databricks has beside Spark's, or sqlglot knows of it alone.
const DATABRICKS: &[Synonym] = &[("GETDATE", "CURRENT_TIMESTAMP", Some(0)), ("NOW", "CURRENT_TIMESTAMP", Some(0))];

/// Names of Spark's that Hive doesn't have, or that sqlglot doesn't know there.
const NOT_IN_HIVE: &[&str] = &["APPROX_PERCENTILE", "CURDATE", "DATEADD", "DATE_DIFF", "REGEXP_LIKE"];

/// Where little is known of the engine.
const OTHERS: &[Synonym] = &[("CEILING", "CEIL", None), ("POW", "POWER", None)];

fn synonyms(family: Family) -> &'static [Synonym] {
    match family {
        Family::BigQuery => BIGQUERY,
        Family::DuckDb => DUCKDB,
        Family::MySql | Family::Doris | Family::StarRocks => MYSQL,
        Family::Postgres | Family::Materialize | Family::RisingWave => POSTGRES,
        Family::Redshift => REDSHIFT,
        Family::Snowflake => SNOWFLAKE,
        Family::Spark | Family::Databricks | Family::Hive => SPARK,
        Family::Trino | Family::Presto | Family::Athena => TRINO,
        Family::ClickHouse | Family::Generic | Family::Sqlite => OTHERS,
        Family::TSql | Family::Fabric | Family::Oracle | Family::Teradata => &[],
    }
}

/// The name under which a call of `name` (in upper case) with so many arguments is known.
pub(super) fn synonym(name: &str, arguments: usize, family: Family) -> &str {
    if family == Family::Hive && NOT_IN_HIVE.contains(&name) {
        return name;
    }
    let own = if family == Family::Databricks { DATABRICKS } else { &[] };
    let found = [own, synonyms(family)].into_iter().find_map(|table| {
        let at = table.binary_search_by(|(other, ..)| (*other).cmp(name)).ok()?;
        table.get(at)
    });
    match found {
        Some((_, canonical, count)) if count.is_none_or(|count| count == arguments) => canonical,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::super::functions::{FunctionKind, kind};
    use super::*;

    const TABLES: &[&[Synonym]] =
        &[BIGQUERY, DATABRICKS, DUCKDB, MYSQL, POSTGRES, REDSHIFT, SNOWFLAKE, SPARK, TRINO, OTHERS];

    #[test]
    fn tables_are_sorted_and_lead_to_names_that_stay() {
        for table in TABLES {
            assert!(table.is_sorted_by_key(|(name, ..)| *name), "{table:?}");
            for (_, canonical, _) in *table {
                assert!(table.iter().all(|(name, ..)| name != canonical), "{canonical} has another name");
            }
        }
    }

    /// What is known of one name must hold under the other.
    #[test]
    fn two_names_of_one_function_are_of_one_kind() {
        for (name, canonical, _) in TABLES.iter().copied().flatten() {
            let (a, b) = (kind(name), kind(canonical));
            assert!(a == b || a == FunctionKind::Unknown, "{name} is {a:?}, {canonical} is {b:?}");
        }
    }

    #[test]
    fn only_the_arity_that_is_one_function_counts() {
        assert_eq!(synonym("NVL", 2, Family::Snowflake), "COALESCE");
        assert_eq!(synonym("NVL", 2, Family::Oracle), "NVL");
        assert_eq!(synonym("DATEADD", 3, Family::Databricks), "DATEADD");
        assert_eq!(synonym("LEN", 1, Family::TSql), "LEN");
        assert_eq!(synonym("LENGTH", 1, Family::MySql), "LENGTH");
    }
}
