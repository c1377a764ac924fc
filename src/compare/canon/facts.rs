//! What is declared of tables: types, NOT NULL, keys.
//!
//! In: `CREATE TABLE` statements as they were read, or what a project declares of its models. Out: answers about a model's
//! columns. A fact that nobody declared is
//! none. A proof that uses a key or a NOT NULL says so: in many engines nobody checks them.

use std::collections::BTreeMap;

use crate::diagnostic::Location;
use crate::dialect::{Dialect, Family};
use crate::names::ModelName;
use crate::sql::ddl::TableDefinition;
use crate::sql::tree::Name;

/// Declared facts about models.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    tables: BTreeMap<ModelName, TableFacts>,
    /// Where a premise is declared, by its sentence.
    places: BTreeMap<String, Location>,
}

#[derive(Debug, Clone, Default)]
struct TableFacts {
    types: BTreeMap<Name, Name>,
    /// Types that are declared and that nobody checks, with the sentence that says so.
    declared: BTreeMap<Name, (Name, String)>,
    /// With the sentence that says so.
    not_null: BTreeMap<Name, String>,
    keys: Vec<Key>,
}

/// Columns of which no two rows have the same values, NULLs excepted.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) columns: Vec<Name>,
    /// The sentence that says so.
    pub(super) premise: String,
}

/// Between what is declared and what is taken for granted with it.
pub(super) const AND: &str = "; and ";

/// Types of which two equal values are the same value, wherever they stand.
const EXACT: &[&str] = &["INT", "BIGINT", "SMALLINT", "TINYINT", "INT64", "INTEGER", "DATE", "BOOLEAN", "BOOL"];

impl Facts {
    /// The facts that nobody has declared.
    pub fn none() -> &'static Facts {
        static NONE: Facts = Facts { tables: BTreeMap::new(), places: BTreeMap::new() };
        &NONE
    }

    /// Adds what a definition says.
    pub fn declare(&mut self, table: &TableDefinition, dialect: Dialect) {
        let name = ModelName::from_parts(&table.name);
        let mut facts = TableFacts::default();
        let not_null = |column: &Name| (column.clone(), format!("{}.{column} is declared NOT NULL", name.table()));
        facts.types.extend(table.columns.iter().cloned());
        facts.not_null.extend(table.not_null.iter().map(not_null));
        // In ClickHouse a primary key is an order, and in SQLite it may have NULLs.
        if dialect.family != Family::ClickHouse {
            let key = |columns: &Vec<Name>| Key {
                columns: columns.clone(),
                premise: format!("({}) is declared a key of {}", columns.join(", "), name.table()),
            };
            facts.keys = table.keys.iter().map(|(columns, _)| key(columns)).collect();
            let primary = table.keys.iter().filter(|(_, is_primary)| *is_primary && dialect.family != Family::Sqlite);
            facts.not_null.extend(primary.flat_map(|(columns, _)| columns.iter().map(not_null)));
        }
        self.tables.insert(name, facts);
    }

    /// The same without what nobody may check: only the types are left.
    pub(super) fn types(&self) -> Facts {
        let bare = |facts: &TableFacts| TableFacts { types: facts.types.clone(), ..TableFacts::default() };
        Facts {
            tables: self.tables.iter().map(|(name, facts)| (name.clone(), bare(facts))).collect(),
            ..Facts::default()
        }
    }

    /// The same without types that nobody may check.
    pub(super) fn without_declared_types(&self) -> Facts {
        let mut facts = self.clone();
        facts.tables.values_mut().for_each(|table| table.declared.clear());
        facts
    }

    /// Adds the type that a column of a model has.
    pub fn add_type(&mut self, model: &ModelName, column: Name, data_type: Name) {
        self.tables.entry(model.clone()).or_default().types.insert(column, data_type);
    }

    /// Adds the types that a table outside is declared to have, and where.
    pub fn add_declared_types(&mut self, model: &ModelName, types: Vec<(Name, Name)>, place: Location) {
        let premise = format!("{model} has the types that are declared of it, which nothing checks");
        let declared = types.into_iter().map(|(column, data_type)| (column, (data_type, premise.clone())));
        self.tables.entry(model.clone()).or_default().declared.extend(declared);
        self.places.insert(premise, place);
    }

    /// Adds that no two rows of a model have the same values in these columns, why, and where that is said.
    pub fn add_key(&mut self, model: &ModelName, columns: Vec<Name>, reason: &str, place: Location) {
        let premise = format!("no two rows of {model} have the same ({}): {reason}", columns.join(", "));
        self.places.insert(premise.clone(), place);
        self.tables.entry(model.clone()).or_default().keys.push(Key { columns, premise });
    }

    /// Adds that a column has no NULL, why, and where that is said.
    pub fn add_not_null(&mut self, model: &ModelName, column: &Name, reason: &str, place: &Location) {
        let premise = format!("{model}.{column} is never NULL: {reason}");
        self.places.insert(premise.clone(), place.clone());
        self.tables.entry(model.clone()).or_default().not_null.entry(column.clone()).or_insert(premise);
    }

    /// Where a premise is declared, if it stands in a project.
    pub fn place(&self, premise: &str) -> Option<&Location> {
        self.places.get(premise.split(AND).next().unwrap_or(premise))
    }

    /// The declared type of a column.
    pub(super) fn data_type(&self, model: &ModelName, column: &str) -> Option<&Name> {
        self.tables.get(model)?.types.get(column)
    }

    /// The type that a column is declared to have without being checked, and the sentence that says so.
    pub(super) fn declared_type(&self, model: &ModelName, column: &str) -> Option<(&Name, &str)> {
        let (data_type, premise) = self.tables.get(model)?.declared.get(column)?;
        Some((data_type, premise))
    }

    /// Are equal values of the column the same value? Not so for numbers with a fraction, for text under a collation.
    pub(super) fn is_exact(&self, model: &ModelName, column: &str) -> bool {
        self.data_type(model, column).is_some_and(|name| is_exact_type(name))
    }

    /// Why a column is never NULL, if that is declared.
    pub(super) fn not_null(&self, model: &ModelName, column: &str) -> Option<&str> {
        self.tables.get(model)?.not_null.get(column).map(String::as_str)
    }

    /// Lists of columns of which no two rows have the same values, NULLs excepted.
    pub(super) fn keys(&self, model: &ModelName) -> &[Key] {
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
