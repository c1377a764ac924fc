//! Queries: WITH, SELECT and its clauses, set operations.

use sqlparser::ast::{
    ConnectByKind, Cte, Distinct, ExcludeSelectItem, Expr, GroupByExpr, GroupByWithModifier, LimitClause,
    NamedWindowExpr, ObjectName, ObjectNamePart, OrderBy, OrderByKind, Query, RenameSelectItem, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, SetOperator as ParserSetOperator, SetQuantifier, Top, TopQuantity,
    WildcardAdditionalOptions, With,
};

use crate::dialect::Family;

use super::super::tree::{Op, SetOperator, Tree};
use super::Converter;
use super::named::{Named, is_named_expression};

impl Converter<'_> {
    pub(super) fn query(&self, query: &Query) -> Tree {
        let mut kids = Vec::new();
        kids.extend(query.with.as_ref().map(|with| self.with(with)));
        kids.push(self.set_expression(&query.body));
        kids.extend(query.order_by.as_ref().map(|order| self.order_by(order)));
        if let Some(limit) = &query.limit_clause {
            self.limit(limit, &mut kids);
        }
        if let SetExpr::Select(select) = &*query.body
            && let Some(top) = select.top.as_ref().filter(|top| self.is_limit(top))
        {
            kids.push(self.node(Op::Limit, self.top_quantity(top)));
        }
        if let Some(fetch) = &query.fetch {
            let options = format!("ties={} percent={}", fetch.with_ties, fetch.percent);
            let quantity = fetch.quantity.iter().map(|quantity| self.expression(quantity)).collect();
            kids.push(self.node(Op::Fetch(options.into()), quantity));
        }
        for lock in &query.locks {
            kids.push(self.implied(Op::Other(lock.to_string().into())));
        }
        kids.extend(query.for_clause.as_ref().map(|clause| self.implied(Op::Other(clause.to_string().into()))));
        for setting in query.settings.iter().flatten() {
            kids.push(self.implied(Op::Other(format!("SETTINGS {setting}").into())));
        }
        kids.extend(query.format_clause.as_ref().map(|clause| self.implied(Op::Other(clause.to_string().into()))));
        let mut kids = self.piped(named(kids), &query.pipe_operators);
        // A query that adds nothing to its body is its body.
        match kids.as_slice() {
            [only] if only.op == Op::Query => kids.remove(0),
            _ => self.node(Op::Query, kids),
        }
    }

    fn with(&self, with: &With) -> Tree {
        let ctes = with.cte_tables.iter().map(|cte| self.cte(cte)).collect();
        self.node(Op::With(with.recursive), ctes)
    }

    fn cte(&self, cte: &Cte) -> Tree {
        let mut kids = vec![self.ident(&cte.alias.name)];
        kids.extend(self.alias_columns(&cte.alias));
        let query = self.query(&cte.query);
        let hint = query.kids.iter().find_map(materialization);
        let clauses = query.kids.iter().filter(|kid| materialization(kid).is_none());
        kids.push(if hint.is_some() { query.with_kids(clauses.cloned().collect()) } else { query });
        let hint = hint.map(str::to_owned).or_else(|| Some(cte.materialized.as_ref()?.to_string()));
        kids.extend(hint.map(|hint| self.implied(Op::Modifier(hint.into()))));
        kids.extend(cte.from.as_ref().map(|from| self.node(Op::Other("FROM".into()), vec![self.ident(from)])));
        self.node(Op::Cte, kids)
    }

    fn set_expression(&self, body: &SetExpr) -> Tree {
        match body {
            SetExpr::Select(select) => self.select(select),
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { .. } => self.set_operation(body),
            SetExpr::Values(values) => {
                let rows = values.rows.iter().map(|row| self.node(Op::Row, self.expressions(&row.content))).collect();
                self.node(Op::Values, rows)
            }
            SetExpr::Table(table) => self.table_command(table),
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                self.implied(Op::Other(body.to_string().into()))
            }
        }
    }

    /// `TABLE t` is `SELECT * FROM t`.
    fn table_command(&self, table: &sqlparser::ast::Table) -> Tree {
        let part = |text: &String| self.implied(Op::Ident(self.dialect.normalize(text, false).into()));
        let parts = table.schema_name.iter().chain(&table.table_name).map(part).collect();
        let table = self.node(Op::Table, parts);
        let from = self.node(Op::From, vec![self.node(Op::JoinTree, vec![table])]);
        let projection = self.node(Op::Projection, vec![self.implied(Op::Star)]);
        self.node(Op::Select, vec![projection, from])
    }

    /// Set operations nest to the left without limit, so this is a loop.
    fn set_operation(&self, body: &SetExpr) -> Tree {
        let (first, mut pending) = operations(body);
        let mut tree = self.set_expression(first);
        let mut mode = None;
        while let Some((op, right)) = pending.pop() {
            if matches!(right, SetExpr::SetOperation { .. }) && self.sets_from_left() {
                let (inner, rest) = operations(right);
                pending.extend(rest);
                pending.push((op, inner));
                continue;
            }
            if let Some(found) = self.column_mode(right) {
                mode = Some(found);
                continue;
            }
            let right = self.set_expression(right);
            tree = match mode.take() {
                None => self.node(op, vec![tree, right]),
                Some(mode) => self.paired_operation(op, tree, right, mode),
            };
        }
        tree
    }

    /// Where INTERSECT doesn't come before the others; the parser takes it so.
    fn sets_from_left(&self) -> bool {
        matches!(self.dialect.family, Family::Oracle | Family::Sqlite)
    }

    /// The right side of an operation that pairs columns in a way of its own is a query with that way as its clause.
    fn paired_operation(&self, op: Op, left: Tree, right: Tree, mode: Tree) -> Tree {
        let by_name = matches!(&mode.op, Op::Other(words) if words.contains("name") || words.contains("corresponding"));
        let op = match op {
            Op::SetOperation(op, all, _) if by_name => Op::SetOperation(op, all, true),
            op => op,
        };
        self.node(op, vec![left, self.node(Op::Query, vec![right, mode])])
    }

    fn select(&self, select: &Select) -> Tree {
        let mut kids = Vec::new();
        match &select.distinct {
            None | Some(Distinct::All) => {}
            Some(Distinct::Distinct) => kids.push(self.implied(Op::Distinct)),
            Some(Distinct::On(keys)) => kids.push(self.node(Op::DistinctOn, self.expressions(keys))),
        }
        kids.extend(select.top.as_ref().filter(|top| !self.is_limit(top)).map(|top| self.top(top)));
        kids.push(self.projection(&select.projection));
        let excluded = select.exclude.as_ref().map(|exclude| self.node(Op::StarExcept, self.excluded(exclude)));
        kids.extend(excluded.map(|except| self.node(Op::Other("EXCLUDE".into()), vec![except])));
        if !select.from.is_empty() {
            let trees = select.from.iter().map(|from| self.join_tree(from)).collect();
            kids.push(self.node(Op::From, trees));
        }
        kids.extend(select.lateral_views.iter().map(|view| self.lateral_view(view)));
        kids.extend(select.prewhere.as_ref().map(|filter| self.node(Op::Prewhere, vec![self.expression(filter)])));
        kids.extend(select.selection.as_ref().map(|filter| self.node(Op::Where, vec![self.expression(filter)])));
        kids.extend(select.connect_by.iter().map(|connect| self.connect_by(connect)));
        kids.extend(self.group_by(&select.group_by));
        kids.extend(select.having.as_ref().map(|filter| self.node(Op::Having, vec![self.expression(filter)])));
        for window in &select.named_window {
            let spec = match &window.1 {
                NamedWindowExpr::NamedWindow(name) => self.implied(Op::WindowName(self.normalized(name))),
                NamedWindowExpr::WindowSpec(spec) => self.window_spec(spec),
            };
            kids.push(self.node(Op::NamedWindow(self.normalized(&window.0)), vec![spec]));
        }
        kids.extend(select.qualify.as_ref().map(|filter| self.node(Op::Qualify, vec![self.expression(filter)])));
        self.rare_clauses(select, &mut kids);
        let span = super::covering(&kids).cover(self.span(select.select_token.0.span));
        self.node_at(Op::Select, kids, span)
    }

    fn rare_clauses(&self, select: &Select, kids: &mut Vec<Tree>) {
        for (name, keys) in [("CLUSTER BY", &select.cluster_by), ("DISTRIBUTE BY", &select.distribute_by)] {
            if !keys.is_empty() {
                kids.push(self.node(Op::Other(name.into()), self.expressions(keys)));
            }
        }
        if !select.sort_by.is_empty() {
            kids.push(self.node(Op::Other("SORT BY".into()), self.order_items(&select.sort_by)));
        }
        kids.extend(select.optimizer_hints.iter().map(|hint| self.implied(Op::Other(hint.to_string().into()))));
        let modifiers = select.select_modifiers.as_ref();
        kids.extend(modifiers.map(|modifiers| self.implied(Op::Other(modifiers.to_string().into()))));
        kids.extend(select.value_table_mode.as_ref().map(|mode| self.implied(Op::Other(mode.to_string().into()))));
        kids.extend(select.into.as_ref().map(|into| self.implied(Op::Other(into.to_string().into()))));
    }

    /// `SELECT TOP 5 …` is `SELECT … LIMIT 5` in engines that have both, and sqlglot writes the second.
    fn is_limit(&self, top: &Top) -> bool {
        matches!(self.dialect.family, Family::Redshift | Family::Snowflake) && !top.with_ties && !top.percent
    }

    fn top(&self, top: &Top) -> Tree {
        let options = format!("ties={} percent={}", top.with_ties, top.percent);
        self.node(Op::Fetch(options.into()), self.top_quantity(top))
    }

    fn top_quantity(&self, top: &Top) -> Vec<Tree> {
        match &top.quantity {
            Some(TopQuantity::Expr(quantity)) => vec![self.expression(quantity)],
            Some(TopQuantity::Constant(quantity)) => vec![self.implied(Op::Number(quantity.to_string().into()))],
            None => vec![],
        }
    }

    pub(super) fn projection(&self, items: &[SelectItem]) -> Tree {
        self.node(Op::Projection, items.iter().map(|item| self.select_item(item)).collect())
    }

    fn select_item(&self, item: &SelectItem) -> Tree {
        match item {
            SelectItem::UnnamedExpr(expression) => self.expression(expression),
            SelectItem::ExprWithAlias { expr, alias } => {
                let expression = self.expression(expr);
                let span = expression.span.cover(self.span(alias.span));
                self.node_at(Op::Alias(self.normalized(alias)), vec![expression], span)
            }
            SelectItem::ExprWithAliases { expr, aliases } => {
                let mut kids = vec![self.expression(expr)];
                kids.push(self.node(Op::Columns, self.idents(aliases)));
                self.node(Op::Other("ALIASES".into()), kids)
            }
            SelectItem::Wildcard(options) => self.star(options),
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options) => {
                let mut kids = self.name_parts(name);
                kids.extend(self.star_options(options));
                let span = super::covering(&kids).cover(self.span(options.wildcard_token.0.span));
                self.node_at(Op::QualifiedStar, kids, span)
            }
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(expression), options) => {
                let mut kids = vec![self.expression(expression)];
                kids.extend(self.star_options(options));
                self.node(Op::Other(".*".into()), kids)
            }
        }
    }

    pub(super) fn star(&self, options: &WildcardAdditionalOptions) -> Tree {
        let kids = self.star_options(options);
        let span = self.span(options.wildcard_token.0.span).cover(super::covering(&kids));
        self.node_at(Op::Star, kids, span)
    }

    fn star_options(&self, options: &WildcardAdditionalOptions) -> Vec<Tree> {
        let mut kids = Vec::new();
        if let Some(except) = &options.opt_except {
            let idents = std::iter::once(&except.first_element).chain(&except.additional_elements);
            kids.push(self.node(Op::StarExcept, self.idents(idents)));
        }
        kids.extend(options.opt_exclude.as_ref().map(|exclude| self.node(Op::StarExcept, self.excluded(exclude))));
        if let Some(replace) = &options.opt_replace {
            let items = replace.items.iter().map(|item| {
                self.node(Op::Alias(self.normalized(&item.column_name)), vec![self.expression(&item.expr)])
            });
            kids.push(self.node(Op::StarReplace, items.collect()));
        }
        if let Some(rename) = &options.opt_rename {
            let items = match rename {
                RenameSelectItem::Single(one) => std::slice::from_ref(one),
                RenameSelectItem::Multiple(many) => many.as_slice(),
            };
            let items = items.iter().map(|item| {
                let column = self.node(Op::Column, vec![self.ident(&item.ident)]);
                self.node(Op::Alias(self.normalized(&item.alias)), vec![column])
            });
            kids.push(self.node(Op::StarRename, items.collect()));
        }
        kids.extend(options.opt_ilike.as_ref().map(|like| self.implied(Op::StarLike(like.pattern.as_str().into()))));
        kids.extend(options.opt_alias.as_ref().map(|alias| self.implied(Op::Other(format!("AS {alias}").into()))));
        kids
    }

    fn excluded(&self, exclude: &ExcludeSelectItem) -> Vec<Tree> {
        let names = match exclude {
            ExcludeSelectItem::Single(one) => std::slice::from_ref(one),
            ExcludeSelectItem::Multiple(many) => many.as_slice(),
        };
        let column = |name: &ObjectName| match name.0.as_slice() {
            [ObjectNamePart::Identifier(ident)] => self.ident(ident),
            _ => self.node(Op::Column, self.name_parts(name)),
        };
        names.iter().map(column).collect()
    }

    fn connect_by(&self, connect: &ConnectByKind) -> Tree {
        match connect {
            ConnectByKind::ConnectBy { nocycle, relationships, .. } => {
                self.node(Op::Other(format!("CONNECT BY {nocycle}").into()), self.expressions(relationships))
            }
            ConnectByKind::StartWith { condition, .. } => {
                self.node(Op::Other("START WITH".into()), vec![self.expression(condition)])
            }
        }
    }

    fn group_by(&self, group: &GroupByExpr) -> Option<Tree> {
        let (mut kids, modifiers) = match group {
            GroupByExpr::All(modifiers) => (vec![self.implied(Op::All)], modifiers),
            GroupByExpr::Expressions(keys, modifiers) => (self.expressions(keys), modifiers),
        };
        kids.extend(modifiers.iter().map(|modifier| match modifier {
            GroupByWithModifier::Rollup => self.implied(Op::Rollup),
            GroupByWithModifier::Cube => self.implied(Op::Cube),
            GroupByWithModifier::Totals => self.implied(Op::Other("TOTALS".into())),
            GroupByWithModifier::GroupingSets(sets) => self.sets_of_keys(sets),
        }));
        (!kids.is_empty()).then(|| self.node(Op::GroupBy, kids))
    }

    /// `GROUP BY a, b GROUPING SETS (…)` in Spark and Hive: the keys are those of the sets; behind a comma, the sets would
    /// be crossed with the keys.
    fn sets_of_keys(&self, sets: &Expr) -> Tree {
        let sets = self.expression(sets);
        let mut kids = sets.kids.clone();
        kids.push(self.implied(Op::Modifier("OF KEYS".into())));
        sets.with_kids(kids)
    }

    fn order_by(&self, order: &OrderBy) -> Tree {
        let mut kids = match &order.kind {
            OrderByKind::All(options) => {
                vec![self.implied(Op::All), self.implied(Op::Other(options.to_string().into()))]
            }
            OrderByKind::Expressions(items) => self.order_items(items),
        };
        kids.extend(order.interpolate.as_ref().map(|fill| self.implied(Op::Other(format!("{fill:?}").into()))));
        self.node(Op::OrderBy, kids)
    }

    fn limit(&self, limit: &LimitClause, kids: &mut Vec<Tree>) {
        let (limit, offset, by) = match limit {
            LimitClause::LimitOffset { limit, offset, limit_by } => {
                (limit.as_ref(), offset.as_ref().map(|offset| &offset.value), limit_by.as_slice())
            }
            LimitClause::OffsetCommaLimit { offset, limit } => (Some(limit), Some(offset), &[][..]),
        };
        if limit.is_some() || !by.is_empty() {
            let mut parts: Vec<Tree> = limit.iter().map(|limit| self.expression(limit)).collect();
            if !by.is_empty() {
                parts.push(self.node(Op::PartitionBy, self.expressions(by)));
            }
            kids.push(self.node(Op::Limit, parts));
        }
        kids.extend(offset.map(|offset| self.node(Op::Offset, vec![self.expression(offset)])));
    }
}

