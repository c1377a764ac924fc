//! FROM: relations, joins, and which of their columns are merged.

use std::sync::Arc;

use crate::sql::tree::{JoinKind, Name, Node, Op, Span, Tree};

use super::pivot::{Input, Reshaped, passed};
use super::query::{column_names, renamed};
use super::scope::{AliasRule, CteTarget, Scope, answers_to};
use super::select::split_and;
use super::star::{open_output, plain_output};
use super::{Block, BlockId, BlockKind, Column, Join, Output, ProblemKind, Relation, Resolver, Schema, Source};
use crate::dialect::Family;

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
        self.check_join(kind, node.span);
        let mut join = Join { kind, condition: vec![], unknown: false, left: tree_start as u32, span: node.span };
        for part in &node.kids[1..] {
            match &part.op {
                Op::On => {
                    let bound: Vec<Tree> =
                        part.kids.iter().map(|kid| self.bind(kid, scope, AliasRule::Hidden)).collect();
                    join.condition.extend(bound.iter().flat_map(split_and));
                }
                Op::Using => {
                    // Words that the parser lacks stand among the columns.
                    join.condition.extend(part.kids.iter().filter(|kid| kid.ident().is_none()).cloned());
                    for name in part.idents() {
                        self.merge(&name, (left.clone(), right.clone()), scope, &mut join, part.span);
                    }
                }
                Op::Natural => self.natural((left.clone(), right.clone()), scope, &mut join, node.span),
                _ => join.condition.push(self.bind(part, scope, AliasRule::Hidden)),
            }
        }
        if let Some(relation) = scope.relations_mut().get_mut(right.start) {
            relation.join = Some(join);
        }
    }

    /// Joins that mean something else than their words say.
    fn check_join(&mut self, kind: JoinKind, span: Span) {
        use JoinKind::*;
        let what = match kind {
            Array | LeftArray => "ARRAY JOIN isn't supported",
            RightSemi | RightAnti => "RIGHT SEMI JOIN and RIGHT ANTI JOIN aren't supported",
            _ => return,
        };
        self.problem(ProblemKind::NotUnderstood { what: what.to_owned() }, span);
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
        match &relation.source {
            Source::Function(call) => {
                let only_names = returns_only_named(call, self.dialect.family);
                name_function_columns(&mut relation, alias.as_ref(), &columns, only_names);
            }
            _ if columns.is_empty() => {}
            Source::Block(_) if !relation.schema.open => {
                relation.schema = Arc::new(renamed((*relation.schema).clone(), &columns));
            }
            _ => relation = self.with_names(relation, &columns, scope.context),
        }
        if alias.is_some() {
            relation.alias = alias;
        }
        scope.relations_mut().push(relation);
    }

    /// A relation whose first columns get other names: a block that passes them on.
    pub(super) fn with_names(
        &mut self,
        relation: Relation,
        names: &[Name],
        context: &super::scope::Context,
    ) -> Relation {
        let Relation { alias, span, .. } = relation.clone();
        let id = self.blocks.len() as BlockId;
        let bound = |name: &Name| Node::leaf(Op::Bound(id, 0, name.clone()), span);
        let mut outputs = Vec::new();
        if relation.schema.open {
            let all = bound(&"*".into());
            let at = |place: usize| Node::new(Op::Field(format!("#{place}").into()), vec![all.clone()], span);
            outputs.extend(names.iter().enumerate().map(|(place, name)| plain_output(name.clone(), at(place), span)));
            let rest = Node::new(Op::Field(format!("after #{}", names.len()).into()), vec![all.clone()], span);
            outputs.push(open_output(rest, span, true));
        } else {
            for (place, column) in relation.schema.columns.iter().enumerate() {
                let name = names.get(place).unwrap_or(&column.name).clone();
                let data_type = column.data_type.clone();
                outputs.push(Output { data_type, ..plain_output(name, bound(&column.name), span) });
            }
        }
        let select = super::Select { relations: vec![relation.clone()], ..super::Select::default() };
        let kind = BlockKind::Select(Box::new(select));
        let id = self.push(Block { kind, outputs, open: relation.schema.open, ..super::query::block(context, span) });
        Relation { alias, source: Source::Block(id), schema: Arc::new(self.schema_of(id)), join: None, span }
    }

    /// `(a JOIN b ON …) AS c`: without an alias its relations are visible as they are.
    fn nested_join(&mut self, tree: &Tree, alias: Option<Name>, scope: &mut Scope<'_>) {
        let start = scope.relations.len();
        let outer = std::mem::replace(&mut scope.brackets, start);
        self.join_tree(tree, scope);
        scope.brackets = outer;
        if alias.is_some() {
            for relation in scope.relations_mut().iter_mut().skip(start) {
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
                // In DuckDB every subquery sees the relations before it.
                let sees = *lateral || self.dialect.family == Family::DuckDb && !scope.relations.is_empty();
                let context = if sees { scope.context.inside(scope.as_outer()) } else { scope.context.clone() };
                let id = match query {
                    Some(query) => self.query(query, &context),
                    None => self.opaque(node, &context, "it is empty"),
                };
                relation(Source::Block(id), Arc::new(self.schema_of(id)), None)
            }
            Op::TableFunction(_) => {
                let before = self.problems.len();
                let call = self.bind(node, scope, AliasRule::Hidden);
                if self.dialect.family == Family::DuckDb {
                    // A name that is none of a column may be that of a table or a file there.
                    for problem in self.problems.iter_mut().skip(before) {
                        if let ProblemKind::MissingColumn { column: name, .. }
                        | ProblemKind::UnknownQualifier { qualifier: name } = &problem.kind
                        {
                            problem.kind = ProblemKind::NamedElsewhere { name: name.clone() };
                        }
                    }
                }
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
        if let Some(unnested) = self.correlated_array(node, &parts, scope) {
            return unnested;
        }
        let alias = parts.last().map(|name| match self.dialect.family {
            // There qualified tables keep their case, and aliases don't.
            Family::BigQuery => self.dialect.normalize(name, false).into(),
            _ => name.clone(),
        });
        let cte = match parts.as_slice() {
            [name] => scope.context.cte(name),
            _ => None,
        };
        let (source, schema) = match cte {
            Some(CteTarget::Block(id, schema)) => (Source::Block(*id), schema.clone()),
            Some(CteTarget::Recursive(number, schema)) => {
                let between = scope.context.recursions.saturating_sub(number + 1);
                (Source::Recursive(parts.first().cloned().unwrap_or_else(|| "".into()), between), schema.clone())
            }
            None => {
                let (model, schema) = self.schemas.table(&parts);
                (Source::Model(model), schema)
            }
        };
        Relation { alias, source, schema, join: None, span: node.span }
    }

    /// `FROM orders AS o, o.items`: the elements of an array of the relation before.
    fn correlated_array(&mut self, node: &Tree, parts: &[Name], scope: &mut Scope<'_>) -> Option<Relation> {
        let has_such = matches!(self.dialect.family, Family::BigQuery | Family::Redshift);
        if !has_such || parts.len() < 2 {
            return None;
        }
        let parts: Vec<Name> = parts.iter().map(|part| self.dialect.normalize(part, false).into()).collect();
        let qualifier = parts.get(..1)?;
        if !scope.relations.iter().any(|relation| answers_to(relation, qualifier, self.dialect.family)) {
            return None;
        }
        let idents = parts.iter().map(|part| Node::leaf(Op::Ident(part.clone()), node.span)).collect();
        let array = self.bind(&Node::new(Op::Column, idents, node.span), scope, AliasRule::Hidden);
        let call = Node::new(Op::TableFunction("UNNEST".into()), vec![array], node.span);
        let alias = parts.last().cloned();
        let source = Source::Function(call);
        Some(Relation { alias, source, schema: Schema::unknown(), join: None, span: node.span })
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
        let names_values = matches!(&node.op, Op::Altered(text) if &**text == "PIVOT")
            && matches!(self.dialect.family, Family::TSql | Family::Fabric);
        let parts: Vec<Tree> = node
            .kids
            .iter()
            .enumerate()
            .skip(1)
            .map(|(at, kid)| {
                // The first part of UNPIVOT is a new name, where the syntax has an expression.
                if is_unpivot && at == 1 {
                    kid.clone()
                } else if names_values && at == 3 {
                    values_by_name(kid)
                } else {
                    self.bind(kid, &mut inner, AliasRule::Hidden)
                }
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
        let select =
            super::Select { relations: Arc::unwrap_or_clone(inner.relations), group, ..super::Select::default() };
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

    pub(super) fn lateral_view(&mut self, node: &Tree, scope: &mut Scope<'_>) {
        let Op::LateralView(outer) = node.op else { return };
        let Some(relation) = node.first() else { return };
        self.relation(relation, scope);
        let kind = if outer { JoinKind::OuterApply } else { JoinKind::CrossApply };
        if let Some(relation) = scope.relations_mut().last_mut() {
            relation.join = Some(Join { kind, condition: vec![], unknown: false, left: 0, span: node.span });
        }
    }

    pub(super) fn models_of(&self, relations: &[Relation]) -> Vec<crate::names::ModelName> {
        models(relations)
    }
}

/// In T-SQL the values that become columns of a PIVOT are written as the columns' names.
fn values_by_name(list: &Tree) -> Tree {
    let value = |item: &Tree| match (&item.op, item.kids.as_slice()) {
        (Op::Column, [name]) => match name.ident() {
            Some(name) => Node::leaf(Op::Text(name.clone()), item.span),
            None => item.clone(),
        },
        _ => item.clone(),
    };
    list.with_kids(list.kids.iter().map(value).collect())
}

/// The names that an alias gives to a function's columns. There may be more, unless the function gives only those.
fn name_function_columns(relation: &mut Relation, alias: Option<&Name>, columns: &[Name], only_names: bool) {
    let named = |name: &Name| Column { name: name.clone(), data_type: None };
    let schema = match (columns, alias) {
        ([], Some(alias)) => Schema::new(vec![named(alias)], true),
        ([], None) => Schema::new(vec![], true),
        (columns, _) => Schema::new(columns.iter().map(named).collect(), !only_names),
    };
    relation.schema = Arc::new(schema);
}

/// Does the function give exactly as many columns as an alias names?
fn returns_only_named(call: &Tree, family: Family) -> bool {
    let Op::TableFunction(name) = &call.op else { return false };
    match &**name {
        // An array of rows has a column for each field of the row.
        "UNNEST" => !matches!(family, Family::Postgres | Family::Materialize | Family::RisingWave | Family::Generic),
        "GENERATE_SERIES" | "RANGE" | "SEQUENCE" | "GENERATE_DATE_ARRAY" | "GENERATE_ARRAY" => true,
        // The engine wants a name for each column.
        "EXPLODE" | "EXPLODE_OUTER" | "POSEXPLODE" | "POSEXPLODE_OUTER" | "INLINE" | "INLINE_OUTER" | "JSON_TUPLE"
        | "STACK" => true,
        _ => false,
    }
}

fn models(relations: &[Relation]) -> Vec<crate::names::ModelName> {
    let model = |relation: &Relation| match &relation.source {
        Source::Model(model) => Some(model.clone()),
        _ => None,
    };
    relations.iter().filter_map(model).collect()
}
