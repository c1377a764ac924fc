//! FROM: relations, joins, and which of their columns are merged.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::dialect::Family;
use crate::sql::tree::{JoinKind, Name, Node, Op, Span, Tree};

use super::pivot::{Input, Reshaped, passed};
use super::query::{column_names, renamed, split_and};
use super::scope::{AliasRule, CteTarget, Scope};
use super::{Block, BlockKind, Column, Join, ProblemKind, Relation, Resolver, Schema, Source};

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
        scope.touch();
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
        let mut relations = match scope.merged.get(name) {
            Some(merged) => merged.clone(),
            None => match self.holder(name, left, scope, span) {
                Some(holder) => vec![holder],
                None => return,
            },
        };
        let Some(new) = self.holder(name, right, scope, span) else { return };
        let column = |relation: u32| Node::leaf(Op::Bound(scope.block, relation, name.clone()), span);
        if !self.spend(relations.len()) {
            return;
        }
        // With more than one on the left the value compared is that of the merged column.
        let left_value = match relations.as_slice() {
            [one] => column(*one),
            many => coalesce(many.iter().map(|&relation| column(relation)).collect(), span),
        };
        join.condition.push(Node::new(Op::Binary("=".into()), vec![left_value, column(new)], span));
        relations.push(new);
        scope.merged.insert(name.clone(), relations);
        scope.touch();
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
        let right_names: FxHashSet<Name> = names(sides[1]).into_iter().collect();
        let mut seen = FxHashSet::default();
        // A column that was merged before is there once.
        let common: Vec<Name> = names(sides[0])
            .into_iter()
            .filter(|name| right_names.contains(name) && seen.insert(name.clone()))
            .collect();
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
        scope.touch();
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

    fn table(&mut self, node: &Tree, scope: &mut Scope<'_>) -> Relation {
        let parts = node.idents();
        let alias = parts.last().map(|name| -> Name { self.dialect.normalize(name, false).into() });
        let cte = match parts.as_slice() {
            [name] => scope.context.cte(&self.dialect.normalize(name, false)).or_else(|| scope.context.cte(name)),
            _ => None,
        };
        if cte.is_none()
            && let Some(relation) = self.array_of_earlier(node, &parts, scope)
        {
            return relation;
        }
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

    /// `FROM t, t.items`: an array of the rows before, where the dialect reads it so.
    fn array_of_earlier(&mut self, node: &Tree, parts: &[Name], scope: &mut Scope<'_>) -> Option<Relation> {
        let [qualifier, _, ..] = parts else { return None };
        let reads_arrays = matches!(self.dialect.family, Family::BigQuery | Family::Redshift);
        if !reads_arrays || !scope.relations.iter().any(|relation| relation.alias.as_ref() == Some(qualifier)) {
            return None;
        }
        let column = Node::new(Op::Column, node.kids.clone(), node.span);
        let array = self.bind(&column, scope, AliasRule::Hidden);
        let call = Node::new(Op::TableFunction("UNNEST".into()), vec![array], node.span);
        let alias = parts.last().cloned();
        Some(Relation { alias, source: Source::Function(call), schema: Schema::unknown(), join: None, span: node.span })
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
        let mut inner = Scope::new(scope.context, id);
        if let Some(relation) = node.first() {
            self.relation(relation, &mut inner);
        }
        let is_unpivot = matches!(&node.op, Op::Altered(text) if text.starts_with("UNPIVOT"));
        let parts: Vec<Tree> = node
            .kids
            .iter()
            .enumerate()
            .skip(1)
            .map(|(at, kid)| {
                // The first part of UNPIVOT is a new name, where the syntax has an expression.
                if is_unpivot && at == 1 { kid.clone() } else { self.bind(kid, &mut inner, AliasRule::Hidden) }
            })
            .collect();
        let reshapes = is_unpivot
            || matches!(&node.op, Op::Altered(text) if &**text == "PIVOT" || text.contains("MATCH_RECOGNIZE"));
        let (Op::Altered(text), Some(first)) = (&node.op, inner.relations.first()) else {
            return Relation {
                alias: None,
                source: Source::Altered(id),
                schema: Schema::unknown(),
                join: None,
                span: node.span,
            };
        };
        let input = Input { block: id, schema: &first.schema, dialect: self.dialect, span: node.span };
        let outputs = match reshapes {
            true => input.reshaped(text, &parts),
            false => Some(Reshaped {
                outputs: first.schema.columns.iter().map(|column| passed(column, id, node.span)).collect(),
                group: None,
            }),
        };
        let open = outputs.is_none() || first.schema.open;
        let (outputs, group) = outputs.map_or_else(Default::default, |found| (found.outputs, found.group));
        let select = super::Select { relations: inner.relations, group, ..super::Select::default() };
        let alias = select.relations.first().and_then(|relation| relation.alias.clone());
        if let Some(block) = self.blocks.get_mut(id as usize) {
            block.kind = BlockKind::Select(Box::new(select));
            block.other = vec![Node::new(node.op.clone(), parts, node.span)];
            block.outputs = outputs;
            block.open = open;
        }
        let schema = Arc::new(self.schema_of(id));
        Relation { alias, source: Source::Altered(id), schema, join: None, span: node.span }
    }

    fn name_function_columns(&self, relation: &mut Relation, alias: Option<&Name>, columns: &[Name]) {
        let named = |name: &Name| Column { name: name.clone(), data_type: None };
        let schema = match (columns, alias) {
            ([], Some(alias)) => Schema::new(vec![named(alias)], true),
            ([], None) => Schema::new(vec![], true),
            (columns, _) => Schema::new(columns.iter().map(named).collect(), false),
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
