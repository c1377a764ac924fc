//! Pipe operators: `FROM t |> WHERE a |> SELECT b` as the nested queries that it stands for.
//!
//! An operator that makes other columns is a query over the one before it, as in sqlglot. What has no such form (a
//! sample, a call, an order beside groups) keeps the operators of its chain as they are, told apart by their text.

use sqlparser::ast::{
    Assignment, AssignmentTarget, ExprWithAlias, ExprWithAliasAndOrderBy, Ident, IdentWithAlias, Join, ObjectNamePart,
    PipeOperator, Query, SelectItem, SetOperator as ParserSetOperator,
};

use super::super::tree::{Name, Node, Op, Tree};
use super::Converter;
use super::query::set_operator;

/// How many queries may be nested in each other for one chain.
const MOST_OPERATORS: usize = 100;

/// What a rewrite puts in the place of an operator that the parser lacks.
const LEFT_AS_TEXT: &str = "__impact_syntax_pipe";

/// The query that a chain has come to: `SELECT *` of these.
struct Stage {
    from: Tree,
    filters: Vec<Tree>,
    order: Option<Tree>,
    limit: Vec<Tree>,
    /// Names of relations that can't be written any longer, since they are inside of a nested query now.
    gone: Vec<Name>,
}

impl Converter<'_> {
    /// The parts of a query with its pipe operators: nested, or behind the rest if one of them can't be.
    pub(super) fn piped(&self, parts: Vec<Tree>, operators: &[PipeOperator]) -> Vec<Tree> {
        if operators.is_empty() {
            return parts;
        }
        if let Some(nested) = self.nested(&parts, operators) {
            return nested;
        }
        parts.into_iter().chain(operators.iter().map(|operator| self.pipe_operator(operator))).collect()
    }

    fn nested(&self, parts: &[Tree], operators: &[PipeOperator]) -> Option<Vec<Tree>> {
        if operators.len() > MOST_OPERATORS {
            return None;
        }
        let (with, rest) = parts.split_at(parts.iter().take_while(|part| matches!(part.op, Op::With(_))).count());
        let mut stage = self.first_stage(rest);
        for operator in operators {
            if operator.to_string().contains(LEFT_AS_TEXT) {
                return None;
            }
            stage = self.after(stage, operator)?;
        }
        let query = self.closed(stage, vec![self.implied(Op::Star)], None);
        Some(with.iter().chain(&query.kids).cloned().collect())
    }

    /// What stands before the first operator: `FROM t` is `SELECT * FROM t` here.
    fn first_stage(&self, parts: &[Tree]) -> Stage {
        if let [select] = parts
            && let (Op::Select, [projection, from]) = (&select.op, select.kids.as_slice())
            && let (Op::Projection, Op::From) = (&projection.op, &from.op)
            && projection.kids.iter().all(|item| item.op == Op::Star && item.kids.is_empty())
        {
            return Stage { from: from.clone(), filters: vec![], order: None, limit: vec![], gone: vec![] };
        }
        self.over(self.node(Op::Query, parts.to_vec()), None, vec![])
    }

    /// The stage behind an operator; nothing if it has no form as a query.
    fn after(&self, stage: Stage, operator: &PipeOperator) -> Option<Stage> {
        match operator {
            PipeOperator::Where { expr } => {
                let mut stage = if stage.order.is_some() { self.settled(stage) } else { self.unlimited(stage) };
                stage.filters.push(stage.visible(self.expression(expr))?);
                Some(stage)
            }
            PipeOperator::OrderBy { exprs } => {
                let mut stage = self.unordered(stage);
                stage.order = Some(stage.visible(self.node(Op::OrderBy, self.order_items(exprs)))?);
                Some(stage)
            }
            PipeOperator::Limit { expr, offset } => {
                let mut stage = self.unlimited(stage);
                stage.limit.push(self.node(Op::Limit, vec![self.expression(expr)]));
                stage.limit.extend(offset.iter().map(|offset| self.node(Op::Offset, vec![self.expression(offset)])));
                Some(stage)
            }
            PipeOperator::Select { exprs } => self.selected(self.unordered(stage), self.items(exprs), None),
            PipeOperator::Extend { exprs } => self.extended(self.unordered(stage), exprs),
            PipeOperator::Set { assignments } => {
                let options = self.node(Op::StarReplace, self.assigned(assignments)?);
                self.starred(stage, options)
            }
            PipeOperator::Drop { columns } => self.starred(stage, self.node(Op::StarExcept, self.idents(columns))),
            PipeOperator::Rename { mappings } => {
                let items = mappings.iter().map(|mapping| self.renamed(mapping)).collect();
                self.starred(stage, self.node(Op::StarRename, items))
            }
            PipeOperator::Aggregate { full_table_exprs, group_by_expr } => {
                self.aggregated(self.unordered(stage), full_table_exprs, group_by_expr)
            }
            PipeOperator::As { alias } => Some(self.wrapped(stage, Some(self.ident(alias)))),
            PipeOperator::Join(join) => self.joined(stage, join),
            PipeOperator::Union { set_quantifier, queries } => {
                Some(self.combined(stage, set_operator(ParserSetOperator::Union, *set_quantifier), queries))
            }
            PipeOperator::Intersect { set_quantifier, queries } => {
                Some(self.combined(stage, set_operator(ParserSetOperator::Intersect, *set_quantifier), queries))
            }
            PipeOperator::Except { set_quantifier, queries } => {
                Some(self.combined(stage, set_operator(ParserSetOperator::Except, *set_quantifier), queries))
            }
            PipeOperator::Pivot { aggregate_functions, value_column, value_source, alias } => {
                let aggregates = self.node(Op::Projection, self.named(aggregate_functions));
                let key = self.node(Op::Tuple, vec![self.node(Op::Column, self.idents(value_column))]);
                let parts = vec![aggregates, key, self.pivot_values(value_source)];
                Some(self.reshaped(stage, "PIVOT", parts, alias.as_ref()))
            }
            PipeOperator::Unpivot { value_column, name_column, unpivot_columns, alias } => {
                let column = |ident: &Ident| self.node(Op::Column, vec![self.ident(ident)]);
                let columns = self.node(Op::Projection, unpivot_columns.iter().map(column).collect());
                let parts = vec![column(value_column), self.ident(name_column), columns];
                Some(self.reshaped(stage, "UNPIVOT", parts, alias.as_ref()))
            }
            PipeOperator::TableSample { .. } | PipeOperator::Call { .. } => None,
        }
    }

    /// A query over the stage with other columns. The relations inside can't be named any longer.
    fn selected(&self, stage: Stage, items: Vec<Tree>, group: Option<Tree>) -> Option<Stage> {
        let visible = items.iter().chain(&group).all(|item| stage.sees(item));
        let gone = [stage.gone.clone(), relation_names(&stage.from)].concat();
        visible.then(|| self.over(self.closed(stage, items, group), None, gone))
    }

    fn items(&self, items: &[SelectItem]) -> Vec<Tree> {
        self.projection(items).kids.clone()
    }

    /// `SELECT *, x AS y`: relations keep their names where there is one.
    fn extended(&self, stage: Stage, items: &[SelectItem]) -> Option<Stage> {
        let items = self.items(items);
        items.iter().all(|item| stage.sees(item)).then(|| {
            let alias = only_name(&stage.from);
            let gone = stage.gone_but(alias.as_ref());
            let star = self.implied(Op::Star);
            self.over(self.closed(stage, [vec![star], items].concat(), None), alias, gone)
        })
    }

    /// `SELECT * REPLACE (…)` and its kin.
    fn starred(&self, stage: Stage, options: Tree) -> Option<Stage> {
        let star = self.node(Op::Star, vec![options]);
        self.selected(self.unordered(stage), vec![star], None)
    }

    fn assigned(&self, assignments: &[Assignment]) -> Option<Vec<Tree>> {
        let one = |assignment: &Assignment| {
            let AssignmentTarget::ColumnName(name) = &assignment.target else { return None };
            let [ObjectNamePart::Identifier(name)] = name.0.as_slice() else { return None };
            Some(self.node(Op::Alias(self.normalized(name)), vec![self.expression(&assignment.value)]))
        };
        assignments.iter().map(one).collect()
    }

    fn renamed(&self, mapping: &IdentWithAlias) -> Tree {
        let column = self.node(Op::Column, vec![self.ident(&mapping.ident)]);
        self.node(Op::Alias(self.normalized(&mapping.alias)), vec![column])
    }

    /// The keys come before the aggregates. An order that is said beside them has no form here.
    fn aggregated(
        &self,
        stage: Stage,
        aggregates: &[ExprWithAliasAndOrderBy],
        keys: &[ExprWithAliasAndOrderBy],
    ) -> Option<Stage> {
        let is_ordered =
            |item: &ExprWithAliasAndOrderBy| item.order_by.sort.is_some() || item.order_by.nulls_first.is_some();
        if aggregates.iter().chain(keys).any(is_ordered) {
            return None;
        }
        let expressions: Vec<Tree> = keys.iter().map(|key| self.expression(&key.expr.expr)).collect();
        if expressions.iter().any(|key| matches!(key.op, Op::Number(_))) {
            return None;
        }
        let items: Vec<ExprWithAlias> = keys.iter().chain(aggregates).map(|item| item.expr.clone()).collect();
        let group = (!expressions.is_empty()).then(|| self.node(Op::GroupBy, expressions));
        self.selected(stage, self.named(&items), group)
    }

    fn joined(&self, stage: Stage, join: &Join) -> Option<Stage> {
        // A column in a filter could be one of the other side, too.
        let mut stage = if stage.is_plain() { stage } else { self.settled(stage) };
        let join = stage.visible(self.join(join))?;
        let [tree] = stage.from.kids.as_slice() else { return None };
        let named = relation_names(&join);
        stage.from = self.node(Op::From, vec![tree.with_kids([tree.kids.as_slice(), &[join]].concat())]);
        stage.gone.retain(|name| !named.contains(name));
        Some(stage)
    }

    fn combined(&self, stage: Stage, op: Op, queries: &[Query]) -> Stage {
        let gone = [stage.gone.clone(), relation_names(&stage.from)].concat();
        let first = self.closed(stage, vec![self.implied(Op::Star)], None);
        let tree = queries.iter().fold(first, |left, right| self.node(op.clone(), vec![left, self.query(right)]));
        self.over(self.node(Op::Query, vec![tree]), None, gone)
    }

    fn reshaped(&self, stage: Stage, operator: &str, parts: Vec<Tree>, alias: Option<&Ident>) -> Stage {
        let stage = self.wrapped(stage, None);
        let relation = stage.from.first().and_then(|tree| tree.first()).cloned();
        let altered = self.node(Op::Altered(operator.into()), relation.into_iter().chain(parts).collect());
        let relation = match alias {
            Some(alias) => self.node(Op::AliasedRelation, vec![altered, self.ident(alias)]),
            None => altered,
        };
        Stage { from: self.node(Op::From, vec![self.node(Op::JoinTree, vec![relation])]), ..stage }
    }

    /// The stage as a query.
    fn closed(&self, stage: Stage, items: Vec<Tree>, group: Option<Tree>) -> Tree {
        let mut select = vec![self.node(Op::Projection, items), stage.from];
        let mut filters = stage.filters;
        let filter = if filters.len() > 1 { Some(self.node(Op::And, filters)) } else { filters.pop() };
        select.extend(filter.map(|filter| self.node(Op::Where, vec![filter])));
        select.extend(group);
        let mut query = vec![self.node(Op::Select, select)];
        query.extend(stage.order.into_iter().chain(stage.limit));
        self.node(Op::Query, query)
    }

    /// A stage that reads a query.
    fn over(&self, query: Tree, alias: Option<Tree>, mut gone: Vec<Name>) -> Stage {
        gone.retain(|name| alias.as_ref().and_then(|alias| alias.ident()) != Some(name));
        let derived = self.node(Op::Derived(false), vec![query]);
        let relation = match alias {
            Some(alias) => self.node(Op::AliasedRelation, vec![derived, alias]),
            None => derived,
        };
        let from = self.node(Op::From, vec![self.node(Op::JoinTree, vec![relation])]);
        Stage { from, filters: vec![], order: None, limit: vec![], gone }
    }

    fn wrapped(&self, stage: Stage, alias: Option<Tree>) -> Stage {
        let gone = stage.gone_but(alias.as_ref());
        self.over(self.closed(stage, vec![self.implied(Op::Star)], None), alias, gone)
    }

    /// The stage as a relation of its own, which keeps the only name.
    fn settled(&self, stage: Stage) -> Stage {
        let alias = only_name(&stage.from);
        self.wrapped(stage, alias)
    }

    fn unlimited(&self, stage: Stage) -> Stage {
        if stage.limit.is_empty() { stage } else { self.settled(stage) }
    }

    /// The keys of an order could be taken for new columns.
    fn unordered(&self, stage: Stage) -> Stage {
        if stage.limit.is_empty() && stage.order.is_none() { stage } else { self.settled(stage) }
    }

    /// `[Subquery*]`: what the operator reads besides its input. Its columns are names of earlier operators' outputs.
    fn pipe_operator(&self, operator: &PipeOperator) -> Tree {
        let mut read = Vec::new();
        match operator {
            PipeOperator::Join(join) => read.push(self.every_row(self.joined_relation(join))),
            PipeOperator::Union { queries, .. }
            | PipeOperator::Intersect { queries, .. }
            | PipeOperator::Except { queries, .. } => read.extend(queries.iter().map(|query| self.read_query(query))),
            PipeOperator::Where { expr } => subqueries(&self.expression(expr), &mut read),
            PipeOperator::Select { exprs } | PipeOperator::Extend { exprs } => {
                subqueries(&self.projection(exprs), &mut read);
            }
            PipeOperator::Set { assignments } => {
                assignments.iter().for_each(|set| subqueries(&self.expression(&set.value), &mut read));
            }
            PipeOperator::Aggregate { full_table_exprs, group_by_expr } => {
                let keys = full_table_exprs.iter().chain(group_by_expr);
                keys.for_each(|key| subqueries(&self.expression(&key.expr.expr), &mut read));
            }
            PipeOperator::OrderBy { exprs } => {
                self.order_items(exprs).iter().for_each(|item| subqueries(item, &mut read));
            }
            PipeOperator::Call { function, .. } => subqueries(&self.function(function), &mut read),
            PipeOperator::Limit { .. }
            | PipeOperator::Drop { .. }
            | PipeOperator::As { .. }
            | PipeOperator::TableSample { .. }
            | PipeOperator::Rename { .. }
            | PipeOperator::Pivot { .. }
            | PipeOperator::Unpivot { .. } => {}
        }
        self.node(Op::Other(format!("|> {operator}").into()), read)
    }

    fn read_query(&self, query: &Query) -> Tree {
        self.node(Op::Subquery, vec![self.query(query)])
    }

    /// `SELECT * FROM relation` as a value.
    fn every_row(&self, relation: Tree) -> Tree {
        let from = self.node(Op::From, vec![self.node(Op::JoinTree, vec![relation])]);
        let projection = self.node(Op::Projection, vec![self.implied(Op::Star)]);
        let query = self.node(Op::Query, vec![self.node(Op::Select, vec![projection, from])]);
        self.node(Op::Subquery, vec![query])
    }
}

