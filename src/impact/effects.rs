//! What happens to each model, as it is found out: effects with their causes and the shortest path to them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::compare::LocalChange;
use crate::names::{ColumnName, ModelName};
use crate::resolve::Schema;

use super::{ColumnEffect, RowEffect};

/// Everything that happens, model by model.
#[derive(Default)]
pub(super) struct Spread {
    pub(super) effects: BTreeMap<ModelName, Effects>,
    pub(super) causes: Vec<Cause>,
    /// Models whose columns stand in another order, which code may see.
    pub(super) reordered: BTreeSet<ModelName>,
}

/// A finding before it gets its number.
pub(super) struct Cause {
    pub(super) model: ModelName,
    pub(super) change: LocalChange,
    pub(super) via: Vec<String>,
    /// The effect isn't certain.
    pub(super) uncertain: bool,
}

/// What happens to one model.
#[derive(Default)]
pub(super) struct Effects {
    pub(super) rows: Option<Effect<RowEffect>>,
    pub(super) columns: BTreeMap<ColumnName, Effect<ColumnEffect>>,
    /// Old names of renamed columns.
    pub(super) renamed: BTreeMap<ColumnName, ColumnName>,
    /// What happens to columns that the model may have beside those that are known.
    pub(super) open: Option<Open>,
    pub(super) fails: bool,
    /// The model itself was edited, in whatever way.
    pub(super) edited: bool,
}

/// An effect on columns whose names aren't known, and those whose names are.
pub(super) struct Open {
    pub(super) effect: Effect<ColumnEffect>,
    pub(super) known: Arc<Schema>,
}

/// An effect with the causes that explain it and the shortest path from the change to it.
#[derive(Debug, Clone)]
pub(super) struct Effect<E> {
    pub(super) effect: E,
    /// Indices into `Spread::causes`.
    pub(super) because: Vec<usize>,
    pub(super) path: Vec<String>,
}

impl Effects {
    pub(super) fn rows_effect(&self) -> RowEffect {
        self.rows.as_ref().map_or(RowEffect::Same, |rows| rows.effect)
    }
}

impl Effects {
    pub(super) fn is_something(&self) -> bool {
        self.rows.is_some() || !self.columns.is_empty() || self.open.is_some() || self.fails || self.edited
    }

    pub(super) fn change_rows(&mut self, effect: RowEffect, cause: usize, path: Vec<String>) {
        match &mut self.rows {
            None => self.rows = Some(Effect { effect, because: vec![cause], path }),
            Some(rows) => rows.merge(effect, cause, path),
        }
    }

    /// Rows and every column may change, also those that aren't known.
    pub(super) fn change_everything(&mut self, schema: &Arc<Schema>, cause: usize, path: &[String]) {
        self.change_rows(RowEffect::Unknown, cause, path.to_vec());
        for column in &schema.columns {
            self.change_column(&column.name, ColumnEffect::Unknown, cause, path.to_vec());
        }
        if schema.open {
            self.change_open(schema, cause, path.to_vec());
        }
    }

    /// Columns that aren't known may change; `known` has those that are.
    pub(super) fn change_open(&mut self, known: &Arc<Schema>, cause: usize, path: Vec<String>) {
        match &mut self.open {
            Some(open) => open.effect.merge(ColumnEffect::Unknown, cause, path),
            None => {
                let effect = Effect { effect: ColumnEffect::Unknown, because: vec![cause], path };
                self.open = Some(Open { effect, known: known.clone() });
            }
        }
    }

    pub(super) fn change_column(&mut self, name: &ColumnName, effect: ColumnEffect, cause: usize, path: Vec<String>) {
        match self.columns.get_mut(name) {
            None => {
                self.columns.insert(name.clone(), Effect { effect, because: vec![cause], path });
            }
            Some(known) => known.merge(effect, cause, path),
        }
    }
}

impl Effect<ColumnEffect> {
    pub(super) fn felt(&self) -> Option<(ColumnEffect, Vec<String>)> {
        Some((felt(self.effect)?, self.path.clone()))
    }
}

impl<E: Ord + Copy> Effect<E> {
    pub(super) fn merge(&mut self, effect: E, cause: usize, path: Vec<String>) {
        self.effect = self.effect.max(effect);
        if !self.because.contains(&cause) {
            self.because.push(cause);
        }
        if path.len() < self.path.len() {
            self.path = path;
        }
    }
}

impl Spread {
    pub(super) fn cause(&mut self, model: &ModelName, change: LocalChange, via: Vec<String>, uncertain: bool) -> usize {
        self.causes.push(Cause { model: model.clone(), change, via, uncertain });
        self.causes.len() - 1
    }
}

/// What a reader feels of an effect on a column that it reads. A removed column fails its readers, and an added one
/// has none; both are found elsewhere.
pub(super) fn felt(effect: ColumnEffect) -> Option<ColumnEffect> {
    match effect {
        ColumnEffect::Same | ColumnEffect::Added | ColumnEffect::Removed | ColumnEffect::Renamed => None,
        ColumnEffect::Value | ColumnEffect::Type => Some(ColumnEffect::Value),
        ColumnEffect::Unknown => Some(ColumnEffect::Unknown),
    }
}

pub(super) fn place(model: &ModelName, column: &str) -> String {
    format!("{model}.{column}")
}

pub(super) fn extended(path: &[String], step: String) -> Vec<String> {
    let mut path = path.to_vec();
    path.push(step);
    path
}
