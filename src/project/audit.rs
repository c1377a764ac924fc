//! User-defined audits: files below `audits/`, and those inline in a model's file.

use std::sync::Arc;

use super::context::{Context, Output, Text};
use super::header::{self, Source};
use super::lines::Lines;
use super::statements::{self, Chunk, ChunkKind};
use super::{Audit, Header, codes};
use crate::diagnostic::Location;
use crate::dialect::Dialect;
use crate::names::ModelName;
use crate::source::Entry;

/// What an audit is made of.
pub(crate) struct Parts<'p> {
    pub text: &'p Text,
    pub header: Header,
    pub place: Location,
    pub statements: &'p [&'p Chunk],
}

/// Reads a file of `AUDIT (...)` headers, each with its statements.
pub(crate) fn load(context: &Context<'_>, entry: &Entry) -> Output {
    let mut output = Output::default();
    let Some(text) = context.text(entry, &mut output) else { return output };
    let dialect = context.config.dialect;
    let lines = Lines::of(&text);
    let mut split = statements::split(&text, dialect.lexical());
    let source = Source { path: &entry.path, text: &text, lines: &lines };
    let own = split
        .chunks
        .first()
        .map(|chunk| Header { properties: header::parse_properties(source, split.header_tokens(chunk).0) });
    if let Some(own) = own.as_ref().and_then(|header| header.get("dialect")).and_then(header::dialect_property) {
        split = statements::split(&text, own.lexical());
    }
    let heads: Vec<usize> = (0..split.chunks.len())
        .filter(|&at| split.chunks.get(at).is_some_and(|chunk| chunk.kind == ChunkKind::Audit))
        .collect();
    if heads.first() != Some(&0) {
        let place = Location::file(entry.path.clone());
        output.refuse(codes::AUDIT_UNREADABLE, place, "this file does not begin with an AUDIT (...) header");
    }
    for (i, &at) in heads.iter().enumerate() {
        let end = heads.get(i + 1).copied().unwrap_or(split.chunks.len());
        let Some([head, rest @ ..]) = split.chunks.get(at..end) else {
            continue;
        };
        let statements: Vec<&Chunk> = rest.iter().collect();
        let parts = Parts {
            text: &text,
            header: Header { properties: header::parse_properties(source, split.header_tokens(head).0) },
            place: lines.location(&entry.path, &text, head.statement.start, head.statement.end),
            statements: &statements,
        };
        build(context, parts, dialect, None, &mut output);
    }
    output
}

/// Builds one audit. An audit without a name or a query is reported and left out.
pub(crate) fn build(
    context: &Context<'_>,
    parts: Parts<'_>,
    dialect: Dialect,
    model: Option<&ModelName>,
    output: &mut Output,
) {
    let Some(name) = parts.header.get("name") else {
        output.refuse(codes::AUDIT_UNREADABLE, parts.place, "this AUDIT header has no name");
        return;
    };
    let location = name.location.clone();
    let name = name.value.trim_matches(['\'', '"', '`']).to_lowercase();
    let own = parts.header.get("dialect").and_then(header::dialect_property);
    let (mut body, _) = statements::body(parts.text, parts.statements);
    if body.query.is_none() {
        // SQLMesh takes the last statement, whatever it is.
        body.query = body.pre_statements.pop();
    }
    if body.query.is_none() {
        output.refuse(codes::AUDIT_UNREADABLE, location.clone(), format!("the audit `{name}` has no query"));
    }
    let variables = context.variables(None, &std::collections::BTreeMap::new());
    let standalone = parts
        .header
        .get("standalone")
        .and_then(|property| header::substitute(&property.value, dialect, &variables))
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    output.audits.push(Arc::new(Audit {
        name,
        path: location.path.clone(),
        location,
        header: parts.header,
        dialect: own.unwrap_or(dialect),
        standalone,
        body,
        model: model.cloned(),
    }));
}
