//! The values of the date variables when a model is rendered without dates: the first day of the epoch.
//!
//! In: a variable's lower-case name and the dialect. Out: SQL text, or the text that a Jinja expression prints.
//! The literals and casts are those that SQLMesh 0.236.4 renders (`date_dict`, `make_inclusive_end` and sqlglot's
//! generators, recorded per dialect).

use crate::dialect::{Dialect, Family};

/// A date variable: which moment, and in which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DateVariable {
    is_end: bool,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Aware,
    Naive,
    Date,
    Ds,
    Ts,
    TsTz,
    Epoch,
    Millis,
    Hour,
}

const FORMS: &[(&str, Form)] = &[
    ("dt", Form::Aware),
    ("dtntz", Form::Naive),
    ("date", Form::Date),
    ("ds", Form::Ds),
    ("ts", Form::Ts),
    ("tstz", Form::TsTz),
    ("epoch", Form::Epoch),
    ("millis", Form::Millis),
    ("hour", Form::Hour),
];

/// The variable with this lower-case name. Models of kind `VIEW` and `FULL` know only the execution time.
pub(super) fn date_variable(name: &str, execution_time_only: bool) -> Option<DateVariable> {
    let (prefix, form) = name.split_once('_')?;
    let form = FORMS.iter().find(|(suffix, _)| *suffix == form)?.1;
    let is_end = match prefix {
        "execution" | "latest" => false,
        "start" | "end" if execution_time_only => return None,
        "start" => false,
        "end" => true,
        _ => return None,
    };
    Some(DateVariable { is_end, form })
}

/// Every name that [`date_variable`] knows.
pub(super) fn date_variable_names() -> impl Iterator<Item = String> {
    ["start", "end", "execution", "latest"]
        .into_iter()
        .flat_map(|prefix| FORMS.iter().map(move |(suffix, _)| format!("{prefix}_{suffix}")))
}

impl DateVariable {
    /// What `@name` stands for.
    pub fn sql(self, dialect: Dialect) -> String {
        match self.form {
            Form::Aware => aware(dialect.family, &self.plain(dialect), self.is_end),
            Form::Naive => naive(dialect.family, &self.plain(dialect), self.is_end),
            Form::Date => date(dialect.family, &self.plain(dialect)),
            Form::Ds | Form::Ts | Form::TsTz => format!("'{}'", self.plain(dialect)),
            Form::Epoch | Form::Millis | Form::Hour => self.plain(dialect),
        }
    }

    /// The bare value, as Python prints it.
    pub fn plain(self, dialect: Dialect) -> String {
        let is_exact = !matches!(dialect.family, Family::TSql);
        let time = match (self.is_end, is_exact) {
            (false, _) => "1970-01-01 00:00:00",
            (true, true) => "1970-01-01 23:59:59.999999",
            (true, false) => "1970-01-01 23:59:59.999999999",
        };
        match self.form {
            Form::Aware | Form::TsTz => format!("{time}+00:00"),
            Form::Naive | Form::Ts => time.to_owned(),
            Form::Date | Form::Ds => "1970-01-01".to_owned(),
            Form::Epoch => pick(self.is_end, is_exact, "0.0", "86399.999", "86400.0"),
            Form::Millis => pick(self.is_end, is_exact, "0", "86399999", "86400000"),
            Form::Hour => pick(self.is_end, true, "0", "23", "23"),
        }
    }

    /// Jinja sees a date or a time with its attributes.
    pub fn is_object(self) -> bool {
        matches!(self.form, Form::Aware | Form::Naive | Form::Date)
    }

    /// Jinja prints numbers as numbers.
    pub fn is_number(self) -> bool {
        matches!(self.form, Form::Epoch | Form::Millis | Form::Hour)
    }
}

fn pick(is_end: bool, is_exact: bool, start: &str, end: &str, rounded: &str) -> String {
    match (is_end, is_exact) {
        (false, _) => start,
        (true, true) => end,
        (true, false) => rounded,
    }
    .to_owned()
}

fn cast(value: &str, data_type: &str) -> String {
    format!("CAST('{value}' AS {data_type})")
}

fn aware(family: Family, value: &str, is_end: bool) -> String {
    use Family::*;
    match family {
        Generic | Oracle | Teradata => format!("TIME_STR_TO_TIME('{value}', 'UTC')"),
        Athena | Trino if is_end => cast(value, "TIMESTAMP(6) WITH TIME ZONE"),
        Athena | Presto | Redshift | Trino => cast(value, "TIMESTAMP WITH TIME ZONE"),
        BigQuery | Databricks | Hive | Spark => cast(value, "TIMESTAMP"),
        ClickHouse => cast(value.trim_end_matches("+00:00"), "DateTime64(6, 'UTC')"),
        Doris => cast(value, "DATETIME"),
        DuckDb | Materialize | Postgres | RisingWave | Snowflake => cast(value, "TIMESTAMPTZ"),
        Fabric => format!("{} AT TIME ZONE 'UTC'", cast(value, "DATETIME2(6)")),
        MySql | StarRocks => format!("TIMESTAMP('{value}')"),
        Sqlite => format!("'{value}'"),
        TSql => format!("{} AT TIME ZONE 'UTC'", cast(value, "DATETIMEOFFSET")),
    }
}

