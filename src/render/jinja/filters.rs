//! Filters of Jinja2 and SQLMesh that minijinja lacks, and methods of Python's values.
//!
//! In: values. Out: what Python gives. What isn't certain to be the same is an error, so that the template is a hole.

use minijinja::value::{Kwargs, ValueKind, from_args};
use minijinja::{Environment as Jinja, Error, ErrorKind, State, Value};

use super::base64;

/// How wide a text may be padded.
const MAX_WIDTH: usize = 10_000;

/// Adds the filters.
pub(super) fn add(jinja: &mut Jinja<'_>) {
    jinja.add_filter("tojson", |value: Value| json(&value, 0).ok_or_else(|| failed("this value has no JSON")));
    jinja.add_filter("b64encode", |text: String| base64::encode(text.as_bytes()));
    jinja.add_filter("b64decode", |text: String| base64::decode(&text).ok_or_else(|| failed("this is not base64")));
    jinja.add_filter("wordcount", |text: String| {
        text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).count()
    });
    jinja.add_filter("truncate", truncate);
    jinja.add_filter("center", |text: String, width: Option<usize>| centered(&text, width.unwrap_or(80)));
}

fn failed(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// `text | truncate(length, killwords, end, leeway)`
fn truncate(
    text: String,
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
        return Ok(text);
    }
    let kept =
        length.checked_sub(end.chars().count()).ok_or_else(|| failed("the end is longer than the text may be"))?;
    let cut: String = text.chars().take(kept).collect();
    let kept = if killwords { cut.as_str() } else { cut.rsplit_once(' ').map_or(cut.as_str(), |(kept, _)| kept) };
    Ok(format!("{kept}{end}"))
}

fn centered(text: &str, width: usize) -> Result<String, Error> {
    let length = text.chars().count();
    if width > MAX_WIDTH {
        return Err(failed("this is too wide"));
    }
    let missing = width.saturating_sub(length);
    let left = missing / 2 + (missing & width & 1);
    Ok(format!("{}{text}{}", " ".repeat(left), " ".repeat(missing - left)))
}

