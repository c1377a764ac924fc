//! What is visible where: CTEs, relations of this block and of those around it, aliases of outputs.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::sql::tree::Name;

use super::{BlockId, Output, Relation, Schema};

/// What a query sees from outside: CTEs by name, and the blocks around it.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    /// One for each WITH around, innermost last.
    ctes: Vec<Arc<FxHashMap<Name, CteTarget>>>,
    /// The blocks around it, innermost last; their relations as far as they are built.
    pub(super) outer: Vec<OuterScope>,
}

/// A block around the current one.
#[derive(Debug, Clone)]
pub(super) struct OuterScope {
    pub(super) block: BlockId,
    pub(super) relations: Arc<Vec<Relation>>,
    pub(super) merged: Arc<Merged>,
}

/// What a CTE's name stands for.
#[derive(Debug, Clone)]
pub(super) enum CteTarget {
    /// A block, with the schema under which its outputs are seen.
    Block(BlockId, Arc<Schema>),
    /// The CTE itself, while it is being defined.
    Recursive(Arc<Schema>),
}

impl Context {
    /// The context inside a query with a WITH of its own.
    pub(super) fn with_layer(&self) -> Context {
        let mut inner = self.clone();
        inner.ctes.push(Arc::default());
        inner
    }

    /// Adds a CTE to the innermost WITH.
    pub(super) fn define(&mut self, name: Name, target: CteTarget) {
        if let Some(layer) = self.ctes.last_mut() {
            Arc::make_mut(layer).insert(name, target);
        }
    }

    pub(super) fn cte(&self, name: &str) -> Option<&CteTarget> {
        self.ctes.iter().rev().find_map(|layer| layer.get(name))
    }

    /// The context of a query inside a block.
    pub(super) fn inside(&self, scope: OuterScope) -> Context {
        let mut outer = self.outer.clone();
        outer.push(scope);
        Context { ctes: self.ctes.clone(), outer }
    }
}

/// Columns that a USING or NATURAL join has merged: each is there once, from all these relations.
pub(super) type Merged = FxHashMap<Name, Vec<u32>>;

/// What a SELECT's expressions can refer to.
pub(super) struct Scope<'c> {
    pub(super) context: &'c Context,
    pub(super) block: BlockId,
    pub(super) relations: Vec<Relation>,
    pub(super) merged: Merged,
    /// Outputs with their names, for the clauses that see them.
    aliases: Vec<Output>,
    /// The first output of each name.
    alias_places: FxHashMap<Name, usize>,
    /// This scope as it was last seen from inside.
    shared: Option<OuterScope>,
    /// Parameters of the lambdas around the expression.
    pub(super) parameters: Vec<Name>,
}

/// Which of two readings of an unqualified name comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AliasRule {
    /// The clause doesn't see aliases.
    Hidden,
    /// A column of a relation wins over an alias.
    ColumnsFirst,
    /// An alias wins over a column of a relation.
    AliasesFirst,
}

impl<'c> Scope<'c> {
    /// The scope of a block of which nothing has been read.
    pub(super) fn new(context: &'c Context, block: BlockId) -> Self {
        Scope {
            context,
            block,
            relations: vec![],
            merged: Merged::default(),
            aliases: vec![],
            alias_places: FxHashMap::default(),
            shared: None,
            parameters: vec![],
        }
    }

    /// This scope as seen from a query inside it.
    pub(super) fn as_outer(&mut self) -> OuterScope {
        let made = || OuterScope {
            block: self.block,
            relations: Arc::new(self.relations.clone()),
            merged: Arc::new(self.merged.clone()),
        };
        self.shared.get_or_insert_with(made).clone()
    }

    /// To be called when relations or merged columns change: queries inside see them from then on.
    pub(super) fn touch(&mut self) {
        self.shared = None;
    }

    pub(super) fn push_output(&mut self, output: Output) {
        self.alias_places.entry(output.name.clone()).or_insert(self.aliases.len());
        self.aliases.push(output);
    }

    pub(super) fn outputs(&self) -> &[Output] {
        &self.aliases
    }

    pub(super) fn take_outputs(&mut self) -> Vec<Output> {
        self.alias_places.clear();
        std::mem::take(&mut self.aliases)
    }

    pub(super) fn alias(&self, name: &str) -> Option<&Output> {
        self.aliases.get(*self.alias_places.get(name)?)
    }
}

/// Does a relation answer to this qualifier? Several parts match the end of a table's full name.
pub(super) fn answers_to(relation: &Relation, qualifier: &[Name]) -> bool {
    match qualifier {
        [] => false,
        [name] => relation.alias.as_ref() == Some(name),
        parts => match &relation.source {
            super::Source::Model(model) => {
                let name = model.parts();
                let shared = name.len().min(parts.len());
                shared >= 2 && name.iter().rev().zip(parts.iter().rev()).all(|(a, b)| **a == **b)
            }
            _ => false,
        },
    }
}
