//! `@STAR` and `@UNION`: projections made of the columns of tables.
//!
//! In: a call and what is known of the tables' columns. Out: SQL. A table of which nothing is known makes the call
//! opaque; that it was asked for is remembered, so that the call can be evaluated once its columns are known.

use crate::lex::{TokenKind, identifier_text, lex_code};
use crate::names::{ModelName, Naming};
use crate::project::header::model_name;
use crate::render::evaluate::{Value, evaluate};
use crate::render::expand::{Call, Expander, Outcome, Scope, Step};
use crate::render::fragment::Fragment;
use crate::render::values::{identifier, quoted_identifier, sql_text};
use crate::render::{TableColumn, Tables};

use super::bind::Parameters;

const STAR: Parameters<'_> = Parameters {
    names: &["relation", "alias", "exclude", "prefix", "suffix", "quote_identifiers", "except_"],
    required: 1,
    is_variadic: false,
};
const TABLES: Parameters<'_> = Parameters { names: &[], required: 0, is_variadic: true };

/// A name without a schema stands for the only table of that name that the query reads.
fn only_named<'t>(name: &ModelName, tables: &'t Tables) -> Option<&'t Vec<TableColumn>> {
    let [only] = name.parts() else { return None };
    let mut named = tables.iter().filter(|(table, _)| table.parts().last() == Some(only));
    named.next().filter(|_| named.next().is_none()).map(|(_, columns)| columns)
}

/// What `@STAR` is to make of each column.
struct Star {
    table: String,
    excluded: Vec<String>,
    prefix: String,
    suffix: String,
    is_quoted: bool,
}

