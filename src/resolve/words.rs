//! Bare words that look like columns and aren't: pseudo columns and date parts.

use crate::dialect::Family;

/// Columns that engines add by themselves.
pub(super) fn is_pseudo_column(name: &str) -> bool {
    const PSEUDO: &[&str] = &[
        "rowid",
        "rownum",
        "ctid",
        "oid",
        "xmin",
        "xmax",
        "_partitiontime",
        "_partitiondate",
        "_table_suffix",
        "_file_name",
        "_metadata",
        "filename",
        "level",
        "sysdate",
        "current_user",
        "session_user",
        "user",
        "current_role",
        "current_catalog",
        "current_schema",
        "metadata$filename",
        "metadata$file_row_number",
        "_part",
        "_shard_num",
        "$path",
        "$file_size",
    ];
    PSEUDO.contains(&name.to_lowercase().as_str())
}

/// Which argument of a call is a bare date part and never a column. Only calls are listed for which that holds in
/// every engine of the family.
pub(super) fn unit_argument(function: &str, arguments: usize, family: Family) -> Option<usize> {
    let last = arguments.checked_sub(1)?;
    match function {
        "DATEDIFF" | "DATEADD" | "TIMEDIFF" | "TIMEADD" if arguments == 3 => Some(0),
        "TIMESTAMPADD" | "TIMESTAMPDIFF" if arguments == 3 => Some(0),
        "DATEDIFF_BIG" | "DATEPART" | "DATENAME" | "DATETRUNC" | "DATE_BUCKET" => Some(0),
        "DATE_PART" | "DATE_TRUNC" if family == Family::Snowflake => Some(0),
        "DATE_TRUNC" | "TIMESTAMP_TRUNC" | "DATETIME_TRUNC" | "TIME_TRUNC" | "LAST_DAY" if arguments > 1 => {
            matches!(family, Family::BigQuery | Family::Snowflake).then_some(last)
        }
        "DATE_DIFF" | "DATETIME_DIFF" | "TIMESTAMP_DIFF" | "TIME_DIFF" if family == Family::BigQuery => Some(last),
        _ => None,
    }
}

pub(super) fn is_unit(name: &str) -> bool {
    const UNITS: &[&str] = &[
        "year",
        "years",
        "yyyy",
        "yy",
        "y",
        "quarter",
        "quarters",
        "qq",
        "q",
        "qtr",
        "month",
        "months",
        "mm",
        "mon",
        "m",
        "week",
        "weeks",
        "wk",
        "ww",
        "w",
        "isoweek",
        "isoyear",
        "dayofweek",
        "dayofyear",
        "doy",
        "dow",
        "weekday",
        "dw",
        "day",
        "days",
        "dd",
        "d",
        "hour",
        "hours",
        "hh",
        "h",
        "minute",
        "minutes",
        "mi",
        "n",
        "min",
        "second",
        "seconds",
        "ss",
        "s",
        "sec",
        "millisecond",
        "milliseconds",
        "ms",
        "microsecond",
        "microseconds",
        "us",
        "mcs",
        "nanosecond",
        "nanoseconds",
        "ns",
        "epoch",
        "epoch_second",
        "epoch_millisecond",
        "decade",
        "century",
        "millennium",
        "dayofmonth",
        "yearofweek",
        "weekiso",
        "dayofweekiso",
        "timezone_hour",
        "timezone_minute",
        "tzoffset",
        "iso_week",
    ];
    UNITS.contains(&name.to_lowercase().as_str())
}