fn naive(family: Family, value: &str, is_end: bool) -> String {
    use Family::*;
    match family {
        Generic | Oracle | Teradata => format!("TIME_STR_TO_TIME('{value}')"),
        Athena | Trino if is_end => cast(value, "TIMESTAMP(6)"),
        Doris | MySql | StarRocks if is_end => cast(value, "DATETIME(6)"),
        BigQuery | Doris | MySql | StarRocks => cast(value, "DATETIME"),
        ClickHouse => cast(value, "DateTime64(6)"),
        Fabric => cast(value, "DATETIME2(6)"),
        TSql => cast(value, "DATETIME2"),
        Sqlite => format!("'{value}'"),
        Athena | Databricks | DuckDb | Hive | Materialize | Postgres | Presto | Redshift | RisingWave | Snowflake
        | Spark | Trino => cast(value, "TIMESTAMP"),
    }
}

fn date(family: Family, value: &str) -> String {
    use Family::*;
    match family {
        Generic | Teradata => format!("DATE_STR_TO_DATE('{value}')"),
        ClickHouse => format!("toDate('{value}')"),
        Oracle => format!("TO_DATE('{value}', 'YYYY-MM-DD')"),
        Sqlite => format!("'{value}'"),
        _ => cast(value, "DATE"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dialect: &str, name: &str, expected: &str) {
        let dialect = Dialect::parse(dialect).expect("a known dialect");
        let sql = date_variable(name, false).map(|variable| variable.sql(dialect));
        assert_eq!(sql.as_deref(), Some(expected), "{dialect} {name}");
    }

    /// Each expectation is what `render_query(needs_optimization=False)` of a model of kind `INCREMENTAL_UNMANAGED`
    /// made of `SELECT @name` before identifiers are quoted.
    #[test]
    fn dates_are_rendered_as_the_dialect_writes_them() {
        check("", "start_dt", "TIME_STR_TO_TIME('1970-01-01 00:00:00+00:00', 'UTC')");
        check("", "start_date", "DATE_STR_TO_DATE('1970-01-01')");
        check("", "end_dtntz", "TIME_STR_TO_TIME('1970-01-01 23:59:59.999999')");
        check("duckdb", "start_ds", "'1970-01-01'");
        check("duckdb", "end_ts", "'1970-01-01 23:59:59.999999'");
        check("duckdb", "end_tstz", "'1970-01-01 23:59:59.999999+00:00'");
        check("duckdb", "start_dt", "CAST('1970-01-01 00:00:00+00:00' AS TIMESTAMPTZ)");
        check("duckdb", "execution_date", "CAST('1970-01-01' AS DATE)");
        check("duckdb", "start_epoch", "0.0");
        check("duckdb", "end_epoch", "86399.999");
        check("duckdb", "end_millis", "86399999");
        check("duckdb", "latest_hour", "0");
        check("duckdb", "end_hour", "23");
        check("bigquery", "end_dtntz", "CAST('1970-01-01 23:59:59.999999' AS DATETIME)");
        check("trino", "start_dtntz", "CAST('1970-01-01 00:00:00' AS TIMESTAMP)");
        check("trino", "end_dt", "CAST('1970-01-01 23:59:59.999999+00:00' AS TIMESTAMP(6) WITH TIME ZONE)");
        check("clickhouse", "end_dt", "CAST('1970-01-01 23:59:59.999999' AS DateTime64(6, 'UTC'))");
        check("mysql", "end_dtntz", "CAST('1970-01-01 23:59:59.999999' AS DATETIME(6))");
        check("mysql", "start_dt", "TIMESTAMP('1970-01-01 00:00:00+00:00')");
        check("doris", "end_dt", "CAST('1970-01-01 23:59:59.999999+00:00' AS DATETIME)");
        check("tsql", "end_millis", "86400000");
        check("tsql", "end_dt", "CAST('1970-01-01 23:59:59.999999999+00:00' AS DATETIMEOFFSET) AT TIME ZONE 'UTC'");
        check("fabric", "end_dt", "CAST('1970-01-01 23:59:59.999999+00:00' AS DATETIME2(6)) AT TIME ZONE 'UTC'");
        check("oracle", "start_date", "TO_DATE('1970-01-01', 'YYYY-MM-DD')");
        check("sqlite", "start_date", "'1970-01-01'");
    }

    #[test]
    fn views_know_only_the_execution_time() {
        assert_eq!(date_variable("start_ds", true), None);
        assert_eq!(date_variable("yesterday_ds", false), None);
        assert!(date_variable("execution_ds", true).is_some());
        assert_eq!(date_variable_names().count(), 36);
    }
}
