//! What is visible where: CTEs, relations of this block and of those around it, aliases of outputs.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::dialect::Family;
use crate::sql::tree::{JoinKind, Name, Node, Op, Tree};

use super::{BlockId, Output, Relation, Schema};

/// What a query sees from outside: CTEs by name, and the blocks around it.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    /// One for each WITH around, innermost last.
    ctes: Vec<Arc<FxHashMap<Name, CteTarget>>>,
    /// The blocks around it, innermost last; their relations as far as they are built.
    pub(super) outer: Vec<OuterScope>,
    /// How many recursive definitions this is inside of.
    pub(super) recursions: u32,
}

/// A block around the current one.
#[derive(Debug, Clone)]
pub(super) struct OuterScope {
    pub(super) block: BlockId,
    pub(super) relations: Arc<Vec<Relation>>,
    pub(super) merged: Arc<Merged>,
    /// Outputs with their names, as far as they are bound.
    pub(super) aliases: Arc<Aliases>,
}

/// What a CTE's name stands for.
#[derive(Debug, Clone)]
pub(super) enum CteTarget {
    /// A block, with the schema under which its outputs are seen.
    Block(BlockId, Arc<Schema>),
    /// The CTE itself, while it is being defined; the number of its definition.
    Recursive(u32, Arc<Schema>),
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

    /// The context of a CTE's definition in which its name stands for itself.
    pub(super) fn with_recursive(&self, name: Name, schema: Arc<Schema>) -> Context {
        let mut inner = self.with_layer();
        inner.define(name, CteTarget::Recursive(self.recursions, schema));
        inner.recursions += 1;
        inner
    }

    pub(super) fn cte(&self, name: &str) -> Option<&CteTarget> {
        self.ctes.iter().rev().find_map(|layer| layer.get(name))
    }

    /// The context of a query inside a block.
    pub(super) fn inside(&self, scope: OuterScope) -> Context {
        let mut outer = self.outer.clone();
        outer.push(scope);
        Context { ctes: self.ctes.clone(), outer, recursions: self.recursions }
    }
}

/// Columns that USING and NATURAL joins have merged.
#[derive(Debug, Clone, Default)]
pub(super) struct Merged {
    by_name: FxHashMap<Name, Vec<MergedColumn>>,
    count: usize,
}

/// A column that is there once, from all these relations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MergedColumn {
    pub(super) name: Name,
    pub(super) relations: Vec<u32>,
    /// The kinds of the joins that merged it: they decide which side's value it has.
    pub(super) kinds: Vec<JoinKind>,
    /// Tells which was merged before which.
    number: usize,
}

impl MergedColumn {
    pub(super) fn new(name: Name, relations: Vec<u32>, kinds: Vec<JoinKind>) -> Self {
        MergedColumn { name, relations, kinds, number: 0 }
    }
}

impl Merged {
    /// The columns of this name: more than one where joins that don't touch each other merge it.
    pub(super) fn get(&self, name: &str) -> &[MergedColumn] {
        self.by_name.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Adds a column; those of its name that are part of it go.
    pub(super) fn insert(&mut self, column: MergedColumn) {
        self.count += 1;
        let parts: FxHashSet<u32> = column.relations.iter().copied().collect();
        let known = self.by_name.entry(column.name.clone()).or_default();
        known.retain(|merged| !merged.relations.iter().any(|at| parts.contains(at)));
        known.push(MergedColumn { number: self.count, ..column });
    }

    /// All names in the order in which they were merged.
    pub(super) fn names(&self) -> Vec<&Name> {
        let mut columns: Vec<&MergedColumn> = self.by_name.values().flatten().collect();
        columns.sort_unstable_by_key(|column| column.number);
        columns.into_iter().map(|column| &column.name).collect()
    }
}

/// Outputs with their names, for the clauses that see them.
#[derive(Debug, Clone, Default)]
pub(super) struct Aliases {
    outputs: Vec<Output>,
    /// The outputs of each name that somebody wrote.
    named: FxHashMap<Name, Vec<usize>>,
    /// The first output without a written name that has each name.
    unnamed: FxHashMap<Name, usize>,
    /// The first output without a written name that is a call of each function, in lower case.
    calls: FxHashMap<String, usize>,
}

impl Aliases {
    fn push(&mut self, output: Output) {
        let at = self.outputs.len();
        if !output.is_open && !output.is_unnamed {
            self.named.entry(output.name.clone()).or_default().push(at);
        } else if !output.is_open && !matches!(output.value.op, Op::Number(_) | Op::Text(_)) {
            self.unnamed.entry(output.name.clone()).or_insert(at);
            if let Op::Function(function) = &output.value.op {
                self.calls.entry(function.to_ascii_lowercase()).or_insert(at);
            }
        }
        self.outputs.push(output);
    }

