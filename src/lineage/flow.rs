//! What an expression, or a query's rows, depend on: sets of parents' columns.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::names::{ColumnName, ModelName};

/// Stands for every column of a model whose columns aren't known, or of which all are read.
pub const EVERY_COLUMN: &str = "*";

/// A column of a model.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnRef {
    pub model: ModelName,
    pub column: ColumnName,
}

/// How a column decides rows, groups or order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Filter,
    Join,
    Group,
    Having,
    Qualify,
    Window,
    Order,
    Distinct,
    /// A call in the SELECT list gives a row for each of its values.
    Generate,
    /// So may a call whose kind isn't known.
    MayGenerate,
}

/// What decides which rows there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    pub influences: BTreeSet<(ColumnRef, Role)>,
    /// Models whose bag of rows matters.
    pub models: BTreeSet<ModelName>,
    /// Code that isn't run is among what decides, and may read more than it is handed.
    pub code: bool,
}

/// What a value is made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flow {
    /// Columns whose values flow in.
    pub sources: BTreeSet<ColumnRef>,
    /// Columns that decide the value without flowing in, beyond those that decide the query's rows.
    pub influences: BTreeSet<(ColumnRef, Role)>,
    /// Models whose bag of rows matters to the value: it aggregates, looks through a window, or asks a subquery.
    pub models: BTreeSet<ModelName>,
    /// Code that isn't run is in it, and may read more than it is handed.
    pub code: bool,
}

impl Flow {
    pub fn absorb(&mut self, other: &Flow) {
        self.sources.extend(other.sources.iter().cloned());
        self.influences.extend(other.influences.iter().cloned());
        self.models.extend(other.models.iter().cloned());
        self.code |= other.code;
    }

    /// What `other` is made from decides this value, in this role.
    pub fn decided_by(&mut self, other: &Flow, role: Role) {
        self.influences.extend(other.sources.iter().map(|source| (source.clone(), role)));
        self.influences.extend(other.influences.iter().cloned());
        self.models.extend(other.models.iter().cloned());
        self.code |= other.code;
    }

    /// The value is computed over many rows: what decides the rows decides it, too.
    pub fn absorb_rows(&mut self, rows: &Rows) {
        self.influences.extend(rows.influences.iter().cloned());
        self.models.extend(rows.models.iter().cloned());
        self.code |= rows.code;
    }
}

impl Rows {
    /// The same with all columns of each model in place of some: smaller, and never less.
    pub fn widened(&self) -> Rows {
        let every = |(column, role): &(ColumnRef, Role)| {
            (ColumnRef { model: column.model.clone(), column: EVERY_COLUMN.into() }, *role)
        };
        Rows { influences: self.influences.iter().map(every).collect(), models: self.models.clone(), code: self.code }
    }

    pub fn absorb(&mut self, other: &Rows) {
        self.influences.extend(other.influences.iter().cloned());
        self.models.extend(other.models.iter().cloned());
        self.code |= other.code;
    }

    /// A value decides the rows, in this role.
    pub fn decided_by(&mut self, flow: &Flow, role: Role) {
        self.influences.extend(flow.sources.iter().map(|source| (source.clone(), role)));
        self.influences.extend(flow.influences.iter().cloned());
        self.models.extend(flow.models.iter().cloned());
        self.code |= flow.code;
    }
}
