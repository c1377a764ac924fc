//! Jinja2's filters that write HTML: `escape`, `striptags`, `xmlattr`, `urlize`.
//!
//! In: values. Out: what markupsafe and Jinja2 make of them; an error where that isn't certain.

use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Environment as Jinja, Error, Value};

use super::filters::{by_name, failed};
use super::format::printed;

/// Names of domains that make a link without a scheme.
const DOMAINS: [&str; 8] = ["com", "net", "int", "edu", "gov", "org", "info", "mil"];

/// Adds the filters.
pub(super) fn add(jinja: &mut Jinja<'_>) {
    for name in ["e", "escape"] {
        jinja.add_filter(name, |value: Value| match value.is_safe() {
            true => Ok(value),
            false => printed(&value).map(|text| Value::from_safe_string(escaped(&text))),
        });
    }
    jinja.add_filter("forceescape", |value: Value| printed(&value).map(|text| Value::from_safe_string(escaped(&text))));
    jinja.add_filter("striptags", |value: Value| printed(&value).and_then(|text| stripped(&text)));
    jinja.add_filter("xmlattr", attributes);
    jinja.add_filter("urlize", urlize);
}

fn escaped(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => output.push_str("&amp;"),
            '<' => output.push_str("&lt;"),
            '>' => output.push_str("&gt;"),
            '\'' => output.push_str("&#39;"),
            '"' => output.push_str("&#34;"),
            c => output.push(c),
        }
    }
    output
}

/// The text without tags and comments, its blanks collapsed, its entities replaced.
fn stripped(text: &str) -> Result<String, Error> {
    let (mut kept, mut rest) = (String::new(), text);
    while let Some((before, tag)) = rest.find('<').map(|at| rest.split_at(at)) {
        let end = match tag.strip_prefix("<!--") {
            Some(comment) => comment.find("-->").map(|end| end + "<!---->".len()),
            None => tag.find('>').map(|end| end + 1),
        };
        let Some(behind) = end.and_then(|end| tag.get(end..)) else { break };
        kept.push_str(before);
        rest = behind;
    }
    kept.push_str(rest);
    unescaped(&kept.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn unescaped(text: &str) -> Result<String, Error> {
    let (mut output, mut rest) = (String::new(), text);
    while let Some((before, entity)) = rest.split_once('&') {
        output.push_str(before);
        if entity.is_empty() || entity.starts_with([' ', '<', '&', ';']) {
            output.push('&');
            rest = entity;
            continue;
        }
        let known = entity.split_once(';').and_then(|(name, behind)| Some((character(name)?, behind)));
        let (character, behind) = known.ok_or_else(|| failed("what this entity stands for isn't known"))?;
        output.push(character);
        rest = behind;
    }
    Ok(output + rest)
}

/// What an entity stands for, of those that are certain.
fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control())
        }
    }
}

/// `dictionary | xmlattr(autospace)`
fn attributes(entries: Value, autospace: Option<bool>, kwargs: Kwargs) -> Result<String, Error> {
    let autospace = kwargs.get::<Option<bool>>("autospace")?.or(autospace).unwrap_or(true);
    kwargs.assert_all_used()?;
    if entries.kind() != ValueKind::Map {
        return Err(failed("only a dictionary has attributes"));
    }
    let mut items = Vec::new();
    for key in entries.try_iter()? {
        let value = entries.get_item(&key)?;
        let name = key.as_str().filter(|name| !name.contains(|c: char| c.is_whitespace() || "/>=".contains(c)));
        let name = name.ok_or_else(|| failed("this is no attribute's name"))?;
        if !value.is_none() && !value.is_undefined() {
            items.push(format!("{}=\"{}\"", escaped(name), escaped(&printed(&value)?)));
        }
    }
    let space = if autospace && !items.is_empty() { " " } else { "" };
    Ok(format!("{space}{}", items.join(" ")))
}

/// `text | urlize(trim_url_limit, nofollow, target, rel)`
fn urlize(text: &str, given: Rest<Value>, named: Kwargs) -> Result<String, Error> {
    let named = by_name(&["trim_url_limit", "nofollow", "target", "rel"], given, &named)?;
    let limit = named.get::<Option<usize>>("trim_url_limit")?;
    let nofollow = named.get::<Option<bool>>("nofollow")?.unwrap_or(false);
    let target = named.get::<Option<String>>("target")?.filter(|target| !target.is_empty());
    let rel = named.get::<Option<String>>("rel")?.unwrap_or_default();
    named.assert_all_used()?;
    if !text.is_ascii() {
        return Err(failed("what is a link in this text isn't certain"));
    }
    let mut relations: Vec<&str> = rel.split_whitespace().chain(["noopener"]).collect();
    relations.extend(nofollow.then_some("nofollow"));
    relations.sort_unstable();
    relations.dedup();
    let mut attributes = format!(" rel=\"{}\"", escaped(&relations.join(" ")));
    attributes += &target.map_or(String::new(), |target| format!(" target=\"{}\"", escaped(&target)));
    let text = escaped(text);
    let words = text.split_inclusive(|c: char| c.is_whitespace());
    words.map(|word| linked(word, limit, &attributes)).collect()
}

