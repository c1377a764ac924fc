//! Python's ways to put values into texts: `'%s' % x`, `'{}'.format(x)`, and printing.
//!
//! In: a format and values. Out: the text. What isn't certain to be the same in Python is an error.

use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Error, Value};

use super::filters::{MAX_WIDTH, failed};
use super::lazy::Lazy;
use super::moment::Moment;

/// How a value is to be written.
#[derive(Debug, Default)]
struct Spec {
    left: bool,
    right: bool,
    centered: bool,
    zero: bool,
    plus: bool,
    comma: bool,
    fill: Option<char>,
    width: usize,
    precision: Option<usize>,
    /// `s`, `d`, `f`, `x`, …
    letter: Option<char>,
}

/// The text of a value, as `str()` gives it.
pub(super) fn printed(value: &Value) -> Result<String, Error> {
    match value.kind() {
        ValueKind::Undefined => Ok(String::new()),
        ValueKind::Number if !value.is_integer() => {
            let number = f64::try_from(value.clone()).map_err(|_| failed("this number isn't known"))?;
            Ok(float(number).unwrap_or_else(|| value.to_string()))
        }
        ValueKind::Plain if value.downcast_object_ref::<Moment>().is_none() => {
            Err(failed("what a function is printed as isn't known"))
        }
        ValueKind::Iterable if value.downcast_object_ref::<Lazy>().is_some() => {
            Err(failed("Python prints this by its address: a filter like `list` or `join` is missing"))
        }
        ValueKind::Map if is_macro(value) => Ok(macro_name(&value.to_string())),
        ValueKind::Seq | ValueKind::Map | ValueKind::Iterable if !is_plain_inside(value, 0) => {
            Err(failed("what this is printed as isn't known"))
        }
        _ => Ok(value.to_string()),
    }
}

/// Is it a macro that isn't called? A dictionary is printed in braces.
pub(super) fn is_macro(value: &Value) -> bool {
    value.to_string().starts_with("<macro ")
}

/// Jinja2 prints a macro that isn't called as `<Macro 'name'>`, minijinja as `<macro name>`.
fn macro_name(printed: &str) -> String {
    let name = printed.trim_start_matches("<macro ").trim_end_matches('>');
    format!("<Macro '{name}'>")
}

/// The text of a value, as `repr()` gives it.
pub(super) fn repr(value: &Value) -> Result<String, Error> {
    if value.kind() != ValueKind::String {
        return printed(value);
    }
    let list = Value::from(vec![value.clone()]).to_string();
    let inner = list.strip_prefix('[').and_then(|list| list.strip_suffix(']'));
    inner.map(str::to_owned).ok_or_else(|| failed("what this is printed as isn't known"))
}

/// Numbers that Python writes with an exponent.
fn float(number: f64) -> Option<String> {
    let size = number.abs();
    if size == 0.0 || (1e-4..1e16).contains(&size) || !number.is_finite() {
        return None;
    }
    with_exponent(&format!("{number:e}"))
}

/// Python's exponents have a sign and two digits.
fn with_exponent(text: &str) -> Option<String> {
    let (digits, exponent) = text.split_once('e')?;
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |rest| ('-', rest));
    Some(format!("{digits}e{sign}{exponent:0>2}"))
}

fn is_plain_inside(value: &Value, depth: usize) -> bool {
    match value.kind() {
        _ if depth > 32 => false,
        ValueKind::Number => {
            value.is_integer() || f64::try_from(value.clone()).is_ok_and(|number| float(number).is_none())
        }
        ValueKind::String | ValueKind::Bool | ValueKind::None => true,
        ValueKind::Iterable if value.downcast_object_ref::<Lazy>().is_some() => false,
        ValueKind::Seq | ValueKind::Iterable => {
            value.try_iter().is_ok_and(|mut items| items.all(|item| is_plain_inside(&item, depth + 1)))
        }
        ValueKind::Map => value.try_iter().is_ok_and(|mut keys| {
            let is_plain = |key: &Value| value.get_item(key).is_ok_and(|item| is_plain_inside(&item, depth + 1));
            keys.all(|key| is_plain_inside(&key, depth + 1) && is_plain(&key))
        }),
        _ => false,
    }
}

