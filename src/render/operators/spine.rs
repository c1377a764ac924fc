//! `@DATE_SPINE`: a query that makes dates.
//!
//! In: a call. Out: the query as sqlglot writes it for the dialect. Where it writes a recursive query, that is put in
//! front of the statement at the end (`recursive.rs`).

use jiff::civil::Date;

use crate::dialect::Family;
use crate::render::expand::{Call, Expander, Outcome, Scope, Step};
use crate::render::fragment::Fragment;
use crate::render::recursive::Spine;

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
        let range = [start.text().trim().to_owned(), end.text().trim().to_owned()];
        let range = match literals {
            (Some(start), Some(end)) => match (date(&start), date(&end)) {
                (Some(start), Some(end)) if start <= end => range.map(|text| self.date_of(&text)),
                _ => return self.misused(call, "the start and the end are dates like '2024-12-31', in that order"),
            },
            (start, end) if self.dialect().family == Family::DuckDb => {
                let [first, last] = range;
                let cast = |text: String, is_literal| if is_literal { self.date_of(&text) } else { text };
                [cast(first, start.is_some()), cast(last, end.is_some())]
            }
            _ => range,
        };
        let family = self.dialect().family;
        if matches!(family, Family::Fabric | Family::MySql | Family::Redshift | Family::TSql) {
            let [first, last] = range;
            let range = [self.cast_variable(start, &first), self.cast_variable(end, &last)];
            let (column, unit) = (format!("date_{part}"), part.to_uppercase());
            let spine = Spine { column, unit, range, origin: call.origin.clone() };
            return Ok(Outcome::Value(self.marked(spine)));
        }
        match spine(family, &part, &range) {
            Some(query) => Ok(Outcome::Value(Fragment::made(query, call.origin.clone()))),
            None => self.uncertain(call, Vec::new()),
        }
    }

    /// The cast of a date variable isn't one that sqlglot knows again: it casts once more.
    fn cast_variable(&self, value: &Fragment, text: &str) -> String {
        let written = self.source.get(value.origin(0..value.len())).unwrap_or("");
        if written.starts_with('@') { format!("CAST({text} AS DATE)") } else { text.to_owned() }
    }

    fn date_of(&self, text: &str) -> String {
        match self.dialect().family {
            Family::ClickHouse => format!("CAST({text} AS Nullable(DATE))"),
            _ => format!("CAST({text} AS DATE)"),
        }
    }
}

/// `2024-12-31`, as Python's `%Y-%m-%d` reads it.
fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let mut number = |least: usize, most: usize| {
        let part = parts.next()?;
        let is_number = (least..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse().ok()).flatten()
    };
    let (year, month, day) = (number(4, 4)?, number(1, 2)?, number(1, 2)?);
    let rest = parts.next();
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().filter(|_| rest.is_none())
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

/// Snowflake counts the parts between two dates. With a column as the start sqlglot changes it.
fn flattened(part: &str, start: &str, end: &str) -> Option<String> {
    let first = match start {
        _ if start.starts_with("CAST('") && start.ends_with("' AS DATE)") => start.to_owned(),
        _ if start.starts_with('\'') && start.len() == "'2024-12-31'".len() => format!("CAST({start} AS DATE)"),
        _ => return None,
    };
    let unit = part.to_uppercase();
    Some(format!(
        "(SELECT DATEADD({unit}, CAST(date_{part} AS INT), {first}) AS date_{part} FROM TABLE(FLATTEN(INPUT => \
         ARRAY_GENERATE_RANGE(0, DATEDIFF({unit}, {start}, {end}) + 1))) AS _exploded(seq, key, path, index, date_{part}, \
         this))"
    ))
}
