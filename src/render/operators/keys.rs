//! `@GENERATE_SURROGATE_KEY`, `@DEDUPLICATE`.

use std::ops::Range;

use crate::dialect::Family;
use crate::render::expand::{Call, Expander, Outcome, Scope, Step};
use crate::render::fragment::{Fragment, Lexed};

use super::bind::Parameters;
use super::kept;

const FIELDS: Parameters<'_> = Parameters { names: &["hash_function"], required: 0, is_variadic: true };
const DEDUPLICATE: Parameters<'_> =
    Parameters { names: &["relation", "partition_by", "order_by"], required: 3, is_variadic: false };
const NULL_MARK: &str = "'_sqlmesh_surrogate_key_null_'";

impl Expander<'_> {
    /// `@GENERATE_SURROGATE_KEY(a, b, …, hash_function := 'MD5')`
    pub fn generate_surrogate_key(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let bound = match self.bind(call, scope, &FIELDS)? {
            Ok(bound) => bound,
            Err(outcome) => return Ok(outcome),
        };
        let values = bound.rest.clone();
        let hash = bound.get(0).map_or(Some("MD5".to_owned()), |hash| self.literal(hash).or_else(|| name(hash)));
        let (Some(hash), false) = (hash.map(|hash| hash.to_uppercase()), values.is_empty()) else {
            return self.misused(call, "this macro takes expressions, and a string as hash_function");
        };
        let Some(hash) = hash_call(self.dialect().family, &hash) else {
            return self.uncertain(call, kept(values));
        };
        let family = self.dialect().family;
        let is_presto = matches!(family, Family::Athena | Family::Presto | Family::Trino);
        let field = |value: &Fragment| {
            let (before, after) = if is_presto { ("CAST(", " AS VARCHAR)") } else { ("", "") };
            let mut field = Fragment::made(format!("{before}COALESCE(CAST("), call.origin.clone());
            field.push(value);
            let end = format!(" AS {}), {NULL_MARK}){after}", text_type(family));
            field.push_made(&end, call.origin.clone());
            field
        };
        let fields: Vec<Fragment> = values.iter().map(field).collect();
        Ok(Outcome::Value(surrogate_key(family, &hash, &fields, call.origin.clone())))
    }

    /// `@DEDUPLICATE(relation, [keys], ['order'])`
    pub fn deduplicate(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let bound = match self.bind(call, scope, &DEDUPLICATE)? {
            Ok(bound) => bound,
            Err(outcome) => return Ok(outcome),
        };
        let (Some(relation), Some(keys), Some(order)) = (bound.get(0), bound.get(1), bound.get(2)) else {
            return self.misused(call, "@DEDUPLICATE takes a relation, a list of keys and a list of strings");
        };
        if [keys, order].iter().any(|list| self.is_single_in_parentheses(list)) {
            return self.misused(call, "one item in parentheses is no list");
        }
        let keys = self.bracketed(keys)?;
        let order: Option<Vec<Fragment>> = self.bracketed(order)?.map(|items| {
            let strings = items
                .iter()
                .map(|item| Some(Fragment::made(self.literal(item).or_else(|| name(item))?, call.origin.clone())));
            strings.collect::<Option<Vec<_>>>().unwrap_or_default()
        });
        let (Some(keys), Some(order)) = (keys, order.filter(|order| !order.is_empty())) else {
            return self.uncertain(call, Vec::new());
        };
        if !has_qualify(self.dialect().family) {
            return self.uncertain(call, Vec::new());
        }
        let origin = || call.origin.clone();
        let mut query = Fragment::made("SELECT * FROM ", origin());
        query.push(relation);
        query.push_made(" QUALIFY ROW_NUMBER() OVER (PARTITION BY ", origin());
        query.push(&Fragment::join(&keys, ", ", origin()));
        query.push_made(" ORDER BY ", origin());
        query.push(&Fragment::join(&order, ", ", origin()));
        query.push_made(") = 1", origin());
        Ok(Outcome::Value(query))
    }

    /// `(a)`
    fn is_single_in_parentheses(&self, list: &Fragment) -> bool {
        let lexed = Lexed::new(list.clone(), self.dialect().lexical());
        lexed.is_symbol(0, '(') && lexed.split_at_commas(1..lexed.len().saturating_sub(1)).len() == 1
    }

    /// The items of a list in brackets.
    pub fn bracketed(&mut self, list: &Fragment) -> Step<Option<Vec<Fragment>>> {
        let lexed = self.lex(list.clone())?;
        let open = if lexed.is_word(0, "array") { 1 } else { 0 };
        let is_list = lexed.is_symbol(open, '[') || lexed.is_symbol(open, '(');
        if !is_list || lexed.partner(open).is_none_or(|close| close + 1 != lexed.len()) {
            return Ok(None);
        }
        let parts = lexed.split_items(open + 1..lexed.len() - 1);
        Ok(Some(parts.iter().map(|part| lexed.slice(part)).collect()))
    }
}

