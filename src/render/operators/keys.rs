//! `@GENERATE_SURROGATE_KEY`, `@DEDUPLICATE`, `@PIVOT`.

use std::ops::Range;

use crate::dialect::Family;
use crate::lex::{TokenKind, lex_code, string_value};
use crate::render::expand::{Call, Expander, Outcome, Scope, Step};
use crate::render::fragment::Fragment;
use crate::render::values::{quoted_identifier, sql_text};

use super::kept;

const NULL_MARK: &str = "'_sqlmesh_surrogate_key_null_'";

impl Expander<'_> {
    /// `@GENERATE_SURROGATE_KEY(a, b, …)`, with the default hash function.
    pub fn generate_surrogate_key(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let values = match self.plain_or_opaque(call, scope)? {
            Ok(values) if values.is_empty() => return self.misused(call, "this macro takes at least one expression"),
            Ok(values) => values,
            Err(opaque) => return Ok(opaque),
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
        Ok(Outcome::Value(surrogate_key(family, &fields, call.origin.clone())))
    }

    /// `@DEDUPLICATE(relation, [keys], ['order'])`
    pub fn deduplicate(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let values = match self.plain_or_opaque(call, scope)? {
            Ok(values) => values,
            Err(opaque) => return Ok(opaque),
        };
        let [relation, keys, order] = values.as_slice() else {
            return self.misused(call, "@DEDUPLICATE takes a relation, a list of keys and a list of strings");
        };
        let keys = self.bracketed(keys)?;
        let order: Option<Vec<Fragment>> = self.bracketed(order)?.map(|items| {
            let strings = items.iter().map(|item| self.string(item, call.origin.clone()));
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

    /// `@PIVOT(column, [values])` with nothing else said.
    pub fn pivot(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let values = match self.plain_or_opaque(call, scope)? {
            Ok(values) => values,
            Err(opaque) => return Ok(opaque),
        };
        let [column, list] = values.as_slice() else {
            return self.uncertain(call, kept(values));
        };
        let Some(items) = self.bracketed(list)? else {
            return self.uncertain(call, kept(values));
        };
        let rules = self.dialect().lexical();
        let is_literal = |item: &Fragment| {
            let kinds: Vec<TokenKind> = lex_code(item.text(), rules).iter().map(|token| token.kind).collect();
            matches!(kinds.as_slice(), [TokenKind::String | TokenKind::Number | TokenKind::Word])
        };
        if !items.iter().all(is_literal) {
            return self.uncertain(call, kept(values));
        }
        self.spend(column.len().saturating_mul(items.len()), call.origin.clone())?;
        let origin = || call.origin.clone();
        let column_for = |item: &Fragment| {
            let mut projection = Fragment::made("SUM(CASE WHEN ", origin());
            projection.push(column);
            projection.push_made(" = ", origin());
            projection.push(item);
            let alias = quoted_identifier(&sql_text(item.text(), self.dialect()), self.dialect());
            projection.push_made(&format!(" THEN 1 ELSE 0 END) AS {alias}"), origin());
            projection
        };
        Ok(Outcome::List(items.iter().map(column_for).collect()))
    }

    /// The items of a list in brackets.
    fn bracketed(&mut self, list: &Fragment) -> Step<Option<Vec<Fragment>>> {
        let lexed = self.lex(list.clone())?;
        let open = if lexed.is_word(0, "array") { 1 } else { 0 };
        let is_list = lexed.is_symbol(open, '[') || lexed.is_symbol(open, '(');
        if !is_list || lexed.partner(open).is_none_or(|close| close + 1 != lexed.len()) {
            return Ok(None);
        }
        let parts = lexed.split_at_commas(open + 1..lexed.len() - 1);
        Ok(Some(parts.iter().map(|part| lexed.slice(part)).collect()))
    }

    /// The SQL inside a string.
    fn string(&self, item: &Fragment, origin: Range<usize>) -> Option<Fragment> {
        let rules = self.dialect().lexical();
        let tokens = lex_code(item.text(), rules);
        let [token] = tokens.as_slice() else { return None };
        let is_string = token.kind == TokenKind::String;
        is_string.then(|| Fragment::made(string_value(token, item.text(), rules), origin))
    }
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

fn surrogate_key(family: Family, fields: &[Fragment], origin: Range<usize>) -> Fragment {
    use Family::*;
    let (mark, before, after) = match family {
        DuckDb | Materialize | Postgres | Redshift | RisingWave | Sqlite => (" || '|' || ", "", ""),
        Fabric | TSql => (" + '|' + ", "", ""),
        Athena | Presto | Trino if fields.len() == 1 => ("", "", ""),
        Athena | Presto | Trino => (", CAST('|' AS VARCHAR), ", "CONCAT(", ")"),
        _ => (", '|', ", "CONCAT(", ")"),
    };
    let (open, close) = match family {
        Athena | Presto | Trino => ("LOWER(TO_HEX(MD5(TO_UTF8(", "))))"),
        BigQuery => ("TO_HEX(MD5(", "))"),
        ClickHouse => ("LOWER(HEX(MD5(", ")))"),
        Fabric | TSql => ("HASHBYTES('MD5', ", ")"),
        _ => ("MD5(", ")"),
    };
    let mut key = Fragment::made(format!("{open}{before}"), origin.clone());
    key.push(&Fragment::join(fields, mark, origin.clone()));
    key.push_made(&format!("{after}{close}"), origin);
    key
}