/// A word with the blank behind it, as a link if it is one.
fn linked(word: &str, limit: Option<usize>, attributes: &str) -> Result<String, Error> {
    let trimmed = word.trim_end();
    let blank = word.get(trimmed.len()..).unwrap_or("");
    let mut middle = trimmed;
    while let Some(rest) = ["(", "<", "&lt;"].iter().find_map(|mark| middle.strip_prefix(mark)) {
        middle = rest;
    }
    let head = trimmed.get(..trimmed.len() - middle.len()).unwrap_or("");
    let behind = middle;
    while let Some(rest) = [")", ">", ".", ",", "&gt;"].iter().find_map(|mark| middle.strip_suffix(mark)) {
        middle = rest;
    }
    // A bracket that opens in the word is closed in it.
    let mut end = middle.len();
    for (open, close) in [("(", ")"), ("<", ">"), ("&lt;", "&gt;")] {
        let inside = behind.get(..end).unwrap_or("");
        let opened = inside.matches(open).count();
        if opened > inside.matches(close).count() {
            let tail = behind.get(end..).unwrap_or("");
            let closing = tail.match_indices(close).take(opened).last();
            end += closing.map_or(0, |(at, _)| at + close.len());
        }
    }
    let (middle, tail) = behind.split_at_checked(end).unwrap_or((behind, ""));
    let link = link(middle, limit, attributes)?;
    Ok(format!("{head}{link}{tail}{blank}"))
}

fn link(word: &str, limit: Option<usize>, attributes: &str) -> Result<String, Error> {
    if is_url(word)? {
        let scheme = if word.starts_with("https://") || word.starts_with("http://") { "" } else { "https://" };
        let shown = match limit.filter(|limit| word.len() > *limit) {
            Some(limit) => format!("{}...", word.get(..limit).unwrap_or("")),
            None => word.to_owned(),
        };
        return Ok(format!("<a href=\"{scheme}{word}\"{attributes}>{shown}</a>"));
    }
    if let Some(address) = word.strip_prefix("mailto:").filter(|address| is_address(address)) {
        return Ok(format!("<a href=\"{word}\">{address}</a>"));
    }
    let may_be_address = !word.starts_with("www.") && !word.starts_with('@') && !word.contains(':');
    Ok(match may_be_address && is_address(word) {
        true => format!("<a href=\"mailto:{word}\">{word}</a>"),
        false => word.to_owned(),
    })
}

/// A host with a scheme, `www.` or a known domain, then perhaps a port and a path.
fn is_url(word: &str) -> Result<bool, Error> {
    let lower = word.to_ascii_lowercase();
    let scheme = ["http://", "https://"].iter().find_map(|scheme| lower.strip_prefix(scheme));
    let is_label = |label: &&str| label.bytes().all(is_host);
    let rest = scheme.or_else(|| lower.strip_prefix("www.")).unwrap_or(&lower);
    if scheme.is_some() && rest.starts_with('[') {
        return Err(failed("whether this is a link isn't certain"));
    }
    let length = rest.find(|c: char| !c.is_ascii() || !(is_host(c as u8) || c == '.')).unwrap_or(rest.len());
    let (host, behind) = rest.split_at(length);
    let labels: Vec<&str> = host.split('.').collect();
    let (last, others) = labels.split_last().unwrap_or((&"", &[]));
    let is_domain = (2..=63).contains(&last.len()) && last.bytes().all(|b| b.is_ascii_lowercase())
        || last.strip_prefix("xn--").is_some_and(|rest| (2..=59).contains(&rest.len()) && !rest.contains('-'));
    let is_number = |label: &&str| (1..=3).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_digit());
    let is_named = rest.len() < lower.len() && is_domain && others.iter().all(|label| !label.is_empty())
        || scheme.is_some() && labels.len() == 4 && labels.iter().all(is_number);
    let all: Vec<&str> = lower.get(..lower.len() - behind.len()).unwrap_or("").split('.').collect();
    let is_known = scheme.is_none()
        && all.split_last().is_some_and(|(last, others)| {
            DOMAINS.contains(last) && !others.is_empty() && others.iter().all(|label| (2..=63).contains(&label.len()))
        });
    Ok((is_named || is_known) && labels.iter().all(is_label) && ends_url(behind))
}

fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'%' | b'-')
}

/// A port, a path, or nothing.
fn ends_url(text: &str) -> bool {
    let path = match text.strip_prefix(':') {
        Some(port) => {
            let path = port.trim_start_matches(|c: char| c.is_ascii_digit());
            if !(1..=5).contains(&(port.len() - path.len())) {
                return false;
            }
            path
        }
        None => text,
    };
    path.is_empty() || path.starts_with(['/', '?', '#'])
}

/// Something, `@`, a host with a dot.
fn is_address(word: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    word.match_indices('@').any(|(at, _)| {
        let host = word.get(at + 1..).unwrap_or("");
        let last = host.rsplit_once('.').map_or("", |(_, last)| last);
        at > 0
            && host.starts_with(is_word)
            && !last.is_empty()
            && last.chars().all(is_word)
            && host.chars().all(|c| is_word(c) || matches!(c, '.' | '-'))
    })
}
