//! Whether the way in which a table is stored decides which rows it keeps.
//!
//! In: a model's header. Some engines merge rows that have one key, or drop those that are old, long after a query has given them:
//! table engines and TTL in ClickHouse, keys in StarRocks and Doris, partitions that expire in BigQuery.

use crate::dialect::Family;
use crate::project::Model;

/// Engines of ClickHouse that keep every row.
const KEEPING: [&str; 4] = ["mergetree", "log", "tinylog", "stripelog"];

/// The properties that may say so.
pub(crate) const PROPERTIES: [&str; 3] = ["physical_properties", "storage_format", "partitioned_by"];

/// May the table hold other rows than those that were put there?
pub(crate) fn decides_rows(model: &Model) -> bool {
    let family = model.dialect.family;
    match family {
        Family::ClickHouse => !keeps_rows(model) || says(model, "physical_properties", |word| word == "ttl"),
        Family::StarRocks | Family::Doris => {
            says(model, "physical_properties", |word| word.ends_with("_key") && word != "duplicate_key")
        }
        Family::BigQuery => says(model, "physical_properties", |word| word.contains("expiration")),
        _ => false,
    }
}

fn keeps_rows(model: &Model) -> bool {
    let Some(format) = model.header.get("storage_format") else { return true };
    let words: Vec<String> = format.tokens.iter().map(|token| bare(token)).collect();
    let Some(engine) = words.first() else { return true };
    let engine = engine.strip_prefix("replicated").or(engine.strip_prefix("shared")).unwrap_or(engine);
    KEEPING.contains(&engine.split('(').next().unwrap_or_default().trim())
}

fn says(model: &Model, property: &str, is: impl Fn(&str) -> bool) -> bool {
    model.header.get(property).is_some_and(|property| {
        let macros = property.behind != 0;
        macros || property.tokens.iter().any(|token| is(&bare(token)))
    })
}

fn bare(token: &str) -> String {
    token.trim_matches(['\'', '"', '`']).to_lowercase()
}
