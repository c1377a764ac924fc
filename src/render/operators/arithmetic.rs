//! `@SAFE_ADD`, `@SAFE_SUB`, `@SAFE_DIV`, `@HAVERSINE_DISTANCE`.

use crate::dialect::Family;
use crate::render::expand::{Call, Expander, Outcome, Scope, Step};
use crate::render::fragment::{Fragment, Lexed};
use crate::render::shape::{Shape, shape_of};

use super::bind::{Bound, Parameters};
use super::kept;

const QUOTIENT: Parameters<'_> = Parameters { names: &["numerator", "denominator"], required: 2, is_variadic: false };
const PLACES: Parameters<'_> =
    Parameters { names: &["lat1", "lon1", "lat2", "lon2", "unit"], required: 4, is_variadic: false };

impl Expander<'_> {
    /// An operand of an operator: sqlglot puts binary expressions in parentheses.
    fn operand_text(&self, value: &Fragment) -> Option<String> {
        match shape_of(value.text(), self.dialect()) {
            Shape::Single => Some(value.text().to_owned()),
            Shape::Binary | Shape::Connector => Some(format!("({})", value.text())),
            Shape::Other => None,
        }
    }

    /// Replaces `$1`, `$2`, … in a pattern by the operands and `#1`, … by the arguments as they are.
    fn pattern(&self, pattern: &str, values: &[Fragment], call: &Call) -> Option<Fragment> {
        let mut result = Fragment::default();
        let mut rest = pattern;
        while let Some(at) = rest.find(['$', '#']) {
            result.push_made(rest.get(..at)?, call.origin.clone());
            let value = values.get(rest.get(at + 1..at + 2)?.parse::<usize>().ok()?.checked_sub(1)?)?;
            let operand = self.operand_text(value)?;
            match rest.as_bytes().get(at) == Some(&b'$') && operand.len() > value.len() {
                true => result.push(&value.wrapped(call.origin.clone())),
                false => result.push(value),
            }
            rest = rest.get(at + 2..)?;
        }
        result.push_made(rest, call.origin.clone());
        Some(result)
    }

    /// `@SAFE_ADD(a, b, …)` and `@SAFE_SUB(a, b, …)`
    pub fn safe_sum(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let values = match self.plain_or_opaque(call, scope)? {
            Ok(values) if values.is_empty() => return self.misused(call, "this macro takes at least one expression"),
            Ok(values) => values,
            Err(opaque) => return Ok(opaque),
        };
        let each = |pattern: &str| -> Option<Vec<Fragment>> {
            let one = |value: &Fragment| self.pattern(pattern, std::slice::from_ref(value), call);
            values.iter().map(one).collect()
        };
        let (Some(nulls), Some(terms)) = (each("$1 IS NULL"), each("COALESCE(#1, 0)")) else {
            return self.uncertain(call, kept(values));
        };
        let sign = if call.name == "safe_add" { " + " } else { " - " };
        let mut result = Fragment::made("CASE WHEN ", call.origin.clone());
        result.push(&Fragment::join(&nulls, " AND ", call.origin.clone()));
        result.push_made(" THEN NULL ELSE ", call.origin.clone());
        result.push(&Fragment::join(&terms, sign, call.origin.clone()));
        result.push_made(" END", call.origin.clone());
        Ok(Outcome::Value(result))
    }

    /// `@SAFE_DIV(a, b)`
    pub fn safe_div(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let pattern = match self.dialect().family {
            Family::Athena | Family::Presto | Family::Trino => "CAST($1 AS DOUBLE) / NULLIF(#2, 0)",
            Family::Materialize | Family::Postgres | Family::Redshift | Family::RisingWave | Family::Teradata => {
                "CAST($1 AS DOUBLE PRECISION) / NULLIF(#2, 0)"
            }
            Family::Fabric | Family::TSql => "CAST($1 AS FLOAT) / NULLIF(#2, 0)",
            Family::Sqlite => "CAST($1 AS REAL) / NULLIF(#2, 0)",
            _ => "$1 / NULLIF(#2, 0)",
        };
        let bound = match self.bind(call, scope, &QUOTIENT)? {
            Ok(bound) => bound,
            Err(outcome) => return Ok(outcome),
        };
        // sqlglot leaves what is cast to such a number as it is.
        let numerator = bound.get(0).map_or("", Fragment::text).trim_start();
        let is_cast = numerator.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("cast("));
        self.filled(call, &bound, 2, if is_cast && pattern.starts_with("CAST") { "" } else { pattern })
    }

    /// `@HAVERSINE_DISTANCE(lat1, lon1, lat2, lon2, unit)`
    pub fn haversine_distance(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        use Family::*;
        let divides_plainly = matches!(
            self.dialect().family,
            Generic
                | BigQuery
                | ClickHouse
                | Databricks
                | Doris
                | DuckDb
                | Hive
                | MySql
                | Oracle
                | Snowflake
                | Spark
                | StarRocks
        );
        let bound = match self.bind(call, scope, &PLACES)? {
            Ok(bound) => bound,
            Err(outcome) => return Ok(outcome),
        };
        let unit = bound.get(4).map_or(Some("mi".to_owned()), |unit| self.literal(unit));
        let rate = match unit.as_deref() {
            Some("mi") => "1.0",
            Some("km") => "1.60934",
            _ => return self.misused(call, "the unit is 'mi' or 'km'"),
        };
        // Where whole numbers are divided into whole numbers, sqlglot makes them others.
        let (open, close) = match self.dialect().family {
            Postgres | Redshift | RisingWave | Materialize => ("CAST(", " AS DOUBLE PRECISION)"),
            Athena | Presto | Trino => ("CAST(", " AS DOUBLE)"),
            TSql | Fabric => ("CAST(", " AS FLOAT)"),
            _ => ("", ""),
        };
        // Beside a subtraction sqlglot leaves the parentheses out, so that `a - (b - c)` runs as `a - b - c`.
        let subtracts = (0..4).filter_map(|at| bound.get(at)).any(|place| self.subtracts(place));
        let is_certain = (divides_plainly || !open.is_empty()) && !subtracts;
        let pattern = format!(
            "7922 * ASIN(SQRT((POWER(SIN(RADIANS({open}($3 - $1){close} / 2)), 2)) + (COS(RADIANS(#1)) * COS(RADIANS(#3)) \
             * POWER(SIN(RADIANS({open}($4 - $2){close} / 2)), 2)))) * {rate}"
        );
        self.filled(call, &bound, 4, if is_certain { &pattern } else { "" })
    }

    /// Is there a minus outside of brackets that isn't a sign?
    fn subtracts(&self, value: &Fragment) -> bool {
        let lexed = Lexed::new(value.clone(), self.dialect().lexical());
        let mut at = 0;
        while at < lexed.len() {
            if at > 0 && lexed.is_symbol(at, '-') {
                return true;
            }
            at = lexed.behind(at);
        }
        false
    }

    /// The pattern with the first `count` arguments; an empty one isn't certain in this dialect.
    fn filled(&mut self, call: &Call, bound: &Bound, count: usize, pattern: &str) -> Step<Outcome> {
        let values: Vec<Fragment> = (0..count).filter_map(|at| bound.get(at).cloned()).collect();
        let result = if pattern.is_empty() { None } else { self.pattern(pattern, &values, call) };
        match result {
            Some(result) => Ok(Outcome::Value(result)),
            None => self.uncertain(call, kept(values)),
        }
    }
}