/// As `json.dumps(value, sort_keys=True)`, with the letters of HTML escaped. `None` for what isn't JSON.
fn json(value: &Value, depth: usize) -> Option<String> {
    if depth > 32 {
        return None;
    }
    match value.kind() {
        ValueKind::None => Some("null".to_owned()),
        ValueKind::Bool => Some(value.is_true().to_string()),
        ValueKind::Number => Some(value.to_string()),
        ValueKind::String => Some(json_string(value.as_str()?)),
        ValueKind::Seq => {
            let items: Option<Vec<String>> = value.try_iter().ok()?.map(|item| json(&item, depth + 1)).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        ValueKind::Map => {
            let mut entries = Vec::new();
            for key in value.try_iter().ok()? {
                let name = key.as_str()?.to_owned();
                entries.push((name, json(&value.get_item(&key).ok()?, depth + 1)?));
            }
            entries.sort();
            let entries: Vec<String> =
                entries.iter().map(|(name, value)| format!("{}: {value}", json_string(name))).collect();
            Some(format!("{{{}}}", entries.join(", ")))
        }
        _ => None,
    }
}

fn json_string(text: &str) -> String {
    let mut output = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => output.push_str("\\\""),
            '\\' => output.push_str("\\\\"),
            '\n' => output.push_str("\\n"),
            '\r' => output.push_str("\\r"),
            '\t' => output.push_str("\\t"),
            '<' | '>' | '&' | '\'' => output.push_str(&format!("\\u{:04x}", c as u32)),
            c if c.is_ascii() && !c.is_ascii_control() => output.push(c),
            c => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| output.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    output.push('"');
    output
}

/// Methods of Python's strings, dictionaries and lists.
pub(super) fn python_method(
    state: &mut State<'_, '_>,
    value: &Value,
    method: &str,
    arguments: &[Value],
) -> Result<Value, Error> {
    match value.kind() {
        ValueKind::String => string_method(state, value, method, arguments),
        ValueKind::Map => map_method(state, value, method, arguments),
        ValueKind::Seq => list_method(value, method, arguments),
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

fn string_method(state: &mut State<'_, '_>, value: &Value, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    let text = value.as_str().unwrap_or("");
    let with_value = || std::iter::once(value.clone()).chain(arguments.iter().cloned()).collect::<Vec<_>>();
    let stripped = |start: bool, end: bool| -> Result<Value, Error> {
        let (set,): (Option<&str>,) = from_args(arguments)?;
        let is_cut = |c: char| set.map_or(c.is_whitespace(), |set| set.contains(c));
        let text = if start { text.trim_start_matches(is_cut) } else { text };
        Ok(Value::from(if end { text.trim_end_matches(is_cut) } else { text }))
    };
    match method {
        "upper" | "lower" if arguments.is_empty() => state.apply_filter(method, &with_value()),
        "capitalize" if arguments.is_empty() => state.apply_filter(method, &with_value()),
        "replace" | "split" => state.apply_filter(method, &with_value()),
        "strip" => stripped(true, true),
        "lstrip" => stripped(true, false),
        "rstrip" => stripped(false, true),
        "startswith" => from_args(arguments).map(|(prefix,): (&str,)| Value::from(text.starts_with(prefix))),
        "endswith" => from_args(arguments).map(|(suffix,): (&str,)| Value::from(text.ends_with(suffix))),
        "removeprefix" => {
            from_args(arguments).map(|(prefix,): (&str,)| Value::from(text.strip_prefix(prefix).unwrap_or(text)))
        }
        "removesuffix" => {
            from_args(arguments).map(|(suffix,): (&str,)| Value::from(text.strip_suffix(suffix).unwrap_or(text)))
        }
        "find" => from_args(arguments).map(|(part,): (&str,)| Value::from(found(text.find(part), text))),
        "rfind" => from_args(arguments).map(|(part,): (&str,)| Value::from(found(text.rfind(part), text))),
        "count" => match from_args::<(&str,)>(arguments)? {
            ("",) => Ok(Value::from(text.chars().count() + 1)),
            (part,) => Ok(Value::from(text.matches(part).count())),
        },
        "join" => {
            let (items,): (Value,) = from_args(arguments)?;
            state.apply_filter("join", &[items, value.clone()])
        }
        "zfill" => from_args(arguments).and_then(|(width,): (usize,)| zero_filled(text, width)),
        "isdigit" => Ok(Value::from(!text.is_empty() && text.chars().all(|c| c.is_ascii_digit()))),
        "splitlines" if arguments.is_empty() => Ok(Value::from(text.lines().map(str::to_owned).collect::<Vec<_>>())),
        "title" if arguments.is_empty() && text.is_ascii() => Ok(Value::from(titled(text))),
        "format" => formatted(text, arguments),
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

/// A byte's place counted in characters, or -1.
fn found(at: Option<usize>, text: &str) -> i64 {
    at.and_then(|at| text.get(..at)).map_or(-1, |before| before.chars().count() as i64)
}

fn zero_filled(text: &str, width: usize) -> Result<Value, Error> {
    if width > MAX_WIDTH {
        return Err(failed("this is too wide"));
    }
    let missing = width.saturating_sub(text.chars().count());
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => text.split_at(text.len() - digits.len()),
        None => ("", text),
    };
    Ok(Value::from(format!("{sign}{}{digits}", "0".repeat(missing))))
}

fn titled(text: &str) -> String {
    let mut after_letter = false;
    let letter = |c: char| {
        let cased = if after_letter { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
        after_letter = c.is_ascii_alphabetic();
        cased
    };
    text.chars().map(letter).collect()
}

/// `'{} {}'.format(a, b)`: only plain fields, in order.
fn formatted(text: &str, arguments: &[Value]) -> Result<Value, Error> {
    let parts: Vec<&str> = text.split("{}").collect();
    if parts.len() != arguments.len() + 1 || parts.iter().any(|part| part.contains(['{', '}'])) {
        return Err(Error::from(ErrorKind::UnknownMethod));
    }
    let mut output = String::new();
    for (index, part) in parts.iter().enumerate() {
        output.push_str(part);
        if let Some(value) = arguments.get(index) {
            output.push_str(&value.to_string());
        }
    }
    Ok(Value::from(output))
}

fn map_method(state: &mut State<'_, '_>, value: &Value, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    match method {
        "items" if arguments.is_empty() => state.apply_filter("items", std::slice::from_ref(value)),
        "keys" if arguments.is_empty() => state.apply_filter("list", std::slice::from_ref(value)),
        "values" if arguments.is_empty() => {
            let values: Result<Vec<Value>, Error> = value.try_iter()?.map(|key| value.get_item(&key)).collect();
            values.map(Value::from)
        }
        "get" => {
            let (key, default): (Value, Option<Value>) = from_args(arguments)?;
            let entry = value.get_item(&key)?;
            Ok(if entry.is_undefined() { default.unwrap_or(Value::from(())) } else { entry })
        }
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

fn list_method(value: &Value, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    let (wanted,): (Value,) = match method {
        "index" | "count" => from_args(arguments)?,
        _ => return Err(Error::from(ErrorKind::UnknownMethod)),
    };
    let mut items = value.try_iter()?;
    match method {
        "index" => {
            items.position(|item| item == wanted).map(Value::from).ok_or_else(|| failed("it is not in the list"))
        }
        _ => Ok(Value::from(items.filter(|item| *item == wanted).count())),
    }
}