/// `format % values`
pub(super) fn percent(format: &str, values: &Value) -> Result<String, Error> {
    let given: Vec<Value> = if values.is_tuple() { values.try_iter()?.collect() } else { vec![values.clone()] };
    let mut given = given.into_iter();
    let is_named = values.kind() == ValueKind::Map;
    let (mut output, mut rest) = (String::new(), format);
    while let Some((before, behind)) = rest.split_once('%') {
        output.push_str(before);
        let (name, behind) = match behind.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            Some((name, behind)) if is_named => (Some(name), behind),
            _ => (None, behind),
        };
        let (spec, behind) = percent_spec(behind)?;
        rest = behind;
        match (spec.letter, name) {
            (Some('%'), None) => output.push('%'),
            (_, Some(name)) => output.push_str(&spec.apply(&values.get_item(&Value::from(name))?)?),
            (_, None) => {
                let value =
                    given.next().filter(|_| !is_named).ok_or_else(|| failed("too few values for this format"))?;
                output.push_str(&spec.apply(&value)?);
            }
        }
        limited(&output)?;
    }
    if !is_named && given.next().is_some() {
        return Err(failed("too many values for this format"));
    }
    Ok(output + rest)
}

fn percent_spec(text: &str) -> Result<(Spec, &str), Error> {
    let mut spec = Spec { right: true, ..Spec::default() };
    let flags = text.len() - text.trim_start_matches(['-', '0', '+']).len();
    let (flags, rest) = text.split_at(flags);
    (spec.left, spec.zero, spec.plus) = (flags.contains('-'), flags.contains('0'), flags.contains('+'));
    let rest = spec.numbers(rest)?;
    let letter = rest.chars().next().ok_or_else(|| failed("this format isn't complete"))?;
    spec.letter = Some(if letter == 'i' { 'd' } else { letter });
    Ok((spec, rest.get(letter.len_utf8()..).unwrap_or("")))
}

/// `format.format(given, named)`
pub(super) fn braces(format: &str, given: &[Value], named: &Kwargs) -> Result<String, Error> {
    let (mut output, mut rest, mut next) = (String::new(), format, 0);
    while let Some(at) = rest.find(['{', '}']) {
        let (before, behind) = rest.split_at(at);
        output.push_str(before);
        if let Some((doubled, behind)) = ["{{", "}}"].iter().find_map(|mark| Some((mark, behind.strip_prefix(*mark)?)))
        {
            output.push_str(doubled.get(1..).unwrap_or(""));
            rest = behind;
            continue;
        }
        let field = behind.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let (field, behind) = field.ok_or_else(|| failed("this format isn't complete"))?;
        let (name, spec) = field.split_once(':').unwrap_or((field, ""));
        let (name, is_repr) = name.strip_suffix("!r").map_or((name, false), |name| (name, true));
        let value = match name.parse::<usize>() {
            Ok(at) => given.get(at).cloned(),
            Err(_) if name.is_empty() => {
                next += 1;
                given.get(next - 1).cloned()
            }
            Err(_) => named.get::<Option<Value>>(name)?,
        };
        let value = value.ok_or_else(|| failed("there is no value for this field"))?;
        let value = if is_repr { Value::from(repr(&value)?) } else { value };
        output.push_str(&brace_spec(spec)?.apply(&value)?);
        limited(&output)?;
        rest = behind;
    }
    Ok(output + rest)
}

fn brace_spec(text: &str) -> Result<Spec, Error> {
    let mut spec = Spec::default();
    let mut rest = text;
    let mut chars = text.chars();
    if let (Some(fill), Some('<' | '>' | '^')) = (chars.next(), chars.next()) {
        spec.fill = Some(fill);
        rest = text.get(fill.len_utf8()..).unwrap_or("");
    }
    if let Some(side @ ('<' | '>' | '^')) = rest.chars().next() {
        (spec.left, spec.right, spec.centered) = (side == '<', side == '>', side == '^');
        rest = rest.get(1..).unwrap_or("");
    }
    if let Some(behind) = rest.strip_prefix('+') {
        (spec.plus, rest) = (true, behind);
    }
    if let Some(behind) = rest.strip_prefix('0') {
        (spec.zero, rest) = (true, behind);
    }
    let rest = spec.numbers(rest)?;
    let mut letters = rest.chars();
    spec.letter = letters.next();
    if letters.next().is_some() { Err(failed("this format isn't known")) } else { Ok(spec) }
}

fn limited(output: &str) -> Result<(), Error> {
    if output.len() > 1_000_000 { Err(failed("this text is too long")) } else { Ok(()) }
}

