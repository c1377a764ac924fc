//! Values of header properties as SQLMesh compares them.
//!
//! In: a property as written, from the header or from `model_defaults`. Out: its items, with known variables put in,
//! brackets around the whole and trailing commas gone, words in one case where case doesn't count. What counts, SQLMesh
//! decides by property: a column's name folds in `unique_key` and not in `grains`, a text is a name in `tags` and not in
//! `time_column`.

use std::collections::BTreeMap;

use crate::dialect::{Dialect, Family};
use crate::lex::{Token, TokenKind, identifier_text, lex_code};
use crate::project::header::{self, Variables, substitute};
use crate::project::{Model, Project, Property};
use crate::sql;
use crate::sql::tree::Tree;

use super::cache::unseen;
use super::reading;

/// Properties whose words keep their case.
const TEXTS: &[&str] = &[
    "owner",
    "tags",
    "stamp",
    "physical_version",
    "start",
    "end",
    "cron",
    "cron_tz",
    "auto_restatement_cron",
    "table_format",
    "storage_format",
];

/// Properties that are true or false.
const BOOLEANS: &[&str] = &[
    "allow_partials",
    "disable_restatement",
    "execution_time_as_valid_from",
    "formatting",
    "forward_only",
    "insert_overwrite",
    "invalidate_hard_deletes",
    "materialized",
    "optimize_query",
    "partition_by_time_column",
    "updated_at_as_valid_from",
];

/// Properties that are hashed as `simplify.gen` writes them.
const GENERATED: &[&str] = &["unique_key", "merge_filter", "when_matched"];

/// Those of them that aren't a kind's.
const BOOLEANS_OF_MODELS: &[&str] = &["allow_partials", "formatting", "optimize_query"];

/// One item of a list, as normalized tokens.
pub(super) type Item = Vec<String>;

/// A property's items; one item for a single value.
pub(super) fn items(property: &Property, model: &Model, project: &Project) -> Vec<Item> {
    let mut items = written_items(property, model, project);
    if GENERATED.contains(&property.name.as_str()) {
        items.iter_mut().for_each(|item| forget_unseen(item, model.dialect));
    }
    items
}

/// Takes out the words that `simplify.gen` doesn't write.
fn forget_unseen(item: &mut Item, dialect: Dialect) {
    let words: Vec<&str> = item.iter().map(String::as_str).collect();
    for place in unseen(&words, dialect).into_iter().rev() {
        item.remove(place);
    }
}

fn written_items(property: &Property, model: &Model, project: &Project) -> Vec<Item> {
    let known = || substitute(&property.value, model.dialect, &Variables::of_model(project, model));
    let is_rendered = property.value.contains('@') && !header::is_rendered_late(&property.name);
    let text = if is_rendered { known() } else { None };
    let text = text.as_deref().unwrap_or(&property.value);
    let dialect = model.dialect;
    let name = property.name.as_str();
    let in_brackets = || header::truth_in_brackets(text).filter(|_| BOOLEANS_OF_MODELS.contains(&name));
    let truth = in_brackets().or_else(|| header::truth(text)).filter(|_| BOOLEANS.contains(&name));
    if let Some(truth) = truth {
        return vec![vec![truth.to_string()]];
    }
    match property.name.as_str() {
        "description" | "cron" | "start" | "end" => vec![vec![unquoted(text).to_owned()]],
        // SQLMesh stores its text, with brackets and blanks (`Reference.json`).
        "grain" => vec![vec![text.trim().to_owned()]],
        "grains" | "references" => nested(&spoken(text, dialect)),
        "clustered_by" => clusters(text, dialect),
        "partitioned_by" | "unique_key" | "columns" => list(&tokens(text, dialect, false)),
        "time_column" => time_column(text, dialect),
        "merge_filter" => vec![tokens(text, dialect, false)],
        "column_descriptions" => descriptions(text, dialect),
        "grants" => grants(text, dialect),
        "materialization_properties" => split(&spoken(text, dialect)),
        "tags" => sorted(split(&tokens(text, dialect, true))),
        "gateway" | "grants_target_layer" | "on_destructive_change" | "on_additive_change" => {
            split(&tokens(&text.to_lowercase(), dialect, true))
        }
        name => split(&tokens(text, dialect, TEXTS.contains(&name))),
    }
}