/// A single name.
fn name(value: &Fragment) -> Option<String> {
    let text = value.text().trim();
    let is_name = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| text.to_owned())
}

fn has_qualify(family: Family) -> bool {
    use Family::*;
    matches!(
        family,
        Generic | BigQuery | ClickHouse | Databricks | DuckDb | Redshift | Snowflake | StarRocks | Teradata
    )
}

fn text_type(family: Family) -> &'static str {
    use Family::*;
    match family {
        Generic | DuckDb | Materialize | Postgres | RisingWave | Sqlite | Teradata => "TEXT",
        Athena | Presto | Snowflake | Trino => "VARCHAR",
        BigQuery | Databricks | Doris | Hive | Spark | StarRocks => "STRING",
        ClickHouse => "Nullable(String)",
        MySql => "CHAR",
        Oracle => "CLOB",
        Fabric | Redshift | TSql => "VARCHAR(MAX)",
    }
}

/// What stands around the text that is hashed. `None` where that isn't certain.
fn hash_call(family: Family, hash: &str) -> Option<(String, &'static str)> {
    use Family::*;
    let is_presto = matches!(family, Athena | Presto | Trino);
    let bits = hash.strip_prefix("SHA");
    Some(match (hash, family) {
        ("MD5" | "SHA256" | "SHA512", _) if is_presto => (format!("LOWER(TO_HEX({hash}(TO_UTF8("), "))))"),
        ("MD5", BigQuery) => ("TO_HEX(MD5(".to_owned(), "))"),
        ("MD5", ClickHouse) => ("LOWER(HEX(MD5(".to_owned(), ")))"),
        ("MD5", Fabric | TSql) => ("HASHBYTES('MD5', ".to_owned(), ")"),
        ("SHA256", Redshift) => ("SHA2(".to_owned(), ", 256)"),
        ("SHA512", Redshift) => ("SHA2(".to_owned(), ", 512)"),
        ("MD5" | "SHA256" | "SHA512", _) => (format!("{hash}("), ")"),
        ("SHA" | "SHA1", Fabric | TSql) => ("HASHBYTES('SHA1', ".to_owned(), ")"),
        ("SHA" | "SHA1", Athena | BigQuery | ClickHouse | DuckDb | Presto | Snowflake | Trino) => {
            ("SHA1(".to_owned(), ")")
        }
        ("SHA" | "SHA1", _) => ("SHA(".to_owned(), ")"),
        // sqlglot may know the function under another name.
        _ if bits.is_some() || hash.starts_with("MD5") || !is_plain(hash) => return None,
        _ => (format!("{hash}("), ")"),
    })
}

fn is_plain(name: &str) -> bool {
    name.contains('_') && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn surrogate_key(
    family: Family,
    (open, close): &(String, &str),
    fields: &[Fragment],
    origin: Range<usize>,
) -> Fragment {
    use Family::*;
    let (mark, before, after) = match family {
        DuckDb | Materialize | Postgres | Redshift | RisingWave | Sqlite => (" || '|' || ", "", ""),
        Fabric | TSql => (" + '|' + ", "", ""),
        Athena | Presto | Trino if fields.len() == 1 => ("", "", ""),
        Athena | Presto | Trino => (", CAST('|' AS VARCHAR), ", "CONCAT(", ")"),
        _ => (", '|', ", "CONCAT(", ")"),
    };
    let mut key = Fragment::made(format!("{open}{before}"), origin.clone());
    key.push(&Fragment::join(fields, mark, origin.clone()));
    key.push_made(&format!("{after}{close}"), origin);
    key
}