impl Spec {
    /// Width, comma and precision; what follows them.
    fn numbers<'t>(&mut self, text: &'t str) -> Result<&'t str, Error> {
        let number = |text: &'t str| -> Result<(Option<usize>, &'t str), Error> {
            let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let (digits, rest) = text.split_at(digits);
            let number = if digits.is_empty() { Some(0) } else { digits.parse().ok() };
            let number = number.filter(|number| *number <= MAX_WIDTH).ok_or_else(|| failed("this is too wide"))?;
            Ok(((!digits.is_empty()).then_some(number), rest))
        };
        let (width, rest) = number(text)?;
        self.width = width.unwrap_or(0);
        let behind = rest.strip_prefix(',');
        self.comma = behind.is_some();
        match behind.unwrap_or(rest).strip_prefix('.') {
            None => Ok(behind.unwrap_or(rest)),
            Some(rest) => {
                let (precision, rest) = number(rest)?;
                self.precision = Some(precision.unwrap_or(0));
                Ok(rest)
            }
        }
    }

    fn apply(&self, value: &Value) -> Result<String, Error> {
        let unknown = || failed("what this format gives isn't known");
        let is_number = value.kind() == ValueKind::Number;
        let text = match self.letter {
            Some('s') | None if !is_number || self.letter == Some('s') => {
                let text = printed(value)?;
                match self.precision {
                    _ if self.zero || self.comma || self.plus => return Err(unknown()),
                    Some(most) => text.chars().take(most).collect(),
                    None => text,
                }
            }
            Some('d') | None if value.is_integer() && self.precision.is_none() => self.signed(&value.to_string()),
            Some(letter @ ('x' | 'X' | 'o' | 'b')) if value.is_integer() && !self.comma => {
                let number = u64::try_from(value.clone()).map_err(|_| unknown())?;
                match letter {
                    'x' => format!("{number:x}"),
                    'X' => format!("{number:X}"),
                    'o' => format!("{number:o}"),
                    _ => format!("{number:b}"),
                }
            }
            Some('r') if self.right && !self.zero && !self.plus && self.precision.is_none() => repr(value)?,
            Some(letter @ ('e' | '%')) if is_number && !self.comma => {
                let number = f64::try_from(value.clone()).map_err(|_| unknown())?;
                let precision = self.precision.unwrap_or(6);
                if !number.is_finite() || precision > 300 {
                    return Err(unknown());
                }
                match letter {
                    '%' => self.signed(&format!("{:.precision$}%", number * 100.0)),
                    _ => self.signed(&with_exponent(&format!("{number:.precision$e}")).ok_or_else(unknown)?),
                }
            }
            Some('f') if is_number => {
                let number = f64::try_from(value.clone()).map_err(|_| unknown())?;
                if !number.is_finite() || self.precision.is_some_and(|precision| precision > 300) {
                    return Err(unknown());
                }
                self.signed(&format!("{number:.*}", self.precision.unwrap_or(6)))
            }
            None if is_number && self.precision.is_none() && !self.comma => self.signed(&printed(value)?),
            _ => return Err(unknown()),
        };
        Ok(self.padded(&text, is_number && self.letter != Some('s')))
    }

    /// The digits with a sign and commas.
    fn signed(&self, number: &str) -> String {
        let (sign, digits) = match number.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => (if self.plus { "+" } else { "" }, number),
        };
        if !self.comma {
            return format!("{sign}{digits}");
        }
        let (whole, fraction) = digits.find('.').map_or((digits, ""), |at| digits.split_at(at));
        let mut grouped = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        format!("{sign}{grouped}{fraction}")
    }

    fn padded(&self, text: &str, is_number: bool) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        let padding = |count: usize| self.fill.unwrap_or(' ').to_string().repeat(count);
        let is_right = self.right || is_number && !self.centered;
        match (self.left, self.zero && is_number && !self.centered, is_right) {
            (true, ..) => format!("{text}{}", padding(missing)),
            (_, true, _) => {
                let at = usize::from(text.starts_with(['-', '+']));
                let (sign, digits) = text.split_at(at);
                format!("{sign}{}{digits}", "0".repeat(missing))
            }
            (_, _, true) => format!("{}{text}", padding(missing)),
            _ if self.centered => format!("{}{text}{}", padding(missing / 2), padding(missing - missing / 2)),
            _ => format!("{text}{}", padding(missing)),
        }
    }
}
