//! Values of header properties as SQLMesh compares them.
//!
//! In: a property as written, from the header or from `model_defaults`. Out: its items, with known variables put in,
//! brackets around the whole and trailing commas gone, words in one case where case doesn't count.

use crate::dialect::Dialect;
use crate::lex::{TokenKind, identifier_text, lex_code};
use crate::project::header::{Variables, substitute};
use crate::project::{Model, Project, Property};

/// Properties whose words keep their case.
const TEXTS: &[&str] =
    &["owner", "description", "tags", "stamp", "column_descriptions", "physical_version", "start", "end"];

/// One item of a list, as normalized tokens.
pub(super) type Item = Vec<String>;

/// A property's items; one item for a single value.
pub(super) fn items(property: &Property, model: &Model, project: &Project) -> Vec<Item> {
    let known = || substitute(&property.value, model.dialect, &Variables::of(&project.config, &model.blueprint));
    let text = if property.value.contains('@') { known() } else { None };
    let text = text.as_deref().unwrap_or(&property.value);
    if property.name == "description" {
        return vec![vec![unquoted(text).to_owned()]];
    }
    split(&tokens(text, model.dialect, TEXTS.contains(&property.name.as_str())))
}

/// The items as written: what SQLMesh renders only when it runs the model.
pub(super) fn raw_items(property: &Property, dialect: Dialect) -> Vec<Item> {
    split(&tokens(&property.value, dialect, false))
}

/// A text's tokens: words folded unless they keep their case, quotes of identifiers gone.
pub(super) fn tokens(text: &str, dialect: Dialect, keeps_case: bool) -> Item {
    let tokens = lex_code(text, dialect.lexical());
    let one = |token: &crate::lex::Token| match token.kind {
        TokenKind::Word | TokenKind::QuotedIdentifier => {
            let (name, quoted) = identifier_text(token, text);
            if keeps_case { name } else { dialect.normalize(&name, quoted).into_owned() }
        }
        _ => token.text(text).to_owned(),
    };
    tokens.iter().map(one).collect()
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['\'', '"'])
}

/// Splits at commas outside of brackets, after taking off the brackets around the whole.
fn split(tokens: &[String]) -> Vec<Item> {
    let inner = match tokens {
        [open, inner @ .., close] if matches!((open.as_str(), close.as_str()), ("(", ")") | ("[", "]")) => {
            if is_one_bracket(inner) {
                inner
            } else {
                tokens
            }
        }
        _ => tokens,
    };
    let mut items = vec![Item::new()];
    let mut depth = 0usize;
    for token in inner {
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            "," if depth == 0 => {
                items.push(Item::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = items.last_mut() {
            last.push(token.clone());
        }
    }
    items.retain(|item| !item.is_empty());
    for item in &mut items {
        // `'x'` and `x` are one name.
        if let [only] = item.as_mut_slice() {
            *only = unquoted(only).to_owned();
        }
    }
    items
}

fn is_one_bracket(inner: &[String]) -> bool {
    let mut depth = 0i64;
    inner.iter().all(|token| {
        match token.as_str() {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            _ => {}
        }
        depth >= 0
    })
}

/// `key = value` pairs of an item list, the key without quotes.
pub(super) fn pair(item: &Item) -> Option<(String, Item)> {
    let (key, rest) = item.split_first()?;
    let rest = match rest {
        [colon, equals, rest @ ..] if colon == ":" && equals == "=" => rest,
        [equals, rest @ ..] if equals == "=" || equals == ":" => rest,
        _ => return None,
    };
    Some((unquoted(key).to_owned(), rest.to_vec()))
}
