//! Calls and operators that take values out of JSON, as sqlglot reads them: with their paths in parts.
//!
//! In: an expression whose parts are qualified. Out: the call that stands for all its spellings (`c -> 'k'`,
//! `JSON_EXTRACT(c, '$.k')`), or nothing where it isn't one. Which names read paths is that of `sqlglot/parser.py` and
//! the dialects' parsers; what the paths say `json_path.rs` tells.

use crate::dialect::Family;
use crate::lex::TokenKind;
use crate::sql::tree::{Node, Op, Tree};

use super::json_path::{key, parts, subscript};
use super::qualified::has_postgres_operators;
use super::side::Side;

const EXTRACT: &str = "JSON_EXTRACT";
const SCALAR: &str = "JSON_EXTRACT_SCALAR";

/// How a call's arguments behind the first say where in the JSON a value stands.
enum Steps {
    /// By a path, or by `$` if there is none.
    Path { is_optional: bool },
    /// Each one step.
    Each,
}

impl Side<'_> {
    /// `a -> b ->> c`
    pub(super) fn arrows(&self, op: &str, done: Tree) -> Tree {
        let name = match op {
            "->" => EXTRACT,
            _ => SCALAR,
        };
        let Some((json, steps)) = done.kids.split_first() else { return done };
        steps.iter().fold(json.clone(), |json, step| {
            let path = match has_postgres_operators(self.dialect) {
                true => self.step(step, |is_text| !is_text).map(|step| vec![step]),
                false => self.path(step),
            };
            // Only Postgres's operators ask for JSON.
            let mark = has_postgres_operators(self.dialect).then(|| leaf("only of JSON", &done));
            let path = path.map_or_else(|| step.clone(), |path| path_of(&path, step));
            let kids = [json, path].into_iter().chain(mark).collect();
            Node::new(Op::Function(name.into()), kids, done.span)
        })
    }

    /// A call under its name in upper case.
    pub(super) fn json_call(&self, name: &str, done: &Tree) -> Option<Tree> {
        let (common, steps) = self.json_function(name)?;
        let (json, given) = done.kids.split_first()?;
        let call = |kids: Vec<Tree>| {
            let marked = match (name, self.dialect.family) {
                ("GET_PATH", _) => vec![leaf("of JSON", done)],
                (_, Family::BigQuery) if common == SCALAR => vec![leaf("of scalars", done)],
                _ => vec![],
            };
            Node::new(Op::Function(common.into()), [vec![json.clone()], kids, marked].concat(), done.span)
        };
        match steps {
            Steps::Each => {
                let read: Option<Vec<String>> = given.iter().map(|step| self.step(step, |_| true)).collect();
                Some(call(vec![path_of(&read?, done)]))
            }
            Steps::Path { is_optional } => {
                let root = || is_optional.then(|| path_of(&[], done));
                let path = match given.first() {
                    Some(path) => self.path(path).map_or_else(|| path.clone(), |parts| path_of(&parts, path)),
                    None => root()?,
                };
                // Of further arguments only one call knows.
                let rest = given.get(1..).filter(|_| common == EXTRACT).unwrap_or_default();
                Some(call([&[path], rest].concat()))
            }
        }
    }

    /// `json:a.b[0]`, also where the path goes on behind another colon.
    pub(super) fn json_access(&self, done: Tree) -> Tree {
        let Op::Other(path) = &done.op else { return done };
        let Some((json, indexes)) = done.kids.split_first() else { return done };
        let mark = if self.quotes_a_step(json) { " with quotes" } else { "" };
        let lower = |index: &Tree| match &index.op {
            Op::Text(text) => Node::leaf(Op::Text(text.to_lowercase().into()), index.span),
            _ => index.clone(),
        };
        let indexes = indexes.iter().map(lower);
        match (&json.op, json.kids.as_slice()) {
            (Op::Other(inner), [first, before @ ..]) if inner.starts_with(':') => {
                let path = format!("{inner}{}{mark}", path.trim_start_matches(':').to_lowercase());
                let kids = [first].into_iter().chain(before).cloned().chain(indexes).collect();
                Node::new(Op::Other(path.into()), kids, done.span)
            }
            _ => {
                let path = format!("{}{mark}", path.to_lowercase());
                let kids = [json.clone()].into_iter().chain(indexes).collect();
                Node::new(Op::Other(path.into()), kids, done.span)
            }
        }
    }

    /// Is a step of the path behind the colon in quotes?
    fn quotes_a_step(&self, json: &Tree) -> bool {
        let first = self.tokens.partition_point(|token| token.start < json.span.end as usize);
        let tokens = self.tokens.get(first..).unwrap_or_default();
        let mut may_be_name = false;
        for token in tokens.iter().skip_while(|token| token.is_symbol(')')) {
            match token.kind {
                TokenKind::Symbol(':' | '.' | '[') => may_be_name = true,
                TokenKind::Symbol(']') => may_be_name = false,
                TokenKind::QuotedIdentifier | TokenKind::String if may_be_name => return true,
                TokenKind::Word | TokenKind::Number if may_be_name => may_be_name = false,
                _ => return false,
            }
        }
        false
    }

    /// What sqlglot calls such a call.
    fn json_function(&self, name: &str) -> Option<(&'static str, Steps)> {
        use Family::*;
        let path = |name, is_optional| Some((name, Steps::Path { is_optional }));
        let family = self.dialect.family;
        match (name, family) {
            ("JSON_EXTRACT_PATH", _) if has_postgres_operators(self.dialect) => Some((EXTRACT, Steps::Each)),
            ("JSON_EXTRACT_PATH_TEXT", _) if has_postgres_operators(self.dialect) => Some((SCALAR, Steps::Each)),
            ("JSONEXTRACTSTRING", ClickHouse) => Some((SCALAR, Steps::Each)),
            ("JSON_VALUE" | "JSON_EXTRACT_SCALAR", BigQuery) => path(SCALAR, true),
            ("JSON_QUERY_ARRAY" | "JSON_EXTRACT_ARRAY", BigQuery) => path("JSON_EXTRACT_ARRAY", true),
            ("JSON_VALUE_ARRAY" | "JSON_EXTRACT_STRING_ARRAY", BigQuery) => path("JSON_VALUE_ARRAY", true),
            ("JSON_QUERY", BigQuery) => path(EXTRACT, false),
            ("JSON_KEYS", BigQuery) => None,
            ("JSON_QUERY", Fabric | TSql) => path(EXTRACT, true),
            ("JSON_VALUE", Fabric | TSql) => path(SCALAR, false),
            ("JSON_VALUE", MySql | Doris | StarRocks | Trino) => path("JSON_VALUE", false),
            ("GET_JSON_OBJECT", Databricks | Hive | Spark) => path(SCALAR, false),
            ("GET_PATH", Snowflake) => path(EXTRACT, false),
            ("JSON_EXTRACT_PATH", DuckDb) => path(EXTRACT, false),
            ("JSON_EXTRACT_STRING", DuckDb) => path(SCALAR, false),
            ("JSON_EXTRACT", _) => path(EXTRACT, false),
            ("JSON_EXTRACT_SCALAR" | "JSON_EXTRACT_PATH_TEXT", _) => path(SCALAR, false),
            ("JSON_KEYS", _) => path("JSON_KEYS", false),
            _ => None,
        }
    }

    /// The parts of a path that is written out (`Dialect.to_json_path`).
    fn path(&self, tree: &Tree) -> Option<Vec<String>> {
        match &tree.op {
            Op::Number(number) => parts(&format!("[{number}]"), self.dialect),
            // DuckDB's pointers, and places from the end.
            Op::Text(text)
                if self.dialect.family == Family::DuckDb && (text.starts_with('/') || text.contains("[#")) =>
            {
                None
            }
            Op::Text(text) => parts(text, self.dialect),
            _ => None,
        }
    }

    /// One step (`build_json_extract_path`): a place in an array, if it is a number and may be one, or a key.
    fn step(&self, tree: &Tree, may_be_place: impl Fn(bool) -> bool) -> Option<String> {
        let (text, is_text) = match &tree.op {
            Op::Text(text) => (text, true),
            Op::Number(text) => (text, false),
            _ => return None,
        };
        let from_one = i64::from(self.dialect.family == Family::ClickHouse);
        match text.parse::<i64>() {
            Ok(index) if may_be_place(is_text) => Some(subscript(index.checked_sub(from_one)?)),
            _ => Some(key(text)),
        }
    }
}

fn path_of(parts: &[String], at: &Tree) -> Tree {
    Node::leaf(Op::Literal("path", parts.concat().into()), at.span)
}

fn leaf(text: &str, at: &Tree) -> Tree {
    Node::leaf(Op::Other(text.into()), at.span)
}
