//! Which SQL a text is written in: its case rule and its lexical rules.
//!
//! In: the `dialect` property of a model or config (`snowflake`, `duckdb, normalization_strategy=case_sensitive`).
//! Out: a small [`Dialect`] value that every later stage carries along. How a dialect's syntax is *parsed* is the
//! business of `sql/dialect/`. The case rules are those of sqlglot 30.8 (`Dialect.NORMALIZATION_STRATEGY`,
//! `normalize_identifier`), the lexical rules those of its tokenizers.

use std::borrow::Cow;
use std::fmt;

/// A family of SQL syntax that SQLMesh has an engine (or sqlglot a dialect) for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Family {
    #[default]
    Generic,
    Athena,
    BigQuery,
    ClickHouse,
    Databricks,
    Doris,
    DuckDb,
    Fabric,
    Hive,
    Materialize,
    MySql,
    Oracle,
    Postgres,
    Presto,
    Redshift,
    RisingWave,
    Snowflake,
    Spark,
    Sqlite,
    StarRocks,
    Teradata,
    Trino,
    TSql,
}

/// Every family with sqlglot's name for it.
const FAMILIES: &[(&str, Family)] = &[
    ("", Family::Generic),
    ("athena", Family::Athena),
    ("bigquery", Family::BigQuery),
    ("clickhouse", Family::ClickHouse),
    ("databricks", Family::Databricks),
    ("doris", Family::Doris),
    ("duckdb", Family::DuckDb),
    ("fabric", Family::Fabric),
    ("hive", Family::Hive),
    ("materialize", Family::Materialize),
    ("mysql", Family::MySql),
    ("oracle", Family::Oracle),
    ("postgres", Family::Postgres),
    ("presto", Family::Presto),
    ("redshift", Family::Redshift),
    ("risingwave", Family::RisingWave),
    ("snowflake", Family::Snowflake),
    ("spark", Family::Spark),
    ("spark2", Family::Spark),
    ("sqlite", Family::Sqlite),
    ("starrocks", Family::StarRocks),
    ("teradata", Family::Teradata),
    ("trino", Family::Trino),
    ("tsql", Family::TSql),
];

/// How identifiers fold; named as in sqlglot's `NormalizationStrategy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Normalization {
    /// Unquoted identifiers fold to lower case.
    #[default]
    Lowercase,
    /// Unquoted identifiers fold to upper case.
    Uppercase,
    /// Nothing folds.
    CaseSensitive,
    /// All identifiers fold to lower case, quoted ones too.
    CaseInsensitive,
    /// All identifiers fold to upper case, quoted ones too.
    CaseInsensitiveUppercase,
}

/// A dialect with its settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Dialect {
    pub family: Family,
    pub normalization: Normalization,
}

/// What a lexer must know to find the ends of strings, identifiers and comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LexicalRules {
    /// Opening and closing characters of quoted identifiers.
    pub identifier_quotes: &'static [(char, char)],
    /// Characters that open (and close) a string.
    pub string_quotes: &'static [char],
    /// A backslash escapes the next character inside a string.
    pub backslash_escapes: bool,
    /// `#` starts a comment that ends with the line.
    pub hash_comments: bool,
    /// `//` starts a comment that ends with the line.
    pub slash_comments: bool,
    /// `$$ … $$` and `$tag$ … $tag$` are strings.
    pub dollar_strings: bool,
    /// Three quotes open a string that may contain single ones.
    pub triple_quotes: bool,
    /// In a raw string a backslash keeps the quote behind it from closing the string.
    pub raw_quotes: bool,
    /// `/* /* */ */` is one comment.
    pub nested_comments: bool,
}

impl Dialect {
    /// The dialect with the family's own case rule.
    pub fn new(family: Family) -> Self {
        Dialect { family, normalization: default_normalization(family) }
    }

    /// Reads `name` or `name, key=value, …`, in any case. `None` for a name that sqlglot doesn't know;
    /// settings other than `normalization_strategy` do not change how a text is read and are passed over.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(',').map(str::trim);
        let name = parts.next().unwrap_or("").to_ascii_lowercase();
        let family = FAMILIES.iter().find(|(known, _)| *known == name)?.1;
        let mut dialect = Dialect::new(family);
        for setting in parts {
            let Some((key, value)) = setting.split_once('=') else {
                continue;
            };
            if key.trim().eq_ignore_ascii_case("normalization_strategy") {
                dialect.normalization = parse_normalization(value.trim())?;
            }
        }
        Some(dialect)
    }

    /// sqlglot's name of the family; empty for the generic dialect.
    pub fn name(self) -> &'static str {
        FAMILIES.iter().find(|(_, family)| *family == self.family).map_or("", |(name, _)| name)
    }

    /// Folds an identifier as sqlglot's `normalize_identifier` does.
    pub fn normalize<'t>(self, text: &'t str, quoted: bool) -> Cow<'t, str> {
        match self.normalization {
            Normalization::CaseSensitive => Cow::Borrowed(text),
            Normalization::Lowercase | Normalization::Uppercase if quoted => Cow::Borrowed(text),
            Normalization::Lowercase | Normalization::CaseInsensitive => {
                fold(text, char::is_lowercase, str::to_lowercase)
            }
            Normalization::Uppercase | Normalization::CaseInsensitiveUppercase => {
                fold(text, char::is_uppercase, str::to_uppercase)
            }
        }
    }

    /// Folds one part of a table's name: BigQuery keeps the case of qualified tables.
    pub fn normalize_table<'t>(self, text: &'t str, quoted: bool, qualified: bool) -> Cow<'t, str> {
        let keeps_case = self.family == Family::BigQuery && self.normalization == Normalization::CaseInsensitive;
        if keeps_case && qualified { Cow::Borrowed(text) } else { self.normalize(text, quoted) }
    }

    /// What a lexer must know.
    pub fn lexical(self) -> LexicalRules {
        lexical_rules(self.family)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn fold<'t>(text: &'t str, is_folded: fn(char) -> bool, to_folded: fn(&str) -> String) -> Cow<'t, str> {
    let unchanged = text.chars().all(|c| !c.is_alphabetic() || is_folded(c));
    if unchanged { Cow::Borrowed(text) } else { Cow::Owned(to_folded(text)) }
}