impl Stage {
    fn is_plain(&self) -> bool {
        self.filters.is_empty() && self.order.is_none() && self.limit.is_empty()
    }

    /// Does an expression name no relation that is gone?
    fn sees(&self, tree: &Tree) -> bool {
        let mut sees = true;
        tree.walk(&mut |node| {
            if matches!(node.op, Op::Column | Op::QualifiedStar) {
                sees &= node.first().and_then(|first| first.ident()).is_none_or(|name| !self.gone.contains(name));
            }
            sees
        });
        sees
    }

    fn visible(&self, tree: Tree) -> Option<Tree> {
        self.sees(&tree).then_some(tree)
    }

    /// The names that are gone once the stage is nested under this alias.
    fn gone_but(&self, alias: Option<&Tree>) -> Vec<Name> {
        let mut gone = [self.gone.clone(), relation_names(&self.from)].concat();
        gone.retain(|name| alias.and_then(|alias| alias.ident()) != Some(name));
        gone
    }
}

/// The names by which columns of these relations can be qualified.
fn relation_names(tree: &Tree) -> Vec<Name> {
    let mut names = Vec::new();
    tree.walk(&mut |node| {
        let name = match &node.op {
            Op::AliasedRelation => node.kids.get(1),
            Op::Table => node.kids.last(),
            _ => None,
        };
        names.extend(name.and_then(|name| name.ident()).cloned());
        node.op != Op::Query
    });
    names
}

/// The name of the relation, if there is only one.
fn only_name(from: &Tree) -> Option<Tree> {
    let ([tree], Op::From) = (from.kids.as_slice(), &from.op) else { return None };
    let [relation] = tree.kids.as_slice() else { return None };
    match relation.op {
        Op::AliasedRelation => relation.kids.get(1).cloned(),
        Op::Table => relation.kids.last().cloned(),
        _ => None,
    }
}

/// The queries in an expression, the outermost ones.
fn subqueries(tree: &Tree, found: &mut Vec<Tree>) {
    tree.walk(&mut |node| {
        let is_query = node.op == Op::Query;
        if is_query {
            found.push(Node::new(Op::Subquery, vec![node.clone()], node.span));
        }
        !is_query
    });
}
