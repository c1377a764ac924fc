//! Methods of Python's strings, dictionaries and lists.
//!
//! In: a value, a method's name, arguments. Out: what Python gives. Letters beyond ASCII have rules of their own in
//! Python: where these would decide, the method isn't known.

use minijinja::value::{Kwargs, Rest, ValueKind, from_args};
use minijinja::{Error, ErrorKind, State, Value};

use super::filters::{MAX_WIDTH, centered, failed};
use super::format;
use super::lazy::View;

/// Methods of Python's strings, dictionaries and lists.
pub fn python_method(
    state: &mut State<'_, '_>,
    value: &Value,
    method: &str,
    arguments: &[Value],
) -> Result<Value, Error> {
    match value.kind() {
        ValueKind::String => of_string(state, value, method, arguments),
        ValueKind::Map => of_dictionary(state, value, method, arguments),
        ValueKind::Seq => of_list(value, method, arguments),
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

pub(super) fn of_string(
    state: &mut State<'_, '_>,
    value: &Value,
    method: &str,
    arguments: &[Value],
) -> Result<Value, Error> {
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
        "replace" => state.apply_filter(method, &with_value()),
        "split" => state.apply_filter("__split", &with_value()),
        "strip" => stripped(true, true),
        "lstrip" => stripped(true, false),
        "rstrip" => stripped(false, true),
        "startswith" => any_of(arguments, |prefix| text.starts_with(prefix)),
        "endswith" => any_of(arguments, |suffix| text.ends_with(suffix)),
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
        "format" => {
            let (given, named): (Rest<Value>, Kwargs) = from_args(arguments)?;
            format::braces(text, &given, &named).map(Value::from)
        }
        "rsplit" if arguments.is_empty() => state.apply_filter("__split", &with_value()),
        "rsplit" => {
            let (separator, most): (&str, Option<usize>) = from_args(arguments)?;
            let mut parts: Vec<&str> = match (separator, most) {
                ("", _) => return Err(failed("an empty separator")),
                (_, Some(most)) => text.rsplitn(most.saturating_add(1), separator).collect(),
                (_, None) => text.rsplit(separator).collect(),
            };
            parts.reverse();
            Ok(Value::from(parts.into_iter().map(str::to_owned).collect::<Vec<_>>()))
        }
        "index" => {
            let (part,): (&str,) = from_args(arguments)?;
            text.find(part).map(|at| Value::from(found(Some(at), text))).ok_or_else(|| failed("it is not in the text"))
        }
        "partition" => from_args(arguments).and_then(|(part,): (&str,)| partitioned(text, part, text.split_once(part))),
        "rpartition" => from_args(arguments).and_then(|(part,): (&str,)| match text.rsplit_once(part) {
            None => Ok(tuple(["", "", text])),
            both => partitioned(text, part, both),
        }),
        "ljust" | "rjust" | "center" => {
            let (width, fill): (usize, Option<char>) = from_args(arguments)?;
            justified(text, method, width, fill.unwrap_or(' ')).map(Value::from)
        }
        _ if text.is_ascii() && arguments.is_empty() => of_ascii(text, method),
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

/// Does one text, or any of a tuple, hold?
fn any_of(arguments: &[Value], holds: impl Fn(&str) -> bool) -> Result<Value, Error> {
    let (wanted,): (Value,) = from_args(arguments)?;
    let mut texts = if wanted.is_tuple() { wanted.try_iter()?.collect() } else { vec![wanted] }.into_iter();
    let is_text = |text: &Value| text.as_str().map(&holds).ok_or_else(|| failed("only texts begin or end a text"));
    texts.try_fold(false, |found, text| Ok(found || is_text(&text)?)).map(Value::from)
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

fn tuple(parts: [&str; 3]) -> Value {
    Value::from(minijinja::value::Tuple::from(parts.map(Value::from).to_vec()))
}

fn partitioned(text: &str, part: &str, both: Option<(&str, &str)>) -> Result<Value, Error> {
    match both {
        _ if part.is_empty() => Err(failed("an empty separator")),
        Some((before, after)) => Ok(tuple([before, part, after])),
        None => Ok(tuple([text, "", ""])),
    }
}

fn justified(text: &str, method: &str, width: usize, fill: char) -> Result<String, Error> {
    if method == "center" && fill == ' ' {
        return centered(text, width);
    }
    let missing = width.min(MAX_WIDTH + 1).saturating_sub(text.chars().count());
    let padding = |count: usize| fill.to_string().repeat(count);
    match method {
        _ if width > MAX_WIDTH => Err(failed("this is too wide")),
        "ljust" => Ok(format!("{text}{}", padding(missing))),
        "rjust" => Ok(format!("{}{text}", padding(missing))),
        _ => {
            let left = missing / 2 + (missing & width & 1);
            Ok(format!("{}{text}{}", padding(left), padding(missing - left)))
        }
    }
}

/// Methods that depend on what kind of letters there are.
fn of_ascii(text: &str, method: &str) -> Result<Value, Error> {
    let all = |is: fn(char) -> bool| Value::from(!text.is_empty() && text.chars().all(is));
    let cased = |is: fn(char) -> bool, other: fn(char) -> bool| Value::from(text.contains(is) && !text.contains(other));
    let is_upper = |c: char| c.is_ascii_uppercase();
    let is_lower = |c: char| c.is_ascii_lowercase();
    let swapped = |c: char| if is_upper(c) { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
    match method {
        "isalpha" => Ok(all(|c| c.is_ascii_alphabetic())),
        "isalnum" => Ok(all(|c| c.is_ascii_alphanumeric())),
        "isnumeric" | "isdecimal" => Ok(all(|c| c.is_ascii_digit())),
        "isspace" => Ok(all(|c| c.is_ascii_whitespace() || c == '\u{b}')),
        "isupper" => Ok(cased(is_upper, is_lower)),
        "islower" => Ok(cased(is_lower, is_upper)),
        "isascii" => Ok(Value::from(true)),
        "isprintable" => Ok(Value::from(!text.contains(|c: char| c.is_ascii_control()))),
        "isidentifier" => Ok(Value::from(
            text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'),
        )),
        "istitle" => Ok(Value::from(titled(text) == text && text.contains(|c: char| c.is_ascii_alphabetic()))),
        "casefold" => Ok(Value::from(text.to_ascii_lowercase())),
        "swapcase" => Ok(Value::from(text.chars().map(swapped).collect::<String>())),
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

pub(super) fn of_dictionary(
    state: &mut State<'_, '_>,
    value: &Value,
    method: &str,
    arguments: &[Value],
) -> Result<Value, Error> {
    match method {
        "items" if arguments.is_empty() => {
            let pairs = state.apply_filter("items", std::slice::from_ref(value))?;
            Ok(View::of("items", pairs.try_iter()?.collect()))
        }
        "keys" if arguments.is_empty() => Ok(View::of("keys", value.try_iter()?.collect())),
        "values" if arguments.is_empty() => {
            let values: Result<Vec<Value>, Error> = value.try_iter()?.map(|key| value.get_item(&key)).collect();
            values.map(|values| View::of("values", values))
        }
        "copy" if arguments.is_empty() => Ok(value.clone()),
        "get" => {
            let (key, default): (Value, Option<Value>) = from_args(arguments)?;
            let entry = value.get_item(&key)?;
            Ok(if entry.is_undefined() { default.unwrap_or(Value::from(())) } else { entry })
        }
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

pub(super) fn of_list(value: &Value, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    if method == "copy" && arguments.is_empty() {
        return value.try_iter().map(|items| Value::from(items.collect::<Vec<_>>()));
    }
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
