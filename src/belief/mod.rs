//! The types that SQLMesh believes in: its `columns_to_types`, mistakes included.
//!
//! In: a resolved query and what SQLMesh believes of the tables that it reads. Out: a [`DataType`] for each column, as
//! sqlglot's `annotate_types` infers it. That isn't always the type that the database gives (`x / 100.0`, a sum of
//! whole numbers, anything beside a NULL), so nothing here may lead to a verdict: what is certain is told by `resolve/`,
//! in `Output::data_type`. A belief is needed where SQLMesh's own answers follow from it: casts that `@STAR` writes, the
//! predicted plan, the type in the report of the lineage.
//!
//! Two tables of facts, recorded from sqlglot by `tests/oracle/annotators.py`, say what each function and each
//! dialect does; `tables.rs` describes them. The rest is the mechanism, in the order of the pipeline: `data_type.rs`
//! reads and writes types, `coercion.rs` brings two to one, `expression.rs` and `call.rs` go through expressions,
//! `relation.rs` through what stands in FROM.

mod call;
mod coercion;
mod data_type;
mod expression;
mod read;
mod relation;
mod rule;
mod tables;
#[cfg(test)]
mod tests;
mod write;

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use crate::dialect::Dialect;
use crate::names::{ColumnName, ModelName};
use crate::resolve::{BlockId, Resolved};

pub use data_type::DataType;
use tables::Tables;

/// What SQLMesh believes of a table's columns, in their order; of two with one name the first counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Belief {
    pub columns: Vec<(ColumnName, DataType)>,
}

/// What SQLMesh believes of the tables that a query reads; `None` where it doesn't know a table's columns.
pub trait Beliefs {
    /// The table's columns.
    fn table(&self, name: &ModelName) -> Option<&Belief>;
}

/// How much sqlglot is told before it annotates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schemas {
    /// SQLMesh optimizes the query: every table's columns are known.
    Known,
    /// It doesn't: each projection is annotated by itself, by the rules of no dialect.
    Unknown,
    /// It doesn't even try, for the model says so: only a cast has a type.
    Untouched,
}

/// The believed type of each output of a query, by place; unknown ones for outputs that stand for any number of columns.
pub fn outputs(
    resolved: &Resolved,
    sql: &str,
    dialect: Dialect,
    schemas: Schemas,
    beliefs: &dyn Beliefs,
) -> Vec<DataType> {
    let tables = match schemas {
        Schemas::Known | Schemas::Untouched => Tables::of(dialect),
        Schemas::Unknown => Tables::without_schema(dialect),
    };
    let annotator = Annotator {
        resolved,
        sql,
        dialect,
        tables,
        schemas,
        beliefs,
        done: RefCell::default(),
        seen: RefCell::default(),
        reread: RefCell::default(),
    };
    annotator.root()
}

/// A type as it is after its text went to another model: written in the reader's dialect and read again.
pub fn reread(data_type: &DataType, dialect: Dialect) -> DataType {
    let tables = Tables::of(dialect);
    read::read(&write::written(data_type, tables), tables)
}

/// A type as written in this dialect.
pub fn parse(text: &str, dialect: Dialect) -> DataType {
    read::read(text, Tables::of(dialect))
}

/// The text of a type in this dialect; `None` if it isn't known.
pub fn text(data_type: &DataType, dialect: Dialect) -> Option<String> {
    (!data_type.is_unknown()).then(|| write::written(data_type, Tables::of(dialect)))
}

/// Does a call of this function give BOOLEAN, whatever its arguments are?
pub fn gives_boolean(function: &str, dialect: Dialect) -> bool {
    let rules = Tables::of(dialect).function(function).unwrap_or_default();
    !rules.is_empty() && rules.iter().all(|(_, rule)| rule.is_boolean())
}

/// Does a call of this function give what its arguments are?
pub fn gives_its_arguments(function: &str, dialect: Dialect) -> bool {
    let rules = Tables::of(dialect).function(function).unwrap_or_default();
    !rules.is_empty() && rules.iter().all(|(_, rule)| rule.is_of_all_arguments())
}

/// Goes through one query.
struct Annotator<'a> {
    resolved: &'a Resolved,
    /// The text that spans point into.
    sql: &'a str,
    dialect: Dialect,
    tables: &'static Tables,
    schemas: Schemas,
    beliefs: &'a dyn Beliefs,
    /// Types of nodes that may stand in several places, by address.
    done: RefCell<FxHashMap<usize, DataType>>,
    /// Types of a block's outputs as its readers see them.
    seen: RefCell<FxHashMap<BlockId, std::rc::Rc<Vec<DataType>>>>,
    /// Columns of tables, by table and place, after rereading.
    reread: RefCell<FxHashMap<(ModelName, usize), DataType>>,
}
