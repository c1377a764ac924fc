//! What is visible where: CTEs, relations of this block and of those around it, aliases of outputs.

use std::sync::Arc;

use crate::sql::tree::{JoinKind, Name, Node, Op, Tree};

use super::{BlockId, Output, Relation, Schema};

/// What a query sees from outside: CTEs by name, and the blocks around it.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    ctes: Option<Arc<CteLink>>,
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
    pub(super) merged: Arc<Vec<Merged>>,
    /// Outputs with their names, as far as they are bound.
    pub(super) aliases: Arc<Vec<Output>>,
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
    /// The CTE itself, while it is being defined; the number of its definition.
    Recursive(u32, Arc<Schema>),
}

impl Context {
    pub(super) fn with_cte(&self, name: Name, target: CteTarget) -> Context {
        let link = CteLink { name, target, next: self.ctes.clone() };
        Context { ctes: Some(Arc::new(link)), ..self.clone() }
    }

    /// The context of a CTE's definition in which its name stands for itself.
    pub(super) fn with_recursive(&self, name: Name, schema: Arc<Schema>) -> Context {
        let mut context = self.with_cte(name, CteTarget::Recursive(self.recursions, schema));
        context.recursions += 1;
        context
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
        Context { outer, ..self.clone() }
    }
}

/// A column that a USING or NATURAL join has merged: it is there once, from all these relations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Merged {
    pub(super) name: Name,
    pub(super) relations: Vec<u32>,
    /// The kinds of the joins that merged it: they decide which side's value it has.
    pub(super) kinds: Vec<JoinKind>,
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
    /// The definitions of the WINDOW clause, not bound.
    pub(super) windows: Vec<(Name, Tree)>,
    /// A NATURAL join merges columns that aren't known.
    pub(super) natural_unknown: bool,
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

impl Scope<'_> {
    /// This scope as seen from a query inside it.
    pub(super) fn as_outer(&self) -> OuterScope {
        OuterScope {
            block: self.block,
            relations: Arc::new(self.relations.clone()),
            merged: Arc::new(self.merged.clone()),
            aliases: Arc::new(self.aliases.clone()),
        }
    }

    /// What an alias stands for.
    pub(super) fn alias(&self, name: &str) -> Option<Tree> {
        alias(&self.aliases, name)
    }
}

/// What an alias stands for; of several outputs with this name it may be any.
pub(super) fn alias(outputs: &[Output], name: &str) -> Option<Tree> {
    let mut found: Vec<Tree> = Vec::new();
    for output in outputs.iter().filter(|output| !output.is_unnamed && !output.is_open && &*output.name == name) {
        if !found.contains(&output.value) {
            found.push(output.value.clone());
        }
    }
    match found.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        [first, ..] => {
            let span = first.span;
            Some(Node::new(Op::Uncertain, found, span))
        }
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