    /// What an alias stands for; of several outputs with this name it may be any.
    pub(super) fn get(&self, name: &str) -> Option<Tree> {
        let mut values =
            self.named.get(name)?.iter().filter_map(|&at| self.outputs.get(at)).map(|output| &output.value);
        let first = values.next()?;
        let mut seen = FxHashSet::from_iter([first.fingerprint()]);
        let mut found = vec![first.clone()];
        found.extend(values.filter(|value| seen.insert(value.fingerprint())).cloned());
        match found.as_slice() {
            [one] => Some(one.clone()),
            _ => Some(Node::new(Op::Uncertain, found, first.span)),
        }
    }

    /// How many outputs have this name.
    pub(super) fn count(&self, name: &str) -> usize {
        self.named.get(name).map_or(0, Vec::len)
    }

    /// The first output that an engine may have given this name: Postgres names `lower(x)` lower, `x::INT` x, a CASE
    /// case.
    pub(super) fn implied(&self, name: &str) -> Option<&Output> {
        let call = self.calls.get(&name.to_ascii_lowercase());
        let first = self.unnamed.get(name).into_iter().chain(call).min()?;
        self.outputs.get(*first)
    }
}

/// What a SELECT's expressions can refer to. What is shared with queries inside isn't copied: they are gone before it
/// grows.
pub(super) struct Scope<'c> {
    pub(super) context: &'c Context,
    pub(super) block: BlockId,
    pub(super) relations: Arc<Vec<Relation>>,
    pub(super) merged: Arc<Merged>,
    aliases: Arc<Aliases>,
    /// Parameters of the lambdas around the expression.
    pub(super) parameters: Vec<Name>,
    /// The definitions of the WINDOW clause, not bound.
    pub(super) windows: Arc<FxHashMap<Name, Tree>>,
    /// A NATURAL join merges columns that aren't known.
    pub(super) natural_unknown: bool,
    /// Where the relations of the join in brackets begin that is being read; 0 outside of any.
    pub(super) brackets: usize,
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
    /// Engines differ: where both exist, either may be meant.
    Either,
}

impl<'c> Scope<'c> {
    /// The scope of a block of which nothing has been read.
    pub(super) fn new(context: &'c Context, block: BlockId) -> Self {
        Scope {
            context,
            block,
            relations: Arc::default(),
            merged: Arc::default(),
            aliases: Arc::default(),
            parameters: vec![],
            windows: Arc::default(),
            natural_unknown: false,
            brackets: 0,
        }
    }

    /// This scope as seen from a query inside it.
    pub(super) fn as_outer(&self) -> OuterScope {
        OuterScope {
            block: self.block,
            relations: self.relations.clone(),
            merged: self.merged.clone(),
            aliases: self.aliases.clone(),
        }
    }

    pub(super) fn relations_mut(&mut self) -> &mut Vec<Relation> {
        Arc::make_mut(&mut self.relations)
    }

    pub(super) fn push_output(&mut self, output: Output) {
        Arc::make_mut(&mut self.aliases).push(output);
    }

    /// Puts another list of outputs in the place of the one so far, which it gives.
    pub(super) fn replace_aliases(&mut self, aliases: Arc<Aliases>) -> Arc<Aliases> {
        std::mem::replace(&mut self.aliases, aliases)
    }

    pub(super) fn outputs(&self) -> &[Output] {
        &self.aliases.outputs
    }

    pub(super) fn take_outputs(&mut self) -> Vec<Output> {
        Arc::unwrap_or_clone(std::mem::take(&mut self.aliases)).outputs
    }

    pub(super) fn aliases(&self) -> &Aliases {
        &self.aliases
    }
}

/// Does a relation answer to this qualifier? Several parts match the end of a table's full name, which an alias hides;
/// in ClickHouse it stays in reach beside the alias.
pub(super) fn answers_to(relation: &Relation, qualifier: &[Name], family: Family) -> bool {
    let own = match &relation.source {
        super::Source::Model(model) => model.parts(),
        _ => &[],
    };
    let is_aliased = |last: &str| relation.alias.as_ref().is_some_and(|alias| !alias.eq_ignore_ascii_case(last));
    let keeps_name = family == Family::ClickHouse || !own.last().is_some_and(|last| is_aliased(last));
    match qualifier {
        [] => false,
        [name] if relation.alias.as_ref() == Some(name) => true,
        [name] => family == Family::ClickHouse && own.last().is_some_and(|last| **last == **name),
        parts => {
            let shared = own.len().min(parts.len());
            keeps_name && shared >= 2 && own.iter().rev().zip(parts.iter().rev()).all(|(a, b)| **a == **b)
        }
    }
}
