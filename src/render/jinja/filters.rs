//! Filters and tests of Jinja2 and SQLMesh that minijinja lacks or has otherwise.
//!
//! In: values. Out: what Python gives. What isn't certain to be the same is an error, so that the template is a hole.

use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Environment as Jinja, Error, ErrorKind, State, Value, filters};

use super::base64;
use super::cycles;
use super::format::{is_macro, printed};
use super::moment::Moment;

/// Attributes of Python's texts, numbers, lists and dictionaries.
const ATTRIBUTES: [&str; 77] = [
    "append",
    "as_integer_ratio",
    "bit_count",
    "bit_length",
    "capitalize",
    "casefold",
    "center",
    "clear",
    "conjugate",
    "copy",
    "count",
    "denominator",
    "encode",
    "endswith",
    "expandtabs",
    "extend",
    "find",
    "format",
    "format_map",
    "from_bytes",
    "fromhex",
    "fromkeys",
    "get",
    "hex",
    "imag",
    "index",
    "insert",
    "is_integer",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
    "items",
    "join",
    "keys",
    "ljust",
    "lower",
    "lstrip",
    "maketrans",
    "numerator",
    "partition",
    "pop",
    "popitem",
    "real",
    "remove",
    "removeprefix",
    "removesuffix",
    "replace",
    "reverse",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "rsplit",
    "rstrip",
    "setdefault",
    "sort",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "swapcase",
    "title",
    "to_bytes",
    "translate",
    "update",
    "upper",
    "values",
    "zfill",
];

/// How wide a text may be padded.
pub(super) const MAX_WIDTH: usize = 10_000;

/// Adds the filters.
pub(super) fn add(jinja: &mut Jinja<'_>) {
    jinja.add_filter("b64encode", |text: String| base64::encode(text.as_bytes()));
    jinja.add_filter("b64decode", |text: String| base64::decode(&text).ok_or_else(|| failed("this is not base64")));
    jinja.add_filter("wordcount", |text: String| {
        text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).count()
    });
    jinja.add_filter("truncate", truncate);
    jinja.add_filter("attr", attribute);
    jinja.add_filter("urlencode", |value: Value| url_encoded(&value));
    jinja.add_filter("indent", indented);
    let sort = Value::from_function(filters::sort);
    add_positional(jinja, "sort", sort, &["reverse", "case_sensitive", "attribute"]);
    let dictsort = Value::from_function(filters::dictsort);
    add_positional(jinja, "dictsort", dictsort, &["case_sensitive", "by", "reverse"]);
    jinja.add_filter("string", |value: Value| match value.kind() {
        ValueKind::String => Ok(value),
        _ => printed(&value).map(Value::from),
    });
    jinja.add_test("callable", |value: Value| match value.kind() {
        ValueKind::Undefined => true,
        ValueKind::Plain => !cycles::is_cycler(&value) && value.downcast_object_ref::<Moment>().is_none(),
        ValueKind::Map => is_macro(&value),
        _ => false,
    });
    jinja.add_test("sequence", |value: Value| {
        matches!(value.kind(), ValueKind::Seq | ValueKind::Map | ValueKind::String | ValueKind::Undefined)
    });
    jinja.add_test("iterable", |value: Value| {
        use ValueKind::*;
        matches!(value.kind(), Seq | Map | String | Iterable | Undefined)
    });
    for (name, is_wanted, is_other) in [
        ("lower", char::is_lowercase as fn(char) -> bool, char::is_uppercase as fn(char) -> bool),
        ("upper", char::is_uppercase, char::is_lowercase),
    ] {
        jinja.add_test(name, move |value: Value| {
            printed(&value).map(|text| text.contains(is_wanted) && !text.contains(is_other))
        });
    }
    jinja.add_filter("center", |text: String, width: Option<usize>| centered(&text, width.unwrap_or(80)));
}

/// An error that says why a value isn't known.
pub(super) fn failed(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// Adds a filter that takes its arguments in order as well as by name.
fn add_positional(jinja: &mut Jinja<'_>, name: &'static str, builtin: Value, names: &'static [&'static str]) {
    jinja.add_filter(name, move |state: &mut State<'_, '_>, value: Value, given: Rest<Value>, named: Kwargs| {
        builtin.call(state, &[value, Value::from(by_name(names, given, &named)?)])
    });
}

