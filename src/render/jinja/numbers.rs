//! Jinja2's filters `int`, `float`, `round`, `abs`, `filesizeformat` and `wordwrap`, as Python reads numbers and wraps lines.
//!
//! In: a value and the filter's arguments. Out: what Python gives; an error where that isn't certain.

use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Environment as Jinja, Error, State, Value, filters};

use super::filters::{MAX_WIDTH, failed};

/// Adds the filters.
pub(super) fn add(jinja: &mut Jinja<'_>) {
    jinja.add_filter("int", int);
    jinja.add_filter("float", float);
    jinja.add_filter("wordwrap", wordwrap);
    jinja.add_filter("filesizeformat", file_size);
    jinja.add_filter("round", rounded);
    jinja.add_filter("abs", |value: Value| filters::abs(counted(value)));
}

/// `True` is one where Python calculates.
fn counted(value: Value) -> Value {
    if value.kind() == ValueKind::Bool { Value::from(i64::from(value.is_true())) } else { value }
}

/// `value | round(precision, method)`: `ceil` and `floor` give numbers with a fraction.
fn rounded(
    state: &mut State<'_, '_>,
    value: Value,
    precision: Option<i32>,
    method: Option<String>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let precision = kwargs.get::<Option<i32>>("precision")?.or(precision).unwrap_or(0);
    let method = kwargs.get::<Option<String>>("method")?.or(method).unwrap_or_else(|| "common".to_owned());
    kwargs.assert_all_used()?;
    let value = counted(value);
    let builtin = Value::from_function(filters::round);
    let result = builtin.call(state, &[value.clone(), Value::from(precision), Value::from(method.as_str())])?;
    match value.is_integer() && method != "common" {
        true => Ok(Value::from(f64::try_from(result)?)),
        false => Ok(result),
    }
}

/// `bytes | filesizeformat(binary)`
fn file_size(value: Value, binary: Option<bool>, kwargs: Kwargs) -> Result<String, Error> {
    const UNITS: [&str; 8] = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
    let binary = kwargs.get::<Option<bool>>("binary")?.or(binary).unwrap_or(false);
    kwargs.assert_all_used()?;
    let bytes = number(&value)?.filter(|bytes| bytes.is_finite()).ok_or_else(|| failed("this is no number"))?;
    let base: f64 = if binary { 1024.0 } else { 1000.0 };
    if bytes == 1.0 {
        return Ok("1 Byte".to_owned());
    }
    if bytes < base {
        return Ok(format!("{} Bytes", bytes.trunc() as i64));
    }
    let limits = UNITS.iter().zip(2..).map(|(unit, power)| (unit, base.powi(power)));
    let last = UNITS.last().map(|unit| (unit, base.powi(9)));
    let found = limits.clone().find(|(_, limit)| bytes < *limit).or(last);
    let (unit, limit) = found.ok_or_else(|| failed("this number is too large"))?;
    let unit = if binary { format!("{}iB", unit.to_uppercase()) } else { format!("{unit}B") };
    Ok(format!("{:.1} {unit}", base * bytes / limit))
}

/// `value | int(default, base)`
fn int(value: Value, default: Option<Value>, base: Option<u32>, kwargs: Kwargs) -> Result<Value, Error> {
    let default = kwargs.get::<Option<Value>>("default")?.or(default).unwrap_or_else(|| Value::from(0));
    let base = kwargs.get::<Option<u32>>("base")?.or(base).unwrap_or(10);
    kwargs.assert_all_used()?;
    if let Some(text) = value.as_str()
        && let Some(number) = integer(plain(text)?, base)
    {
        return Ok(Value::from(number));
    }
    match number(&value)? {
        Some(number) if number.abs() < 1e15 => Ok(Value::from(number.trunc() as i64)),
        Some(number) if number.is_finite() => {
            value.as_i64().map(Value::from).ok_or_else(|| failed("this number is too large"))
        }
        _ => Ok(default),
    }
}

/// `value | float(default)`
fn float(value: Value, default: Option<Value>, kwargs: Kwargs) -> Result<Value, Error> {
    let default = kwargs.get::<Option<Value>>("default")?.or(default).unwrap_or_else(|| Value::from(0.0));
    kwargs.assert_all_used()?;
    Ok(number(&value)?.map_or(default, Value::from))
}