/// The items as written, but for the case of keywords and functions: what SQLMesh renders only when it runs the model.
pub(super) fn raw_items(property: &Property, dialect: Dialect) -> Vec<Item> {
    split(&spoken(&property.value, dialect))
}

/// A call of an audit: its name and the names of its arguments are lower case. What the arguments say goes into the hash as
/// `simplify.gen` writes it (`_audit_metadata_hash_values`).
pub(super) fn audit_calls(property: &Property, dialect: Dialect) -> Vec<Item> {
    let mut calls = raw_items(property, dialect);
    for call in &mut calls {
        forget_unseen(call, dialect);
        let mut depth = 0usize;
        for at in 0..call.len() {
            let names = call.get(at + 1).is_some_and(|next| next == "=");
            let Some(token) = call.get_mut(at) else { continue };
            match token.as_str() {
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                _ if at == 0 || depth == 1 && names => *token = token.to_lowercase(),
                _ => {}
            }
        }
    }
    calls.sort_by(|a, b| a.first().cmp(&b.first()));
    calls
}

/// Columns that a grain or reference names: brackets around one alone, or around all, don't count.
fn nested(tokens: &[String]) -> Vec<Item> {
    let items = split(tokens);
    match items.as_slice() {
        [only] if only.len() > 2 && only.first().is_some_and(|first| first == "(" || first == "[") => split(only),
        _ => items,
    }
}

/// A partition key: what it says, where it can be read as an expression.
pub(super) fn key(item: &Item, dialect: Dialect) -> Item {
    match item.as_slice() {
        [_] => item.clone(),
        _ => match sql::expression(&item.join(" "), dialect) {
            Ok(tree) => vec![format!("{:032x}", spelled(&tree, dialect).fingerprint())],
            Err(_) => item.clone(),
        },
    }
}

fn spelled(tree: &Tree, dialect: Dialect) -> Tree {
    reading::spelled(&tree.with_kids(tree.kids.iter().map(|kid| spelled(kid, dialect)).collect()), dialect)
}

/// `(a)` is `a`, but a call in brackets stays in them.
fn clusters(text: &str, dialect: Dialect) -> Vec<Item> {
    let tokens = tokens(text, dialect, false);
    match list(&tokens).as_slice() {
        [only] if only.len() > 1 => vec![key(&tokens, dialect)],
        items => items.iter().map(|item| key(item, dialect)).collect(),
    }
}

/// A time column, with its format unless that is the default one.
fn time_column(text: &str, dialect: Dialect) -> Vec<Item> {
    let defaults: &[&str] = match dialect.family {
        Family::Hive | Family::Spark | Family::Databricks | Family::TSql | Family::Fabric => &["'yyyy-MM-dd'"],
        Family::Snowflake | Family::Postgres | Family::Redshift | Family::Oracle => &["'YYYY-MM-DD'", "'%Y-%m-%d'"],
        _ => &["'%Y-%m-%d'"],
    };
    let mut items = list(&tokens(text, dialect, false));
    items.retain(|item| !matches!(item.as_slice(), [only] if defaults.contains(&only.as_str())));
    items
}

/// Descriptions by column.
fn descriptions(text: &str, dialect: Dialect) -> Vec<Item> {
    let one = |item: &Item| {
        let (column, text) = pair(item)?;
        let text = text.iter().map(|token| unquoted(token)).collect::<Vec<_>>().join(" ");
        Some(vec![dialect.normalize(&column, false).into_owned(), text])
    };
    sorted(split(&spoken(text, dialect)).iter().filter_map(one).collect())
}

