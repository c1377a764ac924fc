//! What is visible where: CTEs, relations of this block and of those around it, aliases of outputs.

use std::sync::Arc;

use crate::sql::tree::Name;

use super::{BlockId, Output, Relation, Schema};

/// What a query sees from outside: CTEs by name, and the blocks around it.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    ctes: Option<Arc<CteLink>>,
    /// The blocks around it, innermost last; their relations as far as they are built.
    pub(super) outer: Vec<OuterScope>,
}

/// A block around the current one.
#[derive(Debug, Clone)]
pub(super) struct OuterScope {
    pub(super) block: BlockId,
    pub(super) relations: Arc<Vec<Relation>>,
    pub(super) merged: Arc<Vec<Merged>>,
}

/// A linked list, so that a scope shares its outer scopes' CTEs.
#[derive(Debug)]
struct CteLink {
    name: Name,
    target: CteTarget,
    next: Option<Arc<CteLink>>,
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
    pub(super) fn with_cte(&self, name: Name, target: CteTarget) -> Context {
        let link = CteLink { name, target, next: self.ctes.clone() };
        Context { ctes: Some(Arc::new(link)), outer: self.outer.clone() }
    }

    pub(super) fn cte(&self, name: &str) -> Option<&CteTarget> {
        let mut link = self.ctes.as_deref();
        while let Some(cte) = link {
            if &*cte.name == name {
                return Some(&cte.target);
            }
            link = cte.next.as_deref();
        }
        None
    }

    /// The context of a query inside a block.
    pub(super) fn inside(&self, scope: OuterScope) -> Context {
        let mut outer = self.outer.clone();
        outer.push(scope);
        Context { ctes: self.ctes.clone(), outer }
    }
}

/// A column that a USING or NATURAL join has merged: it is there once, from all these relations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Merged {
    pub(super) name: Name,
    pub(super) relations: Vec<u32>,
}

/// What a SELECT's expressions can refer to.
pub(super) struct Scope<'c> {
    pub(super) context: &'c Context,
    pub(super) block: BlockId,
    pub(super) relations: Vec<Relation>,
    pub(super) merged: Vec<Merged>,
    /// Outputs with their names, for the clauses that see them.
    pub(super) aliases: Vec<Output>,
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

impl Scope<'_> {
    /// This scope as seen from a query inside it.
    pub(super) fn as_outer(&self) -> OuterScope {
        OuterScope {
            block: self.block,
            relations: Arc::new(self.relations.clone()),
            merged: Arc::new(self.merged.clone()),
        }
    }

    pub(super) fn alias(&self, name: &str) -> Option<&Output> {
        self.aliases.iter().find(|output| &*output.name == name)
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
                let tail = |all: &[Name]| all[all.len() - shared..].to_vec();
                shared >= 2 && name[name.len() - shared..].iter().zip(tail(parts)).all(|(a, b)| **a == *b)
            }
            _ => false,
        },
    }
}
