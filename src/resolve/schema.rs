//! The columns of a table, found by name in constant time however many there are.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use crate::names::ColumnName;
use crate::sql::tree::Name;

/// Up to this many columns looking at each is quicker than an index.
const FEW: usize = 16;

/// What is known of a table's columns.
#[derive(Debug, Default)]
pub struct Schema {
    pub columns: Vec<Column>,
    /// There may be more columns than these.
    pub open: bool,
    /// The first column of each name. Made when a column is first looked for in a wide table.
    index: OnceLock<FxHashMap<ColumnName, usize>>,
}

/// A table's column.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Column {
    pub name: ColumnName,
    /// Canonical name of the type, if known.
    pub data_type: Option<Name>,
}

impl Schema {
    /// Of a table with these columns, and maybe more.
    pub fn new(columns: Vec<Column>, open: bool) -> Self {
        Schema { columns, open, index: OnceLock::new() }
    }

    /// Of a table about which nothing is known.
    pub fn unknown() -> Arc<Schema> {
        Arc::new(Schema::new(vec![], true))
    }

    /// The first column with this name.
    pub fn get(&self, name: &str) -> Option<&Column> {
        self.columns.get(self.position(name)?)
    }

    /// The place of the first column with this name.
    pub fn position(&self, name: &str) -> Option<usize> {
        if self.columns.len() <= FEW {
            return self.columns.iter().position(|column| &*column.name == name);
        }
        self.index.get_or_init(|| self.places()).get(name).copied()
    }

    /// Are there two columns of one name?
    pub fn has_twins(&self) -> bool {
        self.index.get_or_init(|| self.places()).len() < self.columns.len()
    }

    /// Adds a column.
    pub fn push(&mut self, column: Column) {
        self.columns.push(column);
        self.index = OnceLock::new();
    }

    fn places(&self) -> FxHashMap<ColumnName, usize> {
        let mut places = FxHashMap::default();
        for (at, column) in self.columns.iter().enumerate() {
            places.entry(column.name.clone()).or_insert(at);
        }
        places
    }
}

/// A copy has no index yet: its columns may be renamed before the first look.
impl Clone for Schema {
    fn clone(&self) -> Self {
        Schema::new(self.columns.clone(), self.open)
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.open == other.open && self.columns == other.columns
    }
}

impl Eq for Schema {}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(count: usize) -> Schema {
        let column = |at: usize| Column { name: format!("c{at}").into(), data_type: None };
        Schema::new((0..count).map(column).collect(), false)
    }

    #[test]
    fn columns_are_found_in_narrow_and_wide_tables() {
        for schema in [wide(3), wide(3000)] {
            assert_eq!(schema.position("c2"), Some(2));
            assert_eq!(schema.position("c9999"), None);
        }
    }

    #[test]
    fn of_two_columns_with_one_name_the_first_is_found() {
        let mut schema = wide(100);
        schema.push(Column { name: "c7".into(), data_type: Some("INT".into()) });
        assert_eq!(schema.get("c7").and_then(|column| column.data_type.clone()), None);
    }

    #[test]
    fn a_column_added_after_the_first_look_is_found() {
        let mut schema = wide(100);
        assert!(schema.get("late").is_none());
        schema.push(Column { name: "late".into(), data_type: None });
        assert!(schema.get("late").is_some());
    }

    #[test]
    fn renaming_in_a_copy_is_seen() {
        let schema = wide(100);
        assert!(schema.get("c5").is_some());
        let mut copy = schema.clone();
        copy.columns[5].name = "renamed".into();
        assert!(copy.get("c5").is_none() && copy.get("renamed").is_some());
    }
}