fn parse_normalization(text: &str) -> Option<Normalization> {
    Some(match text.trim_matches(['\'', '"']).to_ascii_uppercase().as_str() {
        "LOWERCASE" => Normalization::Lowercase,
        "UPPERCASE" => Normalization::Uppercase,
        "CASE_SENSITIVE" => Normalization::CaseSensitive,
        "CASE_INSENSITIVE" => Normalization::CaseInsensitive,
        "CASE_INSENSITIVE_UPPERCASE" => Normalization::CaseInsensitiveUppercase,
        _ => return None,
    })
}

fn default_normalization(family: Family) -> Normalization {
    use Family::*;
    match family {
        Snowflake | Oracle => Normalization::Uppercase,
        ClickHouse | Doris | Fabric | MySql | StarRocks => Normalization::CaseSensitive,
        BigQuery | Databricks | DuckDb | Hive | Presto | Redshift | Spark | Sqlite | Trino | TSql => {
            Normalization::CaseInsensitive
        }
        Generic | Athena | Materialize | Postgres | RisingWave | Teradata => Normalization::Lowercase,
    }
}

fn lexical_rules(family: Family) -> LexicalRules {
    use Family::*;
    const DOUBLE: &[(char, char)] = &[('"', '"')];
    const BACKTICK: &[(char, char)] = &[('`', '`')];
    const BOTH: &[(char, char)] = &[('"', '"'), ('`', '`')];
    const BRACKET: &[(char, char)] = &[('[', ']'), ('"', '"')];
    const ALL: &[(char, char)] = &[('"', '"'), ('[', ']'), ('`', '`')];
    LexicalRules {
        identifier_quotes: match family {
            BigQuery | Databricks | Doris | Hive | MySql | Spark | StarRocks => BACKTICK,
            Athena | ClickHouse => BOTH,
            Fabric | TSql => BRACKET,
            Sqlite => ALL,
            Generic | DuckDb | Materialize | Oracle | Postgres | Presto | Redshift | RisingWave | Snowflake
            | Teradata | Trino => DOUBLE,
        },
        string_quotes: match family {
            BigQuery | Databricks | Doris | Hive | MySql | Spark | StarRocks => &['\'', '"'],
            _ => &['\''],
        },
        backslash_escapes: matches!(
            family,
            Athena
                | BigQuery
                | ClickHouse
                | Databricks
                | Doris
                | Hive
                | MySql
                | Redshift
                | Snowflake
                | Spark
                | StarRocks
        ),
        hash_comments: matches!(family, BigQuery | ClickHouse | Doris | MySql | StarRocks),
        slash_comments: family == Snowflake,
        dollar_strings: matches!(
            family,
            ClickHouse | DuckDb | Materialize | Postgres | Redshift | RisingWave | Snowflake
        ),
        triple_quotes: family == BigQuery,
        raw_quotes: family == BigQuery,
        nested_comments: !matches!(
            family,
            BigQuery | Doris | MySql | Oracle | Presto | Snowflake | Sqlite | StarRocks | Trino
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_rules_follow_the_dialect() {
        let check = |dialect: &str, text: &str, quoted: bool, expected: &str| {
            let dialect = Dialect::parse(dialect).expect("a known dialect");
            assert_eq!(dialect.normalize(text, quoted), expected, "{dialect:?} {text} quoted={quoted}");
        };
        check("", "FoO", false, "foo");
        check("postgres", "FoO", true, "FoO");
        check("snowflake", "FoO", false, "FOO");
        check("snowflake", "FoO", true, "FoO");
        check("duckdb", "FoO", true, "foo");
        check("clickhouse", "FoO", false, "FoO");
        check("duckdb, normalization_strategy=case_sensitive", "FoO", false, "FoO");
        check("Spark2", "FoO", true, "foo");
    }

    #[test]
    fn an_unknown_dialect_is_none() {
        assert_eq!(Dialect::parse("snowfake"), None);
        assert_eq!(Dialect::parse("duckdb, normalization_strategy=sometimes"), None);
    }

    #[test]
    fn bigquery_keeps_the_case_of_qualified_tables() {
        let dialect = Dialect::new(Family::BigQuery);
        assert_eq!(dialect.normalize_table("Orders", false, true), "Orders");
        assert_eq!(dialect.normalize_table("Orders", false, false), "orders");
    }
}
