//! `@DATE_SPINE`: a query that makes dates.
//!
//! In: a call. Out: the query as sqlglot writes it for the dialect. Dialects for which it writes a recursive query,
//! which moves to the front of the statement, are opaque.

use crate::dialect::Family;
use crate::render::expand::{Call, Expander, Outcome, Scope, Step};
use crate::render::fragment::Fragment;

use super::bind::Parameters;

const SPINE: Parameters<'_> =
    Parameters { names: &["datepart", "start_date", "end_date"], required: 3, is_variadic: false };

impl Expander<'_> {
    /// `@DATE_SPINE(part, start, end)`
    pub fn date_spine(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let bound = match self.bind(call, scope, &SPINE)? {
            Ok(bound) => bound,
            Err(outcome) => return Ok(outcome),
        };
        let (Some(part), Some(start), Some(end)) = (bound.get(0), bound.get(1), bound.get(2)) else {
            return self.misused(call, "@DATE_SPINE takes a part of a date, a start and an end");
        };
        let part = self.literal(part).unwrap_or_else(|| part.text().trim().to_owned()).to_lowercase();
        if !matches!(part.as_str(), "day" | "week" | "month" | "quarter" | "year") {
            return self.misused(call, "the part of a date is 'day', 'week', 'month', 'quarter' or 'year'");
        }
        let literals = (self.literal(start), self.literal(end));
        let texts = [start.text().trim().to_owned(), end.text().trim().to_owned()];
        let range = match literals {
            (Some(start), Some(end)) => match is_date(&start) && is_date(&end) && start <= end {
                true => texts.map(|text| self.date_of(&text)),
                false => return self.misused(call, "the start and the end are dates like '2024-12-31', in that order"),
            },
            (None, None) => texts,
            // What a generator makes of one string alone differs.
            _ => return self.uncertain(call, Vec::new()),
        };
        match spine(self.dialect().family, &part, &range) {
            Some(query) => Ok(Outcome::Value(Fragment::made(query, call.origin.clone()))),
            None => self.uncertain(call, Vec::new()),
        }
    }

    fn date_of(&self, text: &str) -> String {
        match self.dialect().family {
            Family::ClickHouse => format!("CAST({text} AS Nullable(DATE))"),
            _ => format!("CAST({text} AS DATE)"),
        }
    }
}

/// `2024-12-31`; which months have how many days is left to SQLMesh.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let in_range =
        |text: &str, most: u32| text.len() == 2 && text.parse::<u32>().is_ok_and(|n| (1..=most).contains(&n));
    matches!(parts.as_slice(), [year, month, day] if year.len() == 4
        && year.bytes().all(|byte| byte.is_ascii_digit())
        && in_range(month, 12)
        && in_range(day, 28 + 3))
}

/// Recorded from SQLMesh for every dialect.
fn spine(family: Family, part: &str, [start, end]: &[String; 2]) -> Option<String> {
    use Family::*;
    let name = format!("date_{part}");
    let by_months = matches!(family, Spark | Databricks | Postgres | RisingWave) && part == "quarter";
    let (count, unit) = if by_months { (3, "MONTH".to_owned()) } else { (1, part.to_uppercase()) };
    let call = |function: &str| format!("{function}({start}, {end}, INTERVAL '{count}' {unit})");
    let source = match family {
        Teradata if part == "quarter" || part == "week" => return None,
        Generic | ClickHouse | Oracle | Teradata => format!("UNNEST({})", call("GENERATE_DATE_ARRAY")),
        BigQuery => return Some(format!("SELECT {name} FROM UNNEST({}) AS {name}", call("GENERATE_DATE_ARRAY"))),
        Athena | Presto | Trino => format!("UNNEST({})", call("SEQUENCE")),
        Databricks | Hive | Spark => format!("EXPLODE({})", call("SEQUENCE")),
        DuckDb => format!("UNNEST(CAST({} AS DATE[]))", call("GENERATE_SERIES")),
        Postgres | RisingWave => {
            let series = format!("GENERATE_SERIES({start}, {end}, INTERVAL '{count} {unit}')");
            format!("(SELECT CAST(value AS DATE) FROM {series} AS _t(value))")
        }
        Snowflake => flattened(part, start, end)?,
        Doris | Fabric | Materialize | MySql | Redshift | Sqlite | StarRocks | TSql => {
            return None;
        }
    };
    Some(format!("SELECT {name} FROM {source} AS _exploded({name})"))
}

/// Snowflake counts the parts between two dates. With columns in their place sqlglot changes these.
fn flattened(part: &str, start: &str, end: &str) -> Option<String> {
    let is_date = |text: &str| text.starts_with("CAST('") && text.ends_with("' AS DATE)");
    if !is_date(start) || !is_date(end) {
        return None;
    }
    let unit = part.to_uppercase();
    Some(format!(
        "(SELECT DATEADD({unit}, CAST(date_{part} AS INT), {start}) AS date_{part} FROM TABLE(FLATTEN(INPUT => \
         ARRAY_GENERATE_RANGE(0, DATEDIFF({unit}, {start}, {end}) + 1))) AS _exploded(seq, key, path, index, date_{part}, \
         this))"
    ))
}
