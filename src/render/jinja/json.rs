//! Values written as text with structure: `tojson` and `pprint`.
//!
//! In: a value. Out: what `json.dumps` and `pprint.pformat` of Python give; an error where that isn't certain.

use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Environment as Jinja, Error, Value};

use super::filters::{MAX_WIDTH, failed};
use super::format::repr;

/// How deep values may nest.
const MAX_DEPTH: usize = 32;
/// Up to here `pprint` writes one line.
const LINE: usize = 80;

/// Adds the filters.
pub(super) fn add(jinja: &mut Jinja<'_>) {
    jinja.add_filter("tojson", |value: Value, indent: Option<usize>, kwargs: Kwargs| -> Result<String, Error> {
        let indent = kwargs.get::<Option<usize>>("indent")?.or(indent).filter(|indent| *indent <= MAX_WIDTH);
        kwargs.assert_all_used()?;
        json(&value, indent, 0).ok_or_else(|| failed("this value has no JSON"))
    });
    jinja.add_filter("pprint", |value: Value| -> Result<String, Error> {
        let text = pretty(&value, 0)?;
        match text.chars().count() < LINE {
            true => Ok(text),
            false => Err(failed("how Python breaks this into lines isn't known")),
        }
    });
}

/// As `json.dumps(value, sort_keys=True)`, with the letters of HTML escaped. `None` for what isn't JSON.
fn json(value: &Value, indent: Option<usize>, depth: usize) -> Option<String> {
    if depth > MAX_DEPTH {
        return None;
    }
    match value.kind() {
        ValueKind::None => Some("null".to_owned()),
        ValueKind::Bool => Some(value.is_true().to_string()),
        ValueKind::Number => Some(value.to_string()),
        ValueKind::String => Some(string(value.as_str()?)),
        ValueKind::Seq => {
            let items: Option<Vec<String>> =
                value.try_iter().ok()?.map(|item| json(&item, indent, depth + 1)).collect();
            Some(enclosed('[', &items?, ']', indent, depth))
        }
        ValueKind::Map => {
            let mut entries = Vec::new();
            for key in value.try_iter().ok()? {
                let name = key.as_str()?.to_owned();
                entries.push((name, json(&value.get_item(&key).ok()?, indent, depth + 1)?));
            }
            entries.sort();
            let entries: Vec<String> =
                entries.iter().map(|(name, value)| format!("{}: {value}", string(name))).collect();
            Some(enclosed('{', &entries, '}', indent, depth))
        }
        _ => None,
    }
}

/// The items in brackets, each on its own line if there is an indentation.
fn enclosed(open: char, items: &[String], close: char, indent: Option<usize>, depth: usize) -> String {
    match indent.filter(|_| !items.is_empty()) {
        None => format!("{open}{}{close}", items.join(", ")),
        Some(indent) => {
            let line = |depth: usize| format!("\n{}", " ".repeat(indent * depth));
            let inner = line(depth + 1);
            format!("{open}{inner}{}{}{close}", items.join(&format!(",{inner}")), line(depth))
        }
    }
}

fn string(text: &str) -> String {
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

/// One line of `pprint`: entries of dictionaries by their keys.
fn pretty(value: &Value, depth: usize) -> Result<String, Error> {
    if depth > MAX_DEPTH {
        return Err(failed("this is too deep"));
    }
    match value.kind() {
        ValueKind::Map => {
            let mut entries = Vec::new();
            for key in value.try_iter()? {
                let name = key.as_str().ok_or_else(|| failed("how Python sorts these keys isn't certain"))?;
                entries.push((name.to_owned(), pretty(&value.get_item(&key)?, depth + 1)?));
            }
            entries.sort();
            let texts: Result<Vec<String>, Error> =
                entries.iter().map(|(name, text)| Ok(format!("{}: {text}", repr(&Value::from(name))?))).collect();
            Ok(format!("{{{}}}", texts?.join(", ")))
        }
        ValueKind::Seq => {
            let items: Result<Vec<String>, Error> = value.try_iter()?.map(|item| pretty(&item, depth + 1)).collect();
            let items = items?;
            Ok(match (value.is_tuple(), items.as_slice()) {
                (true, [only]) => format!("({only},)"),
                (true, _) => format!("({})", items.join(", ")),
                (false, _) => format!("[{}]", items.join(", ")),
            })
        }
        ValueKind::Number | ValueKind::String | ValueKind::Bool | ValueKind::None => repr(value),
        _ => Err(failed("what this is printed as isn't known")),
    }
}
