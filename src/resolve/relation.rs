//! FROM: relations, joins, and which of their columns are merged.

use std::sync::Arc;

use crate::sql::tree::{JoinKind, Name, Node, Op, Span, Tree};

use super::query::{column_names, renamed, split_and};
use super::scope::{AliasRule, CteTarget, Merged, Scope};
use super::{Block, BlockId, BlockKind, Column, Join, ProblemKind, Relation, Resolver, Schema, Source};

impl Resolver<'_> {
    pub(super) fn from(&mut self, from: &Tree, scope: &mut Scope<'_>) {
        for tree in &from.kids {
            self.join_tree(tree, scope);
        }
    }

    fn join_tree(&mut self, tree: &Tree, scope: &mut Scope<'_>) {
        let Some((first, joins)) = tree.kids.split_first() else { return };
        let start = scope.relations.len();
        self.relation(first, scope);
        for join in joins {
            self.join(join, start, scope);
        }
    }

    fn join(&mut self, node: &Tree, tree_start: usize, scope: &mut Scope<'_>) {
        let Op::Join(kind) = node.op else { return };
        let Some(relation) = node.first() else { return };
        let left = tree_start..scope.relations.len();
        self.relation(relation, scope);
        let right = left.end..scope.relations.len();
        let mut join = Join { kind, condition: vec![], unknown: false, span: node.span };
        for part in &node.kids[1..] {
            match &part.op {
                Op::On => {
                    let bound: Vec<Tree> =
                        part.kids.iter().map(|kid| self.bind(kid, scope, AliasRule::Hidden)).collect();
                    join.condition.extend(bound.iter().flat_map(split_and));
                }
                Op::Using => {
                    for name in part.idents() {
                        self.merge(&name, left.clone(), right.clone(), scope, &mut join, part.span);
                    }
                }
                Op::Natural => self.natural(left.clone(), right.clone(), scope, &mut join, node.span),
                _ => join.condition.push(self.bind(part, scope, AliasRule::Hidden)),
            }
        }
        if let Some(relation) = scope.relations.get_mut(right.start) {
            relation.join = Some(join);
        }
    }

    /// Joins on the equality of two columns of one name and makes them one column.
    fn merge(
        &mut self,
        name: &Name,
        left: std::ops::Range<usize>,
        right: std::ops::Range<usize>,
        scope: &mut Scope<'_>,
        join: &mut Join,
        span: Span,
    ) {
        let known = scope.merged.iter().position(|merged| merged.name == *name);
        let mut relations = match known {
            Some(at) => scope.merged[at].relations.clone(),
            None => match self.holder(name, left, scope, span) {
                Some(holder) => vec![holder],
                None => return,
            },
        };
        let Some(new) = self.holder(name, right, scope, span) else { return };
        let column = |relation: u32| Node::leaf(Op::Bound(scope.block, relation, name.clone()), span);
        // With more than one on the left the value compared is that of the merged column.
        let left_value = match relations.as_slice() {
            [one] => column(*one),
            many => coalesce(many.iter().map(|&relation| column(relation)).collect(), span),
        };
        join.condition.push(Node::new(Op::Binary("=".into()), vec![left_value, column(new)], span));
        relations.push(new);
        match known {
            Some(at) => scope.merged[at].relations = relations,
            None => scope.merged.push(Merged { name: name.clone(), relations }),
        }
    }

    /// The relation among these that has the column: one that certainly has it, or the only one that may.
    fn holder(&mut self, name: &Name, among: std::ops::Range<usize>, scope: &Scope<'_>, span: Span) -> Option<u32> {
        let relations = scope.relations.get(among.clone())?;
        let certain = relations.iter().position(|relation| relation.schema.get(name).is_some());
        let possible = || relations.iter().position(|relation| relation.schema.open);
        match certain.or_else(possible) {
            Some(at) => Some((among.start + at) as u32),
            None => {
                let kind =
                    ProblemKind::MissingColumn { column: name.clone(), qualifier: None, models: models(relations) };
                self.problem(kind, span);
                None
            }
        }
    }

    fn natural(
        &mut self,
        left: std::ops::Range<usize>,
        right: std::ops::Range<usize>,
        scope: &mut Scope<'_>,
        join: &mut Join,
        span: Span,
    ) {
        let sides = [left.clone(), right.clone()].map(|side| scope.relations.get(side).unwrap_or_default());
        join.unknown = sides.iter().flat_map(|side| side.iter()).any(|relation| relation.schema.open);
        let names = |relations: &[Relation]| -> Vec<Name> {
            relations.iter().flat_map(|r| r.schema.columns.iter().map(|c| c.name.clone())).collect()
        };
        let right_names = names(sides[1]);
        let common: Vec<Name> = names(sides[0]).into_iter().filter(|name| right_names.contains(name)).collect();
        for name in common {
            self.merge(&name, left.clone(), right.clone(), scope, join, span);
        }
    }

    fn relation(&mut self, node: &Tree, scope: &mut Scope<'_>) {
        let (inner, alias, columns) = match &node.op {
            Op::AliasedRelation => {
                let alias = node.kids.get(1).and_then(|kid| kid.ident()).cloned();
                (node.first().cloned(), alias, column_names(node))
            }
            _ => (Some(node.clone()), None, vec![]),
        };
        let Some(inner) = inner else { return };
        if inner.op == Op::JoinTree {
            return self.nested_join(&inner, alias, scope);
        }
        let mut relation = self.source(&inner, scope);
        relation.span = node.span;
        if !columns.is_empty() {
            relation.schema = Arc::new(renamed((*relation.schema).clone(), &columns));
        }
        if let Source::Function(_) = relation.source {
            self.name_function_columns(&mut relation, alias.as_ref(), &columns);
        }
        if alias.is_some() {
            relation.alias = alias;
        }
        scope.relations.push(relation);
    }

    /// `(a JOIN b ON …) AS c`: without an alias its relations are visible as they are.
    fn nested_join(&mut self, tree: &Tree, alias: Option<Name>, scope: &mut Scope<'_>) {
        let start = scope.relations.len();
        self.join_tree(tree, scope);
        if alias.is_some() {
            for relation in scope.relations.iter_mut().skip(start) {
                relation.alias = alias.clone();
            }
        }
    }

    fn source(&mut self, node: &Tree, scope: &mut Scope<'_>) -> Relation {
        let relation = |source: Source, schema: Arc<Schema>, alias: Option<Name>| Relation {
            alias,
            source,
            schema,
            join: None,
            span: node.span,
        };
        match &node.op {
            Op::Table => self.table(node, scope),
            Op::Derived(lateral) => {
                let query = node.first();
                let context = if *lateral { scope.context.inside(scope.as_outer()) } else { scope.context.clone() };
                let id = match query {
                    Some(query) => self.query(query, &context),
                    None => self.opaque(node, &context, "it is empty"),
                };
                relation(Source::Block(id), Arc::new(self.schema_of(id)), None)
            }
            Op::TableFunction(_) => {
                let call = self.bind(node, scope, AliasRule::Hidden);
                relation(Source::Function(call), Schema::unknown(), None)
            }
            Op::Altered(_) => self.altered(node, scope),
            _ => {
                let id = self.opaque(node, scope.context, "this kind of relation isn't supported");
                relation(Source::Altered(id), Schema::unknown(), None)
            }
        }
    }

    fn table(&mut self, node: &Tree, scope: &Scope<'_>) -> Relation {
        let parts = node.idents();
        let alias = parts.last().map(|name| -> Name { self.dialect.normalize(name, false).into() });
        let cte = match parts.as_slice() {
            [name] => scope.context.cte(&self.dialect.normalize(name, false)).or_else(|| scope.context.cte(name)),
            _ => None,
        };
        let (source, schema) = match cte {
            Some(CteTarget::Block(id, schema)) => (Source::Block(*id), schema.clone()),
            Some(CteTarget::Recursive(schema)) => {
                (Source::Recursive(parts.first().cloned().unwrap_or_else(|| "".into())), schema.clone())
            }
            None => {
                let (model, schema) = self.schemas.table(&parts);
                (Source::Model(model), schema)
            }
        };
        Relation { alias, source, schema, join: None, span: node.span }
    }

    /// A relation in another shape: an opaque block around it. Sampling and time travel keep the columns.
    fn altered(&mut self, node: &Tree, scope: &mut Scope<'_>) -> Relation {
        let id = self.push(Block {
            kind: BlockKind::Opaque,
            outputs: vec![],
            open: true,
            parent: scope.context.outer.last().map(|outer| outer.block),
            order: vec![],
            limit: vec![],
            other: vec![],
            ctes: vec![],
            span: node.span,
        });
        let mut inner = Scope {
            context: scope.context,
            block: id,
            relations: vec![],
            merged: vec![],
            aliases: vec![],
            parameters: vec![],
        };
        if let Some(relation) = node.first() {
            self.relation(relation, &mut inner);
        }
        let parts: Vec<Tree> =
            node.kids.iter().skip(1).map(|kid| self.bind(kid, &mut inner, AliasRule::Hidden)).collect();
        let reshapes =
            matches!(&node.op, Op::Altered(text) if text.contains("PIVOT") || text.contains("MATCH_RECOGNIZE"));
        let schema = match inner.relations.first() {
            Some(relation) if !reshapes => relation.schema.clone(),
            _ => Schema::unknown(),
        };
        let select = super::Select { relations: inner.relations, ..super::Select::default() };
        let alias = select.relations.first().and_then(|relation| relation.alias.clone());
        if let Some(block) = self.blocks.get_mut(id as usize) {
            block.kind = BlockKind::Select(Box::new(select));
            block.other = vec![Node::new(node.op.clone(), parts, node.span)];
            block.outputs = schema.columns.iter().map(|column| passed(column, id, node.span)).collect();
            block.open = schema.open;
        }
        Relation { alias, source: Source::Altered(id), schema, join: None, span: node.span }
    }

    fn name_function_columns(&self, relation: &mut Relation, alias: Option<&Name>, columns: &[Name]) {
        let named = |name: &Name| Column { name: name.clone(), data_type: None };
        let schema = match (columns, alias) {
            ([], Some(alias)) => Schema { columns: vec![named(alias)], open: true },
            ([], None) => Schema { columns: vec![], open: true },
            (columns, _) => Schema { columns: columns.iter().map(named).collect(), open: false },
        };
        relation.schema = Arc::new(schema);
    }

    pub(super) fn lateral_view(&mut self, node: &Tree, scope: &mut Scope<'_>) {
        let Op::LateralView(outer) = node.op else { return };
        let Some(relation) = node.first() else { return };
        self.relation(relation, scope);
        let kind = if outer { JoinKind::OuterApply } else { JoinKind::CrossApply };
        if let Some(relation) = scope.relations.last_mut() {
            relation.join = Some(Join { kind, condition: vec![], unknown: false, span: node.span });
        }
    }

    pub(super) fn models_of(&self, relations: &[Relation]) -> Vec<crate::names::ModelName> {
        models(relations)
    }
}

/// An output of a block that passes a column of its first relation on.
fn passed(column: &Column, block: BlockId, span: Span) -> super::Output {
    super::Output {
        name: column.name.clone(),
        value: Node::leaf(Op::Bound(block, 0, column.name.clone()), span),
        data_type: column.data_type.clone(),
        span,
        from_star: true,
        is_open: false,
    }
}

fn models(relations: &[Relation]) -> Vec<crate::names::ModelName> {
    let model = |relation: &Relation| match &relation.source {
        Source::Model(model) => Some(model.clone()),
        _ => None,
    };
    relations.iter().filter_map(model).collect()
}

pub(super) fn coalesce(columns: Vec<Tree>, span: Span) -> Tree {
    Node::new(Op::Function("COALESCE".into()), columns, span)
}