pub(super) fn set_operator(op: ParserSetOperator, quantifier: SetQuantifier) -> Op {
    let op = match op {
        ParserSetOperator::Union => SetOperator::Union,
        ParserSetOperator::Except | ParserSetOperator::Minus => SetOperator::Except,
        ParserSetOperator::Intersect => SetOperator::Intersect,
    };
    let all = matches!(quantifier, SetQuantifier::All | SetQuantifier::AllByName);
    let by_name =
        matches!(quantifier, SetQuantifier::ByName | SetQuantifier::AllByName | SetQuantifier::DistinctByName);
    Op::SetOperation(op, all, by_name)
}

/// A chain of set operations: what it begins with, and the operations from the last to the first.
fn operations(body: &SetExpr) -> (&SetExpr, Vec<(Op, &SetExpr)>) {
    let (mut left, mut found) = (body, Vec::new());
    while let SetExpr::SetOperation { left: next, op, set_quantifier, right } = left {
        found.push((set_operator(*op, *set_quantifier), &**right));
        left = next;
    }
    (left, found)
}

/// `AS [NOT] MATERIALIZED`, where the parser was given it as a setting of the query.
fn materialization(clause: &Tree) -> Option<&'static str> {
    let Op::Other(text) = &clause.op else { return None };
    let hint = text.strip_prefix("SETTINGS __impact_syntax_materialized")?;
    Some(if hint.contains("NOT") { "NOT MATERIALIZED" } else { "MATERIALIZED" })
}

/// The clauses of a query, with the expressions of its WITH where they are meant.
fn named(clauses: Vec<Tree>) -> Vec<Tree> {
    let Some((with, rest)) = clauses.split_first().filter(|(with, _)| matches!(with.op, Op::With(_))) else {
        return clauses;
    };
    let mut named = Named::of(with);
    if named.is_empty() {
        return clauses;
    }
    let inside = |cte: &Tree| if is_named_expression(cte) { cte.clone() } else { named.put(cte, true) };
    let ctes = with.kids.iter().map(inside).collect();
    std::iter::once(with.with_kids(ctes)).chain(rest.iter().map(|clause| named.put(clause, false))).collect()
}
