//! What is declared of tables: types, NOT NULL, keys.
//!
//! In: `CREATE TABLE` statements as they were read. Out: answers about a model's columns. A fact that nobody declared is
//! none. A proof that uses a key or a NOT NULL says so: in many engines nobody checks them.

use std::collections::{BTreeMap, BTreeSet};

use crate::dialect::{Dialect, Family};
use crate::names::ModelName;
use crate::sql::ddl::TableDefinition;
use crate::sql::tree::Name;

/// Declared facts about models.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    tables: BTreeMap<ModelName, TableFacts>,
}

#[derive(Debug, Clone, Default)]
struct TableFacts {
    types: BTreeMap<Name, Name>,
    not_null: BTreeSet<Name>,
    keys: Vec<Vec<Name>>,
}

/// Types of which two equal values are the same value, wherever they stand.
const EXACT: &[&str] = &["INT", "BIGINT", "SMALLINT", "TINYINT", "INT64", "INTEGER", "DATE", "BOOLEAN", "BOOL"];

impl Facts {
    /// The facts that nobody has declared.
    pub fn none() -> &'static Facts {
        static NONE: Facts = Facts { tables: BTreeMap::new() };
        &NONE
    }

    /// Adds what a definition says.
    pub fn declare(&mut self, table: &TableDefinition, dialect: Dialect) {
        let mut facts = TableFacts::default();
        facts.types.extend(table.columns.iter().cloned());
        facts.not_null.extend(table.not_null.iter().cloned());
        // In ClickHouse a primary key is an order, and in SQLite it may have NULLs.
        if dialect.family != Family::ClickHouse {
            facts.keys = table.keys.iter().map(|(columns, _)| columns.clone()).collect();
            let primary = table.keys.iter().filter(|(_, is_primary)| *is_primary && dialect.family != Family::Sqlite);
            facts.not_null.extend(primary.flat_map(|(columns, _)| columns.iter().cloned()));
        }
        self.tables.insert(ModelName::from_parts(&table.name), facts);
    }

    /// The declared type of a column.
    pub(super) fn data_type(&self, model: &ModelName, column: &str) -> Option<&Name> {
        self.tables.get(model)?.types.get(column)
    }

    /// Are equal values of the column the same value? Not so for numbers with a fraction, for text under a collation.
    pub(super) fn is_exact(&self, model: &ModelName, column: &str) -> bool {
        self.data_type(model, column).is_some_and(|name| is_exact_type(name))
    }

    pub(super) fn is_not_null(&self, model: &ModelName, column: &str) -> bool {
        self.tables.get(model).is_some_and(|table| table.not_null.contains(column))
    }

    /// Lists of columns of which no two rows have the same values, NULLs excepted.
    pub(super) fn keys(&self, model: &ModelName) -> &[Vec<Name>] {
        self.tables.get(model).map(|table| table.keys.as_slice()).unwrap_or_default()
    }
}

/// Is this a type of whole numbers, days or truth values?
pub(super) fn is_exact_type(name: &str) -> bool {
    EXACT.contains(&name)
}

/// Is this a type of whole numbers?
pub(super) fn is_integer_type(name: &str) -> bool {
    is_exact_type(name) && name.contains("INT")
}
