//! Relations: tables, joins, derived tables, functions that give rows, PIVOT and its kin.

use sqlparser::ast::{
    ExprWithAlias, Ident, Join as ParserJoin, JoinConstraint, JoinOperator, LateralView, ObjectNamePart,
    PivotValueSource, TableAlias, TableAliasColumnDef, TableFactor, TableSampleKind, TableVersion, TableWithJoins,
};

use super::super::tree::{JoinKind, Name, Node, Op, Tree};
use super::function::hole_number;
use super::{Converter, covering};

impl Converter<'_> {
    pub(super) fn join_tree(&self, from: &TableWithJoins) -> Tree {
        let mut kids = vec![self.relation(&from.relation)];
        kids.extend(from.joins.iter().map(|join| self.join(join)));
        self.node(Op::JoinTree, kids)
    }

    /// What a join adds.
    pub(super) fn joined_relation(&self, join: &ParserJoin) -> Tree {
        self.relation(&join.relation)
    }

    pub(super) fn join(&self, join: &ParserJoin) -> Tree {
        use JoinOperator::*;
        let relation = self.relation(&join.relation);
        let is_apply = matches!(join.join_operator, CrossApply | OuterApply);
        let mut kids = vec![if is_apply { lateral(&relation) } else { relation }];
        let (kind, constraint) = match &join.join_operator {
            Join(constraint) | Inner(constraint) | StraightJoin(constraint) => (JoinKind::Inner, Some(constraint)),
            Left(constraint) | LeftOuter(constraint) => (JoinKind::Left, Some(constraint)),
            Right(constraint) | RightOuter(constraint) => (JoinKind::Right, Some(constraint)),
            FullOuter(constraint) => (JoinKind::Full, Some(constraint)),
            CrossJoin(constraint) => (JoinKind::Cross, Some(constraint)),
            Semi(constraint) | LeftSemi(constraint) => (JoinKind::LeftSemi, Some(constraint)),
            RightSemi(constraint) => (JoinKind::RightSemi, Some(constraint)),
            Anti(constraint) | LeftAnti(constraint) => (JoinKind::LeftAnti, Some(constraint)),
            RightAnti(constraint) => (JoinKind::RightAnti, Some(constraint)),
            CrossApply => (JoinKind::CrossApply, None),
            OuterApply => (JoinKind::OuterApply, None),
            AsOf { match_condition, constraint } => {
                kids.push(self.node(Op::Other("MATCH_CONDITION".into()), vec![self.expression(match_condition)]));
                (JoinKind::AsOf, Some(constraint))
            }
            ArrayJoin | InnerArrayJoin => (JoinKind::Array, None),
            LeftArrayJoin => (JoinKind::LeftArray, None),
        };
        kids.extend(constraint.and_then(|constraint| self.constraint(constraint)));
        let has_condition = kids.len() > 1;
        // A cross join with a condition is an inner join; an inner join without one is a cross join.
        let kind = match kind {
            JoinKind::Cross if has_condition => JoinKind::Inner,
            JoinKind::Inner if !has_condition => JoinKind::Cross,
            kind => kind,
        };
        if join.global {
            kids.push(self.implied(Op::Other("GLOBAL".into())));
        }
        self.node(Op::Join(kind), kids)
    }

    fn constraint(&self, constraint: &JoinConstraint) -> Option<Tree> {
        match constraint {
            JoinConstraint::On(condition) => Some(self.node(Op::On, vec![self.expression(condition)])),
            JoinConstraint::Using(names) => {
                let columns = names.iter().filter_map(|name| match name.0.last() {
                    Some(ObjectNamePart::Identifier(ident)) => Some(self.ident(ident)),
                    _ => None,
                });
                Some(self.node(Op::Using, columns.collect()))
            }
            JoinConstraint::Natural => Some(self.implied(Op::Natural)),
            JoinConstraint::None => None,
        }
    }

    fn relation(&self, factor: &TableFactor) -> Tree {
        match factor {
            TableFactor::Table { alias, .. } => self.aliased(self.table(factor), alias.as_ref()),
            TableFactor::Derived { lateral, subquery, alias, sample } => {
                let query = self.query(subquery);
                let span = self.brackets.around(query.span, false);
                let derived = self.node_at(Op::Derived(*lateral), vec![query], span);
                self.aliased(self.sampled(derived, sample.as_ref()), alias.as_ref())
            }
            TableFactor::TableFunction { expr, alias } => {
                let function = self.node(Op::TableFunction("TABLE".into()), vec![self.expression(expr)]);
                self.aliased(function, alias.as_ref())
            }
            TableFactor::Function { name, args, alias, with_ordinality, lateral: _ } => {
                let kids = args.iter().map(|argument| self.option(argument)).collect();
                let function = self.row_function(&name.to_string(), kids, *with_ordinality);
                self.aliased(function, alias.as_ref())
            }
            TableFactor::UNNEST { alias, array_exprs, with_offset, with_offset_alias, with_ordinality } => {
                let mut kids = self.expressions(array_exprs);
                if *with_offset {
                    let name = with_offset_alias.as_ref().map_or("offset".into(), |alias| self.normalized(alias));
                    kids.push(self.implied(Op::NamedArgument(name)));
                }
                let span = self.brackets.around(covering(&kids), true);
                let function = self.row_function("UNNEST", kids, *with_ordinality);
                let function = self.node_at(function.op.clone(), function.kids.clone(), span);
                self.aliased(function, alias.as_ref())
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                self.aliased(self.join_tree(table_with_joins), alias.as_ref())
            }
            _ => self.altered(factor),
        }
    }

    fn table(&self, factor: &TableFactor) -> Tree {
        let TableFactor::Table {
            name,
            args,
            version,
            with_ordinality,
            partitions,
            json_path,
            sample,
            with_hints,
            index_hints,
            alias: _,
        } = factor
        else {
            return self.implied(Op::Other(factor.to_string().into()));
        };
        let mut relation = match args {
            None => self.table_name(name),
            Some(arguments) => {
                let kids = arguments.args.iter().map(|argument| self.option(argument)).collect();
                self.row_function(&name.to_string(), kids, *with_ordinality)
            }
        };
        if let Some(version) = version {
            relation = self.versioned(relation, version);
        }
        if !partitions.is_empty() || json_path.is_some() {
            let path = json_path.as_ref().map(ToString::to_string);
            relation = self.node(Op::Altered(format!("PARTITION {partitions:?} {path:?}").into()), vec![relation]);
        }
        if !with_hints.is_empty() || !index_hints.is_empty() {
            let hints = with_hints.iter().map(ToString::to_string);
            let hints: Vec<String> = hints.chain(index_hints.iter().map(ToString::to_string)).collect();
            relation = self.node(Op::Altered(format!("HINT {}", hints.join(", ")).into()), vec![relation]);
        }
        self.sampled(relation, sample.as_ref())
    }

    pub(super) fn row_function(&self, name: &str, kids: Vec<Tree>, with_ordinality: bool) -> Tree {
        let name = name.to_uppercase();
        let mut kids = kids;
        if with_ordinality {
            kids.push(self.implied(Op::Modifier("WITH ORDINALITY".into())));
        }
        match hole_number(&name) {
            Some(hole) => self.node(Op::TableFunction("".into()), vec![self.node(Op::Hole(hole), kids)]),
            None => self.node(Op::TableFunction(name.into()), kids),
        }
    }

    fn versioned(&self, relation: Tree, version: &TableVersion) -> Tree {
        let (text, expressions) = match version {
            TableVersion::ForSystemTimeAsOf(at) => ("FOR SYSTEM_TIME AS OF", vec![at]),
            TableVersion::TimestampAsOf(at) => ("TIMESTAMP AS OF", vec![at]),
            TableVersion::VersionAsOf(at) => ("VERSION AS OF", vec![at]),
            TableVersion::Function(at) => ("AT", vec![at]),
            TableVersion::Changes { changes, at, end } => {
                ("CHANGES", [Some(changes), Some(at), end.as_ref()].into_iter().flatten().collect())
            }
        };
        let mut kids = vec![relation];
        kids.extend(self.expressions(expressions));
        self.node(Op::Altered(text.into()), kids)
    }

    fn sampled(&self, relation: Tree, sample: Option<&TableSampleKind>) -> Tree {
        match sample {
            None => relation,
            Some(TableSampleKind::BeforeTableAlias(sample) | TableSampleKind::AfterTableAlias(sample)) => {
                self.node(Op::Altered(sample.to_string().into()), vec![relation])
            }
        }
    }

    fn aliased(&self, relation: Tree, alias: Option<&TableAlias>) -> Tree {
        let Some(alias) = alias else { return relation };
        let mut kids = vec![relation, self.ident(&alias.name)];
        kids.extend(self.alias_columns(alias));
        kids.extend(alias.at.as_ref().map(|at| self.node(Op::Other("AT".into()), vec![self.ident(at)])));
        self.node(Op::AliasedRelation, kids)
    }

    pub(super) fn alias_columns(&self, alias: &TableAlias) -> Option<Tree> {
        let column = |column: &TableAliasColumnDef| {
            let data_type = column.data_type.as_ref().map(|data_type| self.data_type(data_type));
            std::iter::once(self.ident(&column.name)).chain(data_type).collect::<Vec<_>>()
        };
        let columns: Vec<Tree> = alias.columns.iter().flat_map(column).collect();
        (!columns.is_empty()).then(|| self.node(Op::Columns, columns))
    }

    pub(super) fn lateral_view(&self, view: &LateralView) -> Tree {
        let call = self.expression(&view.lateral_view);
        let function = match &call.op {
            Op::Function(name) => self.node_at(Op::TableFunction(name.clone()), call.kids.clone(), call.span),
            _ => self.node(Op::TableFunction("".into()), vec![call]),
        };
        let mut kids = vec![function];
        kids.extend(self.name_parts(&view.lateral_view_name).pop());
        let columns = self.idents(&view.lateral_col_alias);
        if !columns.is_empty() {
            kids.push(self.node(Op::Columns, columns));
        }
        let aliased = self.node(Op::AliasedRelation, kids);
        self.node(Op::LateralView(view.outer), vec![aliased])
    }

    /// PIVOT, UNPIVOT, MATCH_RECOGNIZE and the rest: a relation made from another in a way that is told apart by text.
    fn altered(&self, factor: &TableFactor) -> Tree {
        match factor {
            TableFactor::Pivot { table, aggregate_functions, value_column, value_source, default_on_null, alias } => {
                let mut kids = vec![self.relation(table)];
                kids.push(self.node(Op::Projection, self.named(aggregate_functions)));
                kids.push(self.node(Op::Tuple, self.expressions(value_column)));
                kids.push(self.pivot_values(value_source));
                kids.extend(default_on_null.iter().map(|value| self.expression(value)));
                self.aliased(self.node(Op::Altered("PIVOT".into()), kids), alias.as_ref())
            }
            TableFactor::Unpivot { table, value, name, columns, null_inclusion, alias } => {
                let mut kids = vec![self.relation(table), self.expression(value), self.ident(name)];
                kids.push(self.node(Op::Projection, self.unpivoted(columns)));
                let text = null_inclusion.as_ref().map_or("UNPIVOT".to_owned(), |nulls| format!("UNPIVOT {nulls}"));
                self.aliased(self.node(Op::Altered(text.into()), kids), alias.as_ref())
            }
            TableFactor::MatchRecognize { table, partition_by, alias, .. } => {
                let mut kids = vec![self.relation(table)];
                kids.extend(self.expressions(partition_by));
                let altered = self.node(Op::Altered(factor.to_string().into()), kids);
                self.aliased(altered, alias.as_ref())
            }
            other => {
                let kids = match other {
                    TableFactor::JsonTable { json_expr, .. } | TableFactor::OpenJsonTable { json_expr, .. } => {
                        vec![self.expression(json_expr)]
                    }
                    TableFactor::UnpivotExpr { expression, .. } => vec![self.expression(expression)],
                    _ => vec![],
                };
                let alias = match other {
                    TableFactor::JsonTable { alias, .. }
                    | TableFactor::OpenJsonTable { alias, .. }
                    | TableFactor::XmlTable { alias, .. }
                    | TableFactor::SemanticView { alias, .. } => alias.as_ref(),
                    _ => None,
                };
                let function = match kids.as_slice() {
                    // Columns in the text can't be told from other words.
                    [] => self.node(Op::Opaque(other.to_string().into()), kids),
                    _ => self.node(Op::TableFunction(other.to_string().into()), kids),
                };
                self.aliased(function, alias)
            }
        }
    }

    pub(super) fn pivot_values(&self, source: &PivotValueSource) -> Tree {
        match source {
            PivotValueSource::List(values) => self.node(Op::Tuple, self.named(values)),
            PivotValueSource::Any(order) => self.node(Op::Other("ANY".into()), self.order_items(order)),
            PivotValueSource::Subquery(query) => {
                let query = self.query(query);
                let span = covering([&query]);
                self.node_at(Op::Subquery, vec![query], span)
            }
        }
    }

    pub(super) fn named(&self, items: &[ExprWithAlias]) -> Vec<Tree> {
        self.under(items, |alias| self.normalized(alias))
    }

    /// Columns of UNPIVOT: what they are called is a value of the result, so that its case counts.
    fn unpivoted(&self, columns: &[ExprWithAlias]) -> Vec<Tree> {
        self.under(columns, |alias| alias.value.as_str().into())
    }

    fn under(&self, items: &[ExprWithAlias], name: impl Fn(&Ident) -> Name) -> Vec<Tree> {
        let one = |item: &ExprWithAlias| {
            let expression = self.expression(&item.expr);
            match &item.alias {
                Some(alias) => self.node(Op::Alias(name(alias)), vec![expression]),
                None => expression,
            }
        };
        items.iter().map(one).collect()
    }
}

/// A subquery behind APPLY sees the relations before it.
fn lateral(relation: &Tree) -> Tree {
    match (&relation.op, relation.kids.split_first()) {
        (Op::Derived(_), _) => Node::new(Op::Derived(true), relation.kids.clone(), relation.span),
        (Op::AliasedRelation, Some((inner, names))) => relation.with_kids([&[lateral(inner)], names].concat()),
        _ => relation.clone(),
    }
}
