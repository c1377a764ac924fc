//! Line endings as git would commit them: with `core.autocrlf` or a `text` attribute, `\r\n` on disk is `\n` in git.
//!
//! In: a file's bytes on disk. Out: whether git would convert them, and the converted bytes. Without this, a file
//! edited on Windows would differ from its last commit in every line.

use std::path::Path;

use git2::{AttrCheckFlags, AttrValue};

use super::SIZE_LIMIT;

/// Whether git would turn `\r\n` in this file into `\n`.
pub(super) fn is_converted(git: &git2::Repository, path: &Path, bytes: &[u8]) -> bool {
    match rule(git, path) {
        Rule::Never => false,
        Rule::Always => true,
        Rule::Guess => !is_binary(bytes) && !stored_with_crlf(git, path),
    }
}

/// The bytes with `\n` for each `\r\n`.
pub(super) fn as_committed(bytes: &[u8]) -> Vec<u8> {
    let next = bytes.iter().skip(1).map(Some).chain([None]);
    bytes
        .iter()
        .zip(next)
        .filter(|&(&byte, next)| byte != b'\r' || next != Some(&b'\n'))
        .map(|(&byte, _)| byte)
        .collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Rule {
    Never,
    Always,
    /// Unless the file looks binary or is stored with `\r\n` already.
    Guess,
}

/// The `text` attribute decides, else its older name `crlf`, else `eol`, else the configuration.
fn rule(git: &git2::Repository, path: &Path) -> Rule {
    for attribute in ["text", "crlf"] {
        match value(git, path, attribute) {
            Attribute::Set => return Rule::Always,
            Attribute::Unset => return Rule::Never,
            Attribute::Text(text) if text == "auto" => return Rule::Guess,
            Attribute::Text(text) if text == "input" => return Rule::Always,
            Attribute::Text(_) | Attribute::Unspecified => {}
        }
    }
    if matches!(value(git, path, "eol"), Attribute::Text(eol) if eol == "lf" || eol == "crlf") {
        return Rule::Always;
    }
    if autocrlf(git) { Rule::Guess } else { Rule::Never }
}

enum Attribute {
    Set,
    Unset,
    Text(String),
    Unspecified,
}

fn value(git: &git2::Repository, path: &Path, attribute: &str) -> Attribute {
    let value = git.get_attr(path, attribute, AttrCheckFlags::FILE_THEN_INDEX);
    match AttrValue::from_string(value.unwrap_or(None)) {
        AttrValue::True => Attribute::Set,
        AttrValue::False => Attribute::Unset,
        AttrValue::String(text) => Attribute::Text(text.to_owned()),
        AttrValue::Bytes(_) | AttrValue::Unspecified => Attribute::Unspecified,
    }
}

fn autocrlf(git: &git2::Repository) -> bool {
    let value = git.config().and_then(|config| config.get_string("core.autocrlf"));
    value.is_ok_and(|value| ["true", "input", "yes", "on", "1"].iter().any(|yes| value.eq_ignore_ascii_case(yes)))
}

/// What git takes for binary: a NUL, or a carriage return that doesn't end a line.
fn is_binary(bytes: &[u8]) -> bool {
    bytes.contains(&0) || as_committed(bytes).contains(&b'\r')
}

fn stored_with_crlf(git: &git2::Repository, path: &Path) -> bool {
    let entry = git.index().ok().and_then(|index| index.get_path(path, 0));
    let (Some(entry), Ok(odb)) = (entry, git.odb()) else {
        return false;
    };
    // The header first: an object that inflates to gigabytes must not get as far as memory.
    if !odb.read_header(entry.id).is_ok_and(|(size, _)| size as u64 <= SIZE_LIMIT) {
        return false;
    }
    odb.read(entry.id).is_ok_and(|object| object.data().windows(2).any(|pair| pair == b"\r\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_line_ends_lose_their_carriage_return() {
        assert_eq!(as_committed(b"SELECT 1\r\nFROM t\r\n"), b"SELECT 1\nFROM t\n");
        assert_eq!(as_committed(b"a\rb\r\r\n\r"), b"a\rb\r\n\r");
        assert_eq!(as_committed(b""), b"");
    }

    #[test]
    fn a_lone_carriage_return_is_no_text() {
        assert!(is_binary(b"a\rb\r\n"));
        assert!(is_binary(b"a\0\r\n"));
        assert!(!is_binary(b"a\r\n"));
    }
}
