//! Filters and tests of Jinja2 and SQLMesh that minijinja lacks or has otherwise.
//!
//! In: values. Out: what Python gives. What isn't certain to be the same is an error, so that the template is a hole.

use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Environment as Jinja, Error, ErrorKind, Value};

use super::base64;

/// How wide a text may be padded.
pub(super) const MAX_WIDTH: usize = 10_000;

/// Adds the filters.
pub(super) fn add(jinja: &mut Jinja<'_>) {
    jinja.add_filter("tojson", |value: Value| json(&value, 0).ok_or_else(|| failed("this value has no JSON")));
    jinja.add_filter("b64encode", |text: String| base64::encode(text.as_bytes()));
    jinja.add_filter("b64decode", |text: String| base64::decode(&text).ok_or_else(|| failed("this is not base64")));
    jinja.add_filter("wordcount", |text: String| {
        text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).count()
    });
    jinja.add_filter("truncate", truncate);
    for unlike in ["pprint", "attr"] {
        jinja.add_filter(unlike, |_: Value, _: minijinja::value::Rest<Value>| -> Result<Value, Error> {
            Err(failed("what this filter gives in Python isn't known"))
        });
    }
    jinja.add_filter("urlencode", |value: Value| {
        value.as_str().map(url_encoded).ok_or_else(|| failed("only a text is certain to be encoded as in Python"))
    });
    jinja.add_test("callable", |value: Value| -> Result<bool, Error> {
        match value.kind() {
            ValueKind::Plain | ValueKind::Undefined => Err(failed("whether this can be called isn't known")),
            _ => Ok(false),
        }
    });
    jinja.add_test("sequence", |value: Value| {
        matches!(value.kind(), ValueKind::Seq | ValueKind::Map | ValueKind::String | ValueKind::Iterable)
    });
    jinja.add_filter("center", |text: String, width: Option<usize>| centered(&text, width.unwrap_or(80)));
}

/// An error that says why a value isn't known.
pub(super) fn failed(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// As `urllib.parse.quote`.
fn url_encoded(text: &str) -> String {
    let mut output = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' | b'/' => output.push(char::from(byte)),
            _ => output.push_str(&format!("%{byte:02X}")),
        }
    }
    output
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

pub(super) fn centered(text: &str, width: usize) -> Result<String, Error> {
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