impl Expander<'_> {
    /// The columns of a table. `None` if they aren't known (yet).
    fn columns(&mut self, table: &str) -> Option<Vec<TableColumn>> {
        let naming = Naming { dialect: self.dialect(), default_catalog: self.environment.default_catalog };
        let name = model_name(table, naming, naming.default_catalog)?;
        let known = &self.environment.tables;
        let columns = known.get(&name).or_else(|| only_named(&name, known)).cloned();
        self.tables.insert(name);
        columns
    }

    /// `@STAR(relation, alias, exclude := […], prefix := '…', suffix := '…', quote_identifiers := TRUE)`
    pub fn star(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let bound = match self.bind(call, scope, &STAR)? {
            Ok(bound) => bound,
            Err(outcome) => return Ok(outcome),
        };
        let Some(table) = bound.get(0).and_then(|relation| self.table_text(relation)) else {
            return self.misused(call, "@STAR takes the name of a table");
        };
        let excluded = match bound.get(2).or_else(|| bound.get(6)) {
            // SQLMesh reads a single name as a tuple of one.
            Some(list) => match self.table_text(list) {
                Some(column) => Some(vec![Fragment::made(column, call.origin.clone())]),
                None => self.bracketed(list)?,
            },
            None => Some(Vec::new()),
        };
        let text = |at: usize| bound.get(at).map_or(Some(String::new()), |value| self.literal(value));
        let alias = bound.get(1).map_or(Some(table.clone()), |alias| self.table_text(alias));
        let is_quoted = bound.get(5).map_or(Some(true), |value| self.boolean(value));
        let (Some(excluded), Some(prefix), Some(suffix), Some(alias), Some(is_quoted)) =
            (excluded, text(3), text(4), alias, is_quoted)
        else {
            return self.misused(
                call,
                "exclude is a list of columns, prefix and suffix are strings, quote_identifiers is TRUE or FALSE",
            );
        };
        let excluded = excluded.iter().map(|item| self.last_name(item.text())).collect();
        let star = Star { table: self.last_name(&alias), excluded, prefix, suffix, is_quoted };
        match self.columns(&table).and_then(|columns| self.star_items(&star, &columns, call)) {
            Some(items) => Ok(Outcome::List(items)),
            // Its arguments are relations, not columns.
            None => Ok(Outcome::Opaque(Vec::new())),
        }
    }

    fn star_items(&self, star: &Star, columns: &[TableColumn], call: &Call) -> Option<Vec<Fragment>> {
        let kept = || columns.iter().filter(|column| !star.excluded.iter().any(|name| **name == *column.name));
        let all_typed = kept().all(|column| known_type(column).is_some());
        let item = |column: &TableColumn| {
            let name = |name: &str| self.written(name, star.is_quoted);
            let value = format!("{}.{}", name(&star.table)?, name(&column.name)?);
            let alias = name(&format!("{}{}{}", star.prefix, column.name, star.suffix))?;
            let value = match known_type(column).filter(|_| all_typed) {
                Some(data_type) => format!("CAST({value} AS {data_type})"),
                None => value,
            };
            Some(Fragment::made(format!("{value} AS {alias}"), call.origin.clone()))
        };
        kept().map(item).collect()
    }

    /// An identifier as it is written; `None` where it would need quotes and gets none.
    fn written(&self, name: &str, is_quoted: bool) -> Option<String> {
        let quoted = quoted_identifier(name, self.dialect());
        match is_quoted {
            true => Some(quoted),
            false => Some(identifier(name, self.dialect())).filter(|written| *written != quoted),
        }
    }

    /// The last part of a dotted name, normalized; a string as it is.
    fn last_name(&self, text: &str) -> String {
        let tokens = lex_code(text, self.dialect().lexical());
        match tokens.last() {
            Some(token) if matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier) => {
                let (name, quoted) = identifier_text(token, text);
                self.dialect().normalize(&name, quoted).into_owned()
            }
            _ => sql_text(text, self.dialect()),
        }
    }

    /// `@UNION(condition, 'all', a, b, …)`
    pub fn union(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let bound = match self.bind(call, scope, &TABLES)? {
            Ok(bound) => bound,
            Err(outcome) => return Ok(outcome),
        };
        let mut arguments = bound.rest.as_slice();
        let condition = arguments.first().and_then(|first| evaluate(first.text(), self.dialect()));
        if let Some(Value::Bool(_)) = condition {
            arguments = arguments.get(1..).unwrap_or_default();
        }
        let kind = arguments.first().and_then(|kind| self.literal(kind)).map(|kind| kind.to_lowercase());
        let separator = match kind.as_deref() {
            None | Some("all") => " UNION ALL ",
            Some("distinct") => " UNION ",
            Some(_) => return self.misused(call, "the kind of a union is 'all' or 'distinct'"),
        };
        arguments = arguments.get(usize::from(kind.is_some())..).unwrap_or_default();
        if arguments.is_empty() {
            return self.misused(call, "@UNION takes names of tables");
        }
        let tables: Option<Vec<String>> = arguments.iter().map(|table| self.table_text(table)).collect();
        let Some(tables) = tables else {
            return self.doubtful(call, "@UNION takes names of tables");
        };
        let columns: Vec<Option<Vec<TableColumn>>> = tables.iter().map(|table| self.columns(table)).collect();
        let columns: Option<Vec<Vec<TableColumn>>> = columns.into_iter().collect();
        let Some(projections) = columns.and_then(|columns| self.common(&columns)) else {
            return Ok(Outcome::Opaque(Vec::new()));
        };
        let used = if condition == Some(Value::Bool(false)) { 1 } else { tables.len() };
        self.spend(projections.len().saturating_mul(used), call.origin.clone())?;
        let select = |table: &String| format!("SELECT {projections} FROM {table}");
        let queries: Vec<String> = tables.iter().take(used).map(select).collect();
        Ok(Outcome::Value(Fragment::made(queries.join(separator), call.origin.clone())))
    }

    /// Projections of the columns that all tables have with the same type. `None` if that isn't certain.
    fn common(&self, tables: &[Vec<TableColumn>]) -> Option<String> {
        let (first, others) = tables.split_first()?;
        let is_typed = tables.iter().flatten().all(|column| known_type(column).is_some());
        let others: Vec<std::collections::HashSet<&TableColumn>> =
            others.iter().map(|table| table.iter().collect()).collect();
        let shared = first.iter().filter(|column| others.iter().all(|table| table.contains(column)));
        let projection = |column: &TableColumn| {
            let name = self.written(&column.name, false)?;
            Some(format!("CAST({name} AS {}) AS {name}", known_type(column)?))
        };
        let projections: Vec<String> = shared.filter(|_| is_typed).map(projection).collect::<Option<_>>()?;
        (!projections.is_empty()).then(|| projections.join(", "))
    }
}

/// The type, if SQLMesh calls it known.
fn known_type(column: &TableColumn) -> Option<&str> {
    let is_known = |data_type: &&str| !matches!(*data_type, "UNKNOWN" | "NULL");
    column.data_type.as_deref().filter(is_known)
}
