//! Splits the inside of a header, or of a kind, into properties.

use std::sync::Arc;

use super::{ModelKind, Property};
use crate::diagnostic::Location;
use crate::dialect::LexicalRules;
use crate::lex::{Token, TokenKind, lex_code};

/// A text with what its tokens' locations refer to.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub path: &'a Arc<str>,
    pub text: &'a str,
    pub lines: &'a crate::project::lines::Lines,
}

impl Source<'_> {
    pub(crate) fn location(&self, start: usize, end: usize) -> Location {
        self.lines.location(self.path, self.text, start, end)
    }
}

/// The properties in `tokens`, which stand between a header's parentheses and hold no comments.
pub(crate) fn parse_properties(source: Source<'_>, tokens: &[Token]) -> Vec<Property> {
    let mut properties: Vec<Property> = Vec::new();
    for segment in split_commas(tokens) {
        match properties.last_mut() {
            // The assignments of an unparenthesized `WHEN MATCHED THEN UPDATE SET a = b, c = d`.
            Some(last) if last.name == "when_matched" && is_assignment(segment) => extend(source, last, segment),
            _ => properties.extend(property(source, segment)),
        }
    }
    properties
}

/// The byte range of the value of the property of this name.
pub(crate) fn property_tokens(text: &str, tokens: &[Token], name: &str) -> Option<(usize, usize)> {
    split_commas(tokens).into_iter().find_map(|segment| {
        let (key, value) = segment.split_first()?;
        let is_it = crate::lex::identifier_text(key, text).0.eq_ignore_ascii_case(name);
        is_it.then(|| Some((value.first()?.start, value.last()?.end)))?
    })
}

/// Splits at commas that are not inside brackets. Empty pieces (trailing commas) are left out.
pub(crate) fn split_commas(tokens: &[Token]) -> Vec<&[Token]> {
    let mut pieces = Vec::new();
    let mut depth = 0usize;
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Symbol('(' | '[' | '{') => depth += 1,
            TokenKind::Symbol(')' | ']' | '}') => depth = depth.saturating_sub(1),
            TokenKind::Symbol(',') if depth == 0 => {
                pieces.push(tokens.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(tokens.get(start..).unwrap_or_default());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn property(source: Source<'_>, segment: &[Token]) -> Option<Property> {
    let (key, value) = segment.split_first()?;
    let last = segment.last()?;
    if key.is_symbol('@') {
        // A macro that makes the whole property.
        let name = value.first().map_or("", |token| token.text(source.text));
        return Some(Property {
            name: format!("@{}", name.to_lowercase()),
            ..make(source, "", segment, key.start, last.end)
        });
    }
    let name = crate::lex::identifier_text(key, source.text).0.to_lowercase();
    Some(make(source, &name, value, key.start, last.end))
}

fn make(source: Source<'_>, name: &str, value: &[Token], start: usize, end: usize) -> Property {
    let text = value.first().and_then(|first| source.text.get(first.start..end)).unwrap_or("");
    Property {
        name: name.to_owned(),
        value: text.trim().into(),
        tokens: value.iter().map(|token| token.text(source.text).to_owned()).collect(),
        location: source.location(start, end),
        behind: 0,
    }
}

fn is_assignment(segment: &[Token]) -> bool {
    let mut depth = 0usize;
    segment.iter().any(|token| {
        match token.kind {
            TokenKind::Symbol('(') => depth += 1,
            TokenKind::Symbol(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.is_symbol('=')
    })
}

fn extend(source: Source<'_>, property: &mut Property, segment: &[Token]) {
    let joined = segment.first().zip(segment.last()).and_then(|(first, last)| source.text.get(first.start..last.end));
    property.value = format!("{}, {}", property.value, joined.unwrap_or("")).into();
    property.tokens.push(",".to_owned());
    property.tokens.extend(segment.iter().map(|token| token.text(source.text).to_owned()));
    if let Some(last) = segment.last() {
        let end = source.location(last.start, last.end);
        property.location.end_line = end.end_line;
        property.location.end_col = end.end_col;
    }
}

/// Reads the value of a `kind` property: `NAME` or `NAME (properties)`. `None` if it isn't one (a macro).
pub(crate) fn parse_kind(value: &str, rules: LexicalRules, place: &Location) -> Option<ModelKind> {
    let tokens = lex_code(value, rules);
    let (name, rest) = tokens.split_first()?;
    if !matches!(name.kind, TokenKind::Word | TokenKind::QuotedIdentifier | TokenKind::String) {
        return None;
    }
    let lines = crate::project::lines::Lines::of(value);
    let source = Source { path: &place.path, text: value, lines: &lines };
    let inner = match rest {
        [open, inner @ .., close] if open.is_symbol('(') && close.is_symbol(')') => inner,
        [] => &[],
        _ => return None,
    };
    let mut properties = parse_properties(source, inner);
    for property in &mut properties {
        property.location = shift(&property.location, place);
    }
    let name = value.get(name.range()).unwrap_or("").trim_matches(['\'', '"', '`']);
    Some(ModelKind { name: name.to_uppercase(), properties })
}

/// Where a property's value begins: its name and value stand at `property.location`, the value at the end of it.
pub(crate) fn value_place(property: &Property) -> Location {
    let place = &property.location;
    if (place.line, place.col) == (place.end_line, place.end_col) {
        // The configuration's: no more is known than the line.
        return place.clone();
    }
    let breaks = property.value.matches('\n').count() as u32;
    let length = property.value.chars().count() as u32;
    let (line, col) = if breaks == 0 {
        (place.end_line, place.end_col.saturating_sub(length))
    } else {
        // The value's first line is the name's: one space between them is the common case.
        let name = property.name.chars().count() as u32;
        (place.end_line.saturating_sub(breaks), place.col + name + 1)
    };
    Location { line, col, ..place.clone() }
}

/// A place inside a value, as a place in the file; the value begins at `place`.
pub(crate) fn shift(inner: &Location, place: &Location) -> Location {
    if place.line == 0 {
        return place.clone();
    }
    let column = |line: u32, col: u32| {
        if line <= 1 { place.col + col.saturating_sub(1) } else { col }
    };
    Location {
        path: place.path.clone(),
        line: place.line + inner.line.saturating_sub(1),
        col: column(inner.line, inner.col),
        end_line: place.line + inner.end_line.saturating_sub(1),
        end_col: column(inner.end_line, inner.end_col),
    }
}

/// A property that isn't written in a header: from the configuration, or from a Python decorator.
pub(crate) fn property_from_text(name: &str, value: &str, rules: LexicalRules, location: Location) -> Property {
    let tokens = lex_code(value, rules);
    Property {
        name: name.to_lowercase(),
        value: value.trim().into(),
        tokens: tokens.iter().map(|token| token.text(value).to_owned()).collect(),
        location,
        behind: 0,
    }
}