/// Arguments by name, those that come in order too.
pub(super) fn by_name(names: &[&'static str], given: Rest<Value>, named: &Kwargs) -> Result<Kwargs, Error> {
    if given.len() > names.len() {
        return Err(failed("this filter takes fewer arguments"));
    }
    let mut arguments: Vec<(&str, Value)> = names.iter().copied().zip(given.0).collect();
    for name in named.args() {
        arguments.push((name, named.get(name)?));
    }
    Ok(arguments.into_iter().collect())
}

/// `value | attr(name)`: of plain values Python's methods are the only attributes.
fn attribute(value: Value, name: &str) -> Result<Value, Error> {
    let is_plain = value.as_object().is_none() || matches!(value.kind(), ValueKind::Seq);
    match is_plain && !name.starts_with('_') && !ATTRIBUTES.contains(&name) {
        true => Ok(Value::UNDEFINED),
        false => Err(failed("what this attribute is in Python isn't known")),
    }
}

/// As `urllib.parse.quote` of a value, or of the pairs of a dictionary or a list.
fn url_encoded(value: &Value) -> Result<String, Error> {
    let pair = |key: &Value, value: &Value| -> Result<String, Error> {
        Ok(format!("{}={}", quoted(&printed(key)?, true), quoted(&printed(value)?, true)))
    };
    let pairs: Result<Vec<String>, Error> = match value.kind() {
        ValueKind::Map => value.try_iter()?.map(|key| pair(&key, &value.get_item(&key)?)).collect(),
        ValueKind::Seq | ValueKind::Iterable => value
            .try_iter()?
            .map(|item| match item.len() {
                Some(2) => pair(&item.get_item(&Value::from(0))?, &item.get_item(&Value::from(1))?),
                _ => Err(failed("this is no list of pairs")),
            })
            .collect(),
        _ => return printed(value).map(|text| quoted(&text, false)),
    };
    Ok(pairs?.join("&"))
}

fn quoted(text: &str, in_query: bool) -> String {
    let mut output = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => output.push(char::from(byte)),
            b'/' if !in_query => output.push('/'),
            b' ' if in_query => output.push('+'),
            _ => output.push_str(&format!("%{byte:02X}")),
        }
    }
    output
}

/// `text | indent(width, first, blank)`
fn indented(
    text: &str,
    width: Option<Value>,
    first: Option<bool>,
    blank: Option<bool>,
    kwargs: Kwargs,
) -> Result<String, Error> {
    let width = kwargs.get::<Option<Value>>("width")?.or(width).unwrap_or_else(|| Value::from(4));
    let first = kwargs.get::<Option<bool>>("first")?.or(first).unwrap_or(false);
    let blank = kwargs.get::<Option<bool>>("blank")?.or(blank).unwrap_or(false);
    kwargs.assert_all_used()?;
    // Python knows other ends of lines.
    let is_plain =
        !text.contains(|c: char| c != '\n' && c != '\t' && (c.is_control() || "\u{2028}\u{2029}".contains(c)));
    let indent = match (width.as_str(), width.as_usize()) {
        (Some(indent), _) if indent.len() <= MAX_WIDTH => indent.to_owned(),
        (None, Some(width)) if width <= MAX_WIDTH => " ".repeat(width),
        _ => return Err(failed("this is too wide")),
    };
    if !is_plain || text.matches('\n').count().saturating_mul(indent.len()) > 1_000_000 {
        return Err(failed("how Python indents this text isn't certain"));
    }
    let mut output = String::new();
    for (at, line) in text.split('\n').enumerate() {
        let is_indented = if at == 0 { first } else { blank || !line.is_empty() };
        output.push_str(if at == 0 { "" } else { "\n" });
        output.push_str(if is_indented { &indent } else { "" });
        output.push_str(line);
    }
    Ok(output)
}

/// `text | truncate(length, killwords, end, leeway)`
fn truncate(
    text: &str,
    length: Option<usize>,
    killwords: Option<bool>,
    end: Option<String>,
    kwargs: Kwargs,
) -> Result<String, Error> {
    let length = kwargs.get::<Option<usize>>("length")?.or(length).unwrap_or(255);
    let killwords = kwargs.get::<Option<bool>>("killwords")?.or(killwords).unwrap_or(false);
    let end = kwargs.get::<Option<String>>("end")?.or(end).unwrap_or_else(|| "...".to_owned());
    let leeway = kwargs.get::<Option<usize>>("leeway")?.unwrap_or(5);
    kwargs.assert_all_used()?;
    if text.chars().count() <= length.saturating_add(leeway) {
        return Ok(text.to_owned());
    }
    let kept =
        length.checked_sub(end.chars().count()).ok_or_else(|| failed("the end is longer than the text may be"))?;
    let cut: String = text.chars().take(kept).collect();
    let kept = if killwords { cut.as_str() } else { cut.rsplit_once(' ').map_or(cut.as_str(), |(kept, _)| kept) };
    Ok(format!("{kept}{end}"))
}

pub(super) fn centered(text: &str, width: usize) -> Result<String, Error> {
    let length = text.chars().count();
    if width > MAX_WIDTH {
        return Err(failed("this is too wide"));
    }
    let missing = width.saturating_sub(length);
    let left = missing / 2 + (missing & width & 1);
    Ok(format!("{}{text}{}", " ".repeat(left), " ".repeat(missing - left)))
}