/// Who may do what, by privilege (`ModelMeta.grants`): brackets and quotes don't count, of a privilege given twice the last.
fn grants(text: &str, dialect: Dialect) -> Vec<Item> {
    let mut found: BTreeMap<String, Item> = BTreeMap::new();
    for (privilege, roles) in split(&spoken(text, dialect)).iter().filter_map(pair) {
        let is_between = |token: &String| matches!(token.as_str(), "(" | ")" | "[" | "]" | ",");
        let roles = roles.split(is_between).filter(|role| !role.is_empty());
        let name = |role: &[String]| match role {
            [.., dot, name] if dot == "." => unquoted(name).to_owned(),
            other => unquoted(&other.join(" ")).to_owned(),
        };
        found.insert(privilege, roles.map(name).collect());
    }
    found.into_iter().map(|(privilege, roles)| [vec![privilege], roles].concat()).collect()
}

fn sorted(mut items: Vec<Item>) -> Vec<Item> {
    items.sort();
    items
}

/// A text's tokens as they are, but for the case of what isn't a name.
fn spoken(text: &str, dialect: Dialect) -> Item {
    let tokens = lex_code(text, dialect.lexical());
    let mut found = Item::new();
    for (at, token) in tokens.iter().enumerate() {
        let written = token.text(text);
        let next = tokens.get(at + 1);
        match token.kind {
            TokenKind::Word
                if next.is_some_and(|next| next.is_symbol('[')) && written.eq_ignore_ascii_case("array") => {}
            TokenKind::Word if is_spoken(written, next) => found.push(written.to_uppercase()),
            // `:=` is `=`.
            TokenKind::Symbol(':') if next.is_some_and(|next| next.is_symbol('=')) => {}
            _ => found.push(plain(token, text)),
        }
    }
    found
}

/// Is it a keyword or a function?
pub(super) fn is_spoken(word: &str, next: Option<&Token>) -> bool {
    const KEYWORDS: &[&str] = &[
        "TRUE",
        "FALSE",
        "NULL",
        "AND",
        "OR",
        "NOT",
        "IS",
        "IN",
        "LIKE",
        "BETWEEN",
        "CASE",
        "WHEN",
        "THEN",
        "ELSE",
        "END",
        "AS",
        "CAST",
        "INTERVAL",
        "SELECT",
        "FROM",
        "WHERE",
        "ILIKE",
        "SYMMETRIC",
        "ASYMMETRIC",
    ];
    next.is_some_and(|next| next.is_symbol('(')) || KEYWORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// A text's tokens: words folded unless they keep their case, quotes of identifiers gone.
pub(super) fn tokens(text: &str, dialect: Dialect, keeps_case: bool) -> Item {
    let tokens = lex_code(text, dialect.lexical());
    let one = |token: &crate::lex::Token| match token.kind {
        TokenKind::Word | TokenKind::QuotedIdentifier => {
            let (name, quoted) = identifier_text(token, text);
            if keeps_case { name } else { dialect.normalize(&name, quoted).into_owned() }
        }
        _ => plain(token, text),
    };
    tokens.iter().map(one).collect()
}

/// A token's text, a string in single quotes.
fn plain(token: &Token, text: &str) -> String {
    let written = token.text(text);
    match written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) if token.kind == TokenKind::String => format!("'{inner}'"),
        _ => written.to_owned(),
    }
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['\'', '"'])
}

/// The items of a list in brackets, where `'x'` and `x` are one name.
pub(super) fn split(tokens: &[String]) -> Vec<Item> {
    let mut items = list(tokens);
    for item in &mut items {
        if let [only] = item.as_mut_slice() {
            *only = unquoted(only).to_owned();
        }
    }
    items
}

/// Splits at commas outside of brackets, after taking off the brackets around the whole.
fn list(tokens: &[String]) -> Vec<Item> {
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
