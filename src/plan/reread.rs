//! Properties that read otherwise from SQLMesh's state than from the model's file.
//!
//! In: the earlier version of a model. Out: the property that does. Hashes are compared as they were when the model was
//! stored. But whether a change is one of metadata only (`is_metadata_only_change`) SQLMesh decides by what the data hash
//! is made of, which it reads from its state. Where that differs from the file, no change of the model's own is one of
//! metadata only.

use crate::belief;
use crate::dialect::{Dialect, Family};
use crate::lex::{Token, TokenKind, lex_code};
use crate::project::header::{Variables, substitute};
use crate::project::{Body, Model, Project};

/// The property of a model that SQLMesh reads otherwise from its state, if there is one.
pub(super) fn reads_otherwise(project: &Project, model: &Model) -> Option<&'static str> {
    // What Python gives comes as text both times.
    if !matches!(model.body, Body::Sql(_) | Body::Seed(_)) {
        return None;
    }
    let dialect = model.dialect;
    let written = |name: &str| {
        let property = model.header.get(name)?;
        let known = substitute(&property.value, dialect, &Variables::of_model(project, model));
        Some(known.unwrap_or_else(|| property.value.to_string()))
    };
    let clusters = || written("clustered_by").is_some_and(|text| is_column_in_brackets(&text, dialect));
    let partitions = || written("partitioned_by").is_some_and(|text| is_transform(&text, dialect));
    let properties = || written("physical_properties").is_some_and(|text| has_truth(&text, dialect));
    if clusters() {
        Some("clustered_by")
    } else if partitions() {
        Some("partitioned_by")
    } else if has_other_type(model) {
        Some("columns")
    } else {
        properties().then_some("physical_properties")
    }
}

/// `(a)` and `(t.a)`, of which the brackets are taken off when the file is read: the text is stored with them.
fn is_column_in_brackets(text: &str, dialect: Dialect) -> bool {
    let tokens = lex_code(text, dialect.lexical());
    let [open, inner @ .., close] = tokens.as_slice() else { return false };
    let is_name = |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier);
    let alternate = inner.iter().enumerate().all(|(at, token)| match at % 2 {
        0 => is_name(token),
        _ => token.is_symbol('.'),
    });
    open.is_symbol('(') && close.is_symbol(')') && inner.len() % 2 == 1 && alternate
}

/// One of Iceberg's transforms without brackets around it, which only the property's own parser knows.
fn is_transform(text: &str, dialect: Dialect) -> bool {
    let tokens = lex_code(text, dialect.lexical());
    let [name, open, ..] = tokens.as_slice() else { return false };
    let is_named = name.is_word(text, "BUCKET") || name.is_word(text, "TRUNCATE");
    is_named && open.is_symbol('(') && dialect.family != Family::ClickHouse
}

/// A type that becomes another one once it is written in the dialect and read again, as a stored one is.
fn has_other_type(model: &Model) -> bool {
    let dialect = model.dialect;
    let is_other = |text: &str| {
        let read = belief::parse(text, dialect);
        // From the file the name of a type of the database's own comes in lower case, from the state as written.
        let is_folded = read.is_user_defined() && !text.contains('"') && text.chars().any(char::is_uppercase);
        is_folded && matches!(dialect.family, Family::Postgres | Family::Materialize)
            || belief::text(&read, dialect) != belief::text(&belief::reread(&read, dialect), dialect)
    };
    let columns = model.columns.iter().flatten().map(|column| column.data_type.as_str());
    !dialect.name().is_empty() && columns.filter(|text| !text.is_empty()).any(is_other)
}

/// TRUE and FALSE, which T-SQL writes as numbers.
fn has_truth(text: &str, dialect: Dialect) -> bool {
    let is_truth = |token: &Token| token.is_word(text, "TRUE") || token.is_word(text, "FALSE");
    matches!(dialect.family, Family::TSql | Family::Fabric) && lex_code(text, dialect.lexical()).iter().any(is_truth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lone_column_loses_its_brackets() {
        let duckdb = Dialect::new(Family::DuckDb);
        for text in ["(id)", "(\"Id\")", "( a . id )"] {
            assert!(is_column_in_brackets(text, duckdb), "{text}");
        }
        for text in ["id", "[id]", "(id, kind)", "((id))", "(lower(id))", "(id::int)", "()", "(id,)"] {
            assert!(!is_column_in_brackets(text, duckdb), "{text}");
        }
    }
}
