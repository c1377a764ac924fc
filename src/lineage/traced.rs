//! The result of tracing one block.

use std::cell::OnceCell;

use super::flow::{Flow, Rows};

/// The result for one block.
#[derive(Debug, Clone, Default)]
pub(super) struct Traced {
    /// One for each output of the block, open ones included.
    pub(super) columns: Vec<Flow>,
    pub(super) rows: Rows,
    /// For columns that aren't among the outputs.
    pub(super) open: Flow,
    /// What decides the order in which the rows come, for those that look at it: a LIMIT outside, a list of values.
    pub(super) order: Flow,
    everything: OnceCell<Flow>,
}

impl Traced {
    pub(super) fn new(columns: Vec<Flow>, rows: Rows, open: Flow) -> Self {
        Traced { columns, rows, open, order: Flow::default(), everything: OnceCell::new() }
    }

    pub(super) fn ordered_by(self, order: Flow) -> Self {
        Traced { order, ..self }
    }

    /// All columns together.
    pub(super) fn everything(&self) -> &Flow {
        self.everything.get_or_init(|| {
            let mut all = self.open.clone();
            self.columns.iter().for_each(|column| all.absorb(column));
            all
        })
    }

    pub(super) fn absorb(&mut self, other: &Traced) {
        let width = self.columns.len().max(other.columns.len());
        self.columns.resize(width, Flow::default());
        for (column, more) in self.columns.iter_mut().zip(&other.columns) {
            column.absorb(more);
        }
        self.rows.absorb(&other.rows);
        self.open.absorb(&other.open);
        self.order.absorb(&other.order);
        self.everything = OnceCell::new();
    }
}

impl PartialEq for Traced {
    fn eq(&self, other: &Self) -> bool {
        (&self.columns, &self.rows, &self.open, &self.order) == (&other.columns, &other.rows, &other.open, &other.order)
    }
}