/// Python's `float`; `None` where it fails.
fn number(value: &Value) -> Result<Option<f64>, Error> {
    match value.kind() {
        ValueKind::Undefined => Err(failed("an undefined value is no number")),
        ValueKind::Bool => Ok(Some(f64::from(u8::from(value.is_true())))),
        ValueKind::Number => Ok(f64::try_from(value.clone()).ok()),
        ValueKind::String => {
            let text = plain(value.as_str().unwrap_or(""))?;
            let is_numeric = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
            Ok(text.parse().ok().filter(|_| is_numeric))
        }
        _ => Ok(None),
    }
}

/// Text of which it is certain whether Python reads it as a number.
fn plain(text: &str) -> Result<&str, Error> {
    let lower = text.to_ascii_lowercase();
    if !text.is_ascii() || text.contains('_') || lower.contains("inf") || lower.contains("nan") {
        return Err(failed("whether Python reads this as a number isn't certain"));
    }
    Ok(text.trim())
}

fn integer(text: &str, base: u32) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let prefix = match base {
        2 => "0b",
        8 => "0o",
        16 => "0x",
        _ => "",
    };
    let head = digits.get(..prefix.len()).unwrap_or("");
    let digits = if head.eq_ignore_ascii_case(prefix) { digits.get(prefix.len()..)? } else { digits };
    let is_plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_alphanumeric());
    (is_plain && (2..=36).contains(&base)).then(|| i64::from_str_radix(&format!("{sign}{digits}"), base).ok()).flatten()
}

/// `text | wordwrap(width, break_long_words, wrapstring)`
fn wordwrap(
    text: String,
    width: Option<usize>,
    break_long_words: Option<bool>,
    wrapstring: Option<String>,
    kwargs: Kwargs,
) -> Result<String, Error> {
    let width = kwargs.get::<Option<usize>>("width")?.or(width).unwrap_or(79);
    let breaks = kwargs.get::<Option<bool>>("break_long_words")?.or(break_long_words).unwrap_or(true);
    let end = kwargs.get::<Option<String>>("wrapstring")?.or(wrapstring).unwrap_or_else(|| "\n".to_owned());
    kwargs.assert_all_used()?;
    // Python breaks lines at hyphens too, and knows other blanks and line ends.
    let is_plain = text.bytes().all(|b| b == b'\n' || (b' '..=b'~').contains(&b) && b != b'-');
    if !is_plain || width == 0 || width > MAX_WIDTH {
        return Err(failed("how Python wraps this text isn't certain"));
    }
    let lines: Vec<String> = text.lines().map(|line| wrapped(line, width, breaks).join(&end)).collect();
    Ok(lines.join(&end))
}

/// `textwrap.wrap` of one line.
fn wrapped(line: &str, width: usize, breaks: bool) -> Vec<String> {
    let mut rest = line;
    let mut lines: Vec<String> = Vec::new();
    while !rest.is_empty() {
        if !lines.is_empty() {
            rest = rest.trim_start_matches(' ');
        }
        let (mut taken, mut is_full) = (0, false);
        while let Some(chunk) = chunk(rest.get(taken..).unwrap_or(""), width) {
            if taken + chunk > width {
                is_full = chunk > width && breaks && taken == width;
                taken += match (chunk > width, breaks) {
                    (true, true) => width - taken,
                    (true, false) if taken == 0 => rest.find(' ').unwrap_or(rest.len()),
                    _ => 0,
                };
                break;
            }
            taken += chunk;
        }
        let (taken, left) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        // Behind the blanks Python puts nothing of a word that is too long, and takes that for the last blank.
        let kept = if is_full { taken } else { taken.trim_end_matches(' ') };
        if !kept.is_empty() {
            lines.push(kept.to_owned());
        }
        if taken.is_empty() {
            break;
        }
        rest = left;
    }
    lines
}

/// The length of the run of blanks or of other letters that the text begins with; one that is longer than `width` isn't
/// read to its end.
fn chunk(text: &str, width: usize) -> Option<usize> {
    let is_blank = text.starts_with(' ');
    let text = text.get(..width + 1).unwrap_or(text);
    (!text.is_empty()).then(|| text.find(|c| (c == ' ') != is_blank).unwrap_or(text.len()))
}
