//! Names of tables as written in headers, configuration and Python.

use crate::dialect::{Dialect, Family};
use crate::lex::{TokenKind, identifier_text, lex_code};
use crate::names::{Identifier, ModelName, Naming};

/// The parts of a written name. `None` if it isn't one: macros, more than dots and identifiers.
pub fn identifiers(text: &str, dialect: Dialect) -> Option<Vec<Identifier>> {
    let mut rules = dialect.lexical();
    // sqlglot reads names in the quotes of any dialect.
    if !rules.identifier_quotes.iter().any(|(open, _)| *open == '"') && !text.contains('`') {
        rules = Dialect::default().lexical();
    }
    let tokens = lex_code(text, rules);
    let mut parts: Vec<Identifier> = Vec::new();
    let mut open = true;
    let mut end = None;
    for token in &tokens {
        let raw = token.text(text);
        let adjacent = end == Some(token.start);
        end = Some(token.end);
        match token.kind {
            TokenKind::Symbol('.') if !open => open = true,
            TokenKind::QuotedIdentifier if open && !token.unterminated => {
                let (name, quoted) = identifier_text(token, text);
                push_quoted(&mut parts, name, quoted, dialect);
                open = false;
            }
            TokenKind::Word | TokenKind::Number if open => {
                // `.5` may be lexed as one number.
                parts.push(Identifier { text: raw.trim_start_matches('.').to_owned(), quoted: false });
                open = false;
            }
            TokenKind::Number if adjacent && raw.starts_with('.') => {
                parts.push(Identifier { text: raw.trim_start_matches('.').to_owned(), quoted: false });
            }
            // `my-project.dataset.table`
            TokenKind::Symbol('-') | TokenKind::Word | TokenKind::Number if adjacent && may_hold_dash(dialect) => {
                parts.last_mut().filter(|last| !last.quoted)?.text.push_str(raw);
            }
            _ => return None,
        }
    }
    (!open && !parts.is_empty()).then_some(parts)
}

fn may_hold_dash(dialect: Dialect) -> bool {
    matches!(dialect.family, Family::BigQuery | Family::Generic)
}

/// BigQuery's quotes may hold a whole dotted name.
fn push_quoted(parts: &mut Vec<Identifier>, name: String, quoted: bool, dialect: Dialect) {
    if dialect.family == Family::BigQuery && name.contains('.') {
        parts.extend(name.split('.').map(|part| Identifier { text: part.to_owned(), quoted }));
    } else {
        parts.push(Identifier { text: name, quoted });
    }
}

/// Normalizes a written name. `catalog` is the default catalog of the gateway that the model runs on; where that
/// is not the project's, it becomes part of the name.
pub fn model_name(text: &str, naming: Naming<'_>, catalog: Option<&str>) -> Option<ModelName> {
    let mut parts = identifiers(text, naming.dialect)?;
    if parts.len() == 2
        && catalog != naming.default_catalog
        && let Some(catalog) = catalog
    {
        parts.insert(0, Identifier { text: catalog.to_owned(), quoted: false });
    }
    Some(naming.model(&parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str, dialect: &str, default: Option<&str>) -> Option<String> {
        let naming = Naming { dialect: Dialect::parse(dialect).expect("a known dialect"), default_catalog: default };
        model_name(text, naming, default).map(|name| name.to_string())
    }

    #[test]
    fn the_default_catalog_is_dropped() {
        assert_eq!(name("db.s.T", "duckdb", Some("db")).as_deref(), Some("s.t"));
        assert_eq!(name("DB.s.t", "snowflake", Some("db")).as_deref(), Some("S.T"));
        assert_eq!(name("other.s.t", "duckdb", Some("db")).as_deref(), Some("other.s.t"));
        assert_eq!(name("t", "duckdb", Some("db")).as_deref(), Some("t"));
    }

    #[test]
    fn quotes_dashes_and_digits() {
        assert_eq!(name("\"S\".\"a b\"", "snowflake", None).as_deref(), Some("S.a b"));
        assert_eq!(name("my-project.ds.t_1", "bigquery", Some("my-project")).as_deref(), Some("ds.t_1"));
        assert_eq!(name("`my-project.ds.t`", "bigquery", Some("my-project")).as_deref(), Some("ds.t"));
        assert_eq!(name("s.2024_t", "duckdb", None).as_deref(), Some("s.2024_t"));
    }

    #[test]
    fn macros_and_expressions_are_no_names() {
        assert_eq!(name("@schema.t", "duckdb", None), None);
        assert_eq!(name("s.", "duckdb", None), None);
        assert_eq!(name("s t", "duckdb", None), None);
        assert_eq!(name("", "duckdb", None), None);
    }

    #[test]
    fn another_gateways_catalog_becomes_part_of_the_name() {
        let naming = Naming { dialect: Dialect::default(), default_catalog: Some("main") };
        let name = model_name("s.t", naming, Some("second")).map(|name| name.to_string());
        assert_eq!(name.as_deref(), Some("second.s.t"));
    }
}
