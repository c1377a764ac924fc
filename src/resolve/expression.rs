//! Expressions: every column bound to a relation.

use rustc_hash::FxHashSet;

use crate::dialect::Family;
use crate::sql::tree::{Name, Node, Op, Span, Tree};

use super::merge::merged_value;
use super::scope::{AliasRule, Merged, OuterScope, Scope, answers_to};
use super::star::every_column;
use super::{BlockId, ProblemKind, Relation, Resolver};

impl Resolver<'_> {
    /// The expression with its columns bound and its subqueries resolved.
    pub(super) fn bind(&mut self, node: &Tree, scope: &mut Scope<'_>, rule: AliasRule) -> Tree {
        match &node.op {
            Op::Column => self.column(node, scope, rule),
            Op::Query | Op::Select | Op::SetOperation(..) | Op::Values => {
                let context = scope.context.inside(scope.as_outer());
                let id = self.query(node, &context);
                Node::leaf(Op::Nested(id), node.span)
            }
            Op::Table => {
                let what = "a table as an argument of a function isn't supported".to_owned();
                self.problem(ProblemKind::NotUnderstood { what }, node.span);
                node.clone()
            }
            Op::Lambda => self.lambda(node, scope, rule),
            Op::Function(name) => match unit_argument(name, node.kids.len(), self.dialect.family) {
                Some(at) => self.unit_function(node, at, scope, rule),
                None if &**name == "COUNT" && node.kids.iter().all(|kid| kid.op != Op::QualifiedStar) => {
                    self.count(node, scope, rule)
                }
                None if matches!(&**name, "COLUMNS" | "UNPACK") => self.columns_call(node, scope, rule),
                None => self.bind_kids(node, scope, rule),
            },
            Op::Star | Op::QualifiedStar => self.star_argument(node, scope),
            Op::Window => {
                let node = self.named_window(node, scope);
                self.bind_kids(&node, scope, rule)
            }
            Op::Opaque(_) if node.kids.iter().any(|kid| matches!(kid.op, Op::Column | Op::Null)) => {
                self.opaque_expression(node, scope)
            }
            Op::Opaque(_) => {
                let what = "this kind of expression isn't supported".to_owned();
                self.problem(ProblemKind::NotUnderstood { what }, node.span);
                node.clone()
            }
            _ if node.kids.is_empty() => node.clone(),
            _ => self.bind_kids(node, scope, rule),
        }
    }

    /// Every name in it may be a column; those that are none may be anything else.
    fn opaque_expression(&mut self, node: &Tree, scope: &mut Scope<'_>) -> Tree {
        let before = self.problems.len();
        let mut kids: Vec<Tree> = node.kids.iter().map(|kid| self.bind(kid, scope, AliasRule::Either)).collect();
        kids.retain(|kid| !matches!(kid.op, Op::Missing(_)));
        self.problems.truncate(before);
        self.problem(ProblemKind::OpaqueExpression, node.span);
        node.with_kids(kids)
    }

    fn bind_kids(&mut self, node: &Tree, scope: &mut Scope<'_>, rule: AliasRule) -> Tree {
        let kids = node.kids.iter().map(|kid| self.bind(kid, scope, rule)).collect();
        node.with_kids(kids)
    }

    /// `f() OVER w` with the definition of `w` in its place.
    fn named_window(&mut self, node: &Tree, scope: &Scope<'_>) -> Tree {
        let [call, window] = node.kids.as_slice() else { return node.clone() };
        match definition(window, scope, 0) {
            Some(spec) if self.spend(spec.size()) => node.with_kids(vec![call.clone(), spec]),
            _ => node.clone(),
        }
    }

    /// The star in `COUNT(*)` isn't a list of columns.
    fn count(&mut self, node: &Tree, scope: &mut Scope<'_>, rule: AliasRule) -> Tree {
        let kids = node.kids.iter().map(|kid| match kid.op {
            Op::Star if kid.kids.is_empty() => kid.clone(),
            _ => self.bind(kid, scope, rule),
        });
        let kids = kids.collect();
        node.with_kids(kids)
    }

    /// `COLUMNS('a.*')` picks among all columns.
    fn columns_call(&mut self, node: &Tree, scope: &mut Scope<'_>, rule: AliasRule) -> Tree {
        let call = self.bind_kids(node, scope, rule);
        let star = Node::leaf(Op::Star, node.span);
        let all = self.star_argument(&star, scope);
        call.with_kids([call.kids.clone(), vec![all]].concat())
    }

    fn lambda(&mut self, node: &Tree, scope: &mut Scope<'_>, rule: AliasRule) -> Tree {
        let Some((body, parameters)) = node.kids.split_last() else { return node.clone() };
        let before = scope.parameters.len();
        scope.parameters.extend(parameters.iter().filter_map(|parameter| parameter.ident().cloned()));
        let body = self.bind(body, scope, rule);
        scope.parameters.truncate(before);
        let mut kids = parameters.to_vec();
        kids.push(body);
        node.with_kids(kids)
    }

    /// In `datediff(month, a, b)` the month isn't a column.
    fn unit_function(&mut self, node: &Tree, unit_at: usize, scope: &mut Scope<'_>, rule: AliasRule) -> Tree {
        let kids = node.kids.iter().enumerate().map(|(at, kid)| match (&kid.op, kid.kids.as_slice()) {
            (Op::Column, [name]) if at == unit_at && name.ident().is_some_and(|name| is_unit(name)) => {
                let unit = name.ident().map(|name| name.to_uppercase()).unwrap_or_default();
                Node::leaf(Op::Literal("unit", unit.into()), kid.span)
            }
            _ => self.bind(kid, scope, rule),
        });
        let kids = kids.collect();
        node.with_kids(kids)
    }

    fn column(&mut self, node: &Tree, scope: &mut Scope<'_>, rule: AliasRule) -> Tree {
        let parts = node.idents();
        let Some(first) = parts.first() else { return node.clone() };
        if scope.parameters.contains(first) {
            return fields(Node::leaf(Op::Parameter(first.clone()), node.span), &parts[1..], node.span);
        }
        match self.qualified(&parts, scope, node.span) {
            Qualified::Found(bound) => bound,
            // The first part may be a column, and the second a field of it.
            Qualified::Lacking(problem) if !self.is_column(first, scope, rule) => {
                if is_pseudo_column(first) {
                    return Node::leaf(Op::Parameter(first.clone()), node.span);
                }
                self.problem(problem, node.span);
                Node::leaf(Op::Missing(parts.join(".").into()), node.span)
            }
            Qualified::Lacking(_) | Qualified::NoRelation => self.unqualified(&parts, scope, rule, node.span),
        }
    }

    /// `relation.column.field…`, with one to three parts for the relation.
    fn qualified(&mut self, parts: &[Name], scope: &Scope<'_>, span: Span) -> Qualified {
        let longest = parts.len().saturating_sub(1).min(3);
        let mut lacking = None;
        for width in (1..=longest).rev() {
            let (qualifier, rest) = parts.split_at(width);
            let Some((column, path)) = rest.split_first() else { continue };
            let Some((block, found)) = find_relations(qualifier, Some(column), self.dialect.family, scope) else {
                continue;
            };
            let has = |relation: &Relation| relation.schema.get(column).is_some();
            let may_have = |relation: &Relation| relation.schema.open || is_pseudo_column(column);
            let mut chosen: Vec<_> = found.iter().filter(|(_, relation)| has(relation)).collect();
            if chosen.is_empty() {
                chosen = found.iter().filter(|(_, relation)| may_have(relation)).collect();
            }
            let mut bound: Vec<Tree> = chosen.iter().map(|(at, _)| bound(block, *at, column, span)).collect();
            match bound.len() {
                0 => {
                    let relations: Vec<Relation> = found.iter().map(|(_, relation)| (*relation).clone()).collect();
                    let (column, qualifier) = (column.clone(), qualifier.last().cloned());
                    let models = self.models_of(&relations);
                    lacking.get_or_insert(ProblemKind::MissingColumn { column, qualifier, models });
                }
                1 => return Qualified::Found(fields(bound.remove(0), path, span)),
                _ => return Qualified::Found(fields(Node::new(Op::Uncertain, bound, span), path, span)),
            }
        }
        lacking.map_or(Qualified::NoRelation, Qualified::Lacking)
    }

    /// Does an unqualified name have a meaning?
    fn is_column(&self, name: &Name, scope: &Scope<'_>, rule: AliasRule) -> bool {
        let has = |relations: &[Relation]| relations.iter().any(|r| r.schema.get(name).is_some() || r.schema.open);
        has(&scope.relations)
            || rule != AliasRule::Hidden && scope.aliases().count(name) > 0
            || scope.context.outer.iter().any(|outer| has(&outer.relations))
    }

    /// `column.field…`
    fn unqualified(&mut self, parts: &[Name], scope: &Scope<'_>, rule: AliasRule, span: Span) -> Tree {
        let Some((name, path)) = parts.split_first() else { return Node::leaf(Op::Null, span) };
        let (alias, implied) = match rule {
            AliasRule::Hidden => (None, None),
            _ => (self.alias(name, scope), self.implied_alias(name, scope)),
        };
        if let (AliasRule::AliasesFirst, Some(value)) = (rule, &alias) {
            return fields(self.replaced(value), path, span);
        }
        if !self.spend(scope.relations.len() / 16) {
            return Node::leaf(Op::Missing(name.clone()), span);
        }
        let here = candidates(name, scope.block, &scope.relations, &scope.merged);
        let certain = self.certain(name, &here, &scope.relations, span);
        let mut possible: Vec<Tree> = Vec::new();
        let settled = certain.is_some();
        possible.extend(certain);
        if !settled || scope.natural_unknown {
            possible.extend(here.possible.iter().map(|&at| bound(scope.block, at, name, span)));
        }
        if !settled || rule == AliasRule::Either {
            possible.extend(alias.map(|value| self.replaced(&value)));
        }
        if rule != AliasRule::ColumnsFirst || !settled {
            possible.extend(implied.map(|value| self.replaced(&value)));
        }
        if !settled {
            possible.extend(self.outer_columns(name, scope, span));
        }
        if possible.is_empty() {
            possible.extend(self.elsewhere(name, scope, span));
        }
        if !self.spend(possible.len()) {
            return Node::leaf(Op::Missing(name.clone()), span);
        }
        one_of(possible, span).map_or_else(|| self.missing(parts, scope, span), |value| fields(value, path, span))
    }

    /// What an alias of this block stands for.
    fn alias(&mut self, name: &Name, scope: &Scope<'_>) -> Option<Tree> {
        let aliases = scope.aliases();
        if self.spend(aliases.count(name) / 16) { aliases.get(name) } else { None }
    }

    /// What else a name can stand for: an alias of a query around this one, or a whole row.
    fn elsewhere(&mut self, name: &Name, scope: &Scope<'_>, span: Span) -> Option<Tree> {
        if self.dialect.family == Family::DuckDb
            && let Some(outer) = scope.context.outer.iter().rev().find(|outer| outer.aliases.count(name) > 0)
        {
            let value = if self.spend(outer.aliases.count(name)) { outer.aliases.get(name) } else { None };
            return value.map(|value| self.replaced(&value));
        }
        let (block, found) = find_relations(std::slice::from_ref(name), None, self.dialect.family, scope)?;
        let (at, relation) = *found.first()?;
        if !self.spend(relation.schema.columns.len()) {
            return None;
        }
        Some(Node::new(Op::Function("ROW".into()), every_column(block, at, relation, span), span))
    }

    /// The one binding that the known schemas leave; of several, the first, and a problem.
    fn certain(&mut self, name: &Name, found: &Candidates, relations: &[Relation], span: Span) -> Option<Tree> {
        match found.certain.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            [..] => {
                let qualifiers = relations
                    .iter()
                    .filter(|relation| relation.schema.get(name).is_some())
                    .filter_map(|relation| relation.alias.clone())
                    .collect();
                self.problem(ProblemKind::AmbiguousColumn { column: name.clone(), qualifiers }, span);
                Some(Node::new(Op::Uncertain, found.certain.clone(), span))
            }
        }
    }

    /// What the name may be in the blocks around this one: up to the first that certainly has it.
    fn outer_columns(&self, name: &Name, scope: &Scope<'_>, span: Span) -> Vec<Tree> {
        let mut possible = Vec::new();
        for OuterScope { block, relations, merged, .. } in scope.context.outer.iter().rev() {
            let found = candidates(name, *block, relations, merged);
            let is_certain = !found.certain.is_empty();
            possible.extend(found.certain.iter().map(|tree| Node::new(tree.op.clone(), tree.kids.clone(), span)));
            if is_certain {
                break;
            }
            possible.extend(found.possible.iter().map(|&at| bound(*block, at, name, span)));
        }
        possible
    }

    fn missing(&mut self, parts: &[Name], scope: &Scope<'_>, span: Span) -> Tree {
        let name = match parts {
            [] => return Node::leaf(Op::Null, span),
            [name] => name,
            [.., name] => name,
        };
        if is_pseudo_column(&parts[0]) {
            return Node::leaf(Op::Parameter(parts[0].clone()), span);
        }
        let kind = match parts {
            [qualifier, _, ..] => ProblemKind::UnknownQualifier { qualifier: qualifier.clone() },
            _ => ProblemKind::MissingColumn {
                column: name.clone(),
                qualifier: None,
                models: self.models_of(&scope.relations),
            },
        };
        self.problem(kind, span);
        Node::leaf(Op::Missing(parts.join(".").into()), span)
    }
}

/// What came of a name with a qualifier.
enum Qualified {
    Found(Tree),
    /// There is such a relation, without the column.
    Lacking(ProblemKind),
    NoRelation,
}

/// One of several readings.
fn one_of(mut readings: Vec<Tree>, span: Span) -> Option<Tree> {
    let mut seen = FxHashSet::default();
    readings.retain(|reading| seen.insert(reading.fingerprint()));
    match readings.len() {
        0 => None,
        1 => readings.pop(),
        _ => Some(Node::new(Op::Uncertain, readings, span)),
    }
}

fn definition(window: &Tree, scope: &Scope<'_>, depth: usize) -> Option<Tree> {
    const MAX_CHAIN: usize = 20;
    let named = |name: &Name| scope.windows.get(name).cloned();
    match &window.op {
        _ if depth > MAX_CHAIN => None,
        Op::WindowName(name) => {
            let spec = named(name)?;
            definition(&spec, scope, depth + 1).or(Some(spec))
        }
        Op::WindowSpec => {
            let (base, own) = window.kids.split_first()?;
            let Op::WindowName(_) = base.op else { return None };
            let base = definition(base, scope, depth + 1)?;
            Some(window.with_kids(base.kids.iter().chain(own).cloned().collect()))
        }
        _ => None,
    }
}

/// Where an unqualified name may come from.
struct Candidates {
    /// Bindings to relations that certainly have it.
    certain: Vec<Tree>,
    /// Relations that may have it.
    possible: Vec<u32>,
}

fn candidates(name: &Name, block: BlockId, relations: &[Relation], merged: &Merged) -> Candidates {
    let mut found = Candidates { certain: vec![], possible: vec![] };
    let span = Span::default();
    let merged = merged.get(name).first();
    if let Some(merged) = merged {
        found.certain.push(merged_value(merged, block, span));
    }
    for (at, relation) in relations.iter().enumerate() {
        let at = at as u32;
        if merged.is_some_and(|merged| merged.relations.contains(&at)) || super::star::is_hidden(relation) {
            continue;
        }
        if relation.schema.get(name).is_some() {
            found.certain.push(bound(block, at, name, span));
        } else if relation.schema.open {
            found.possible.push(at);
        }
    }
    found
}

fn bound(block: BlockId, relation: u32, name: &Name, span: Span) -> Tree {
    Node::leaf(Op::Bound(block, relation, name.clone()), span)
}

fn fields(base: Tree, path: &[Name], span: Span) -> Tree {
    let base = if base.span.is_empty() { Node::new(base.op.clone(), base.kids.clone(), span) } else { base };
    path.iter().fold(base, |base, field| Node::new(Op::Field(field.clone()), vec![base], span))
}

/// The relations that answer to a qualifier, in the innermost block that has one. DuckDB goes on outwards where those
/// lack the column.
fn find_relations<'r>(
    qualifier: &[Name],
    column: Option<&Name>,
    family: Family,
    scope: &'r Scope<'_>,
) -> Option<(BlockId, Vec<(u32, &'r Relation)>)> {
    let find = |block: BlockId, relations: &'r [Relation]| {
        let numbered = relations.iter().enumerate().map(|(at, relation)| (at as u32, relation));
        let found: Vec<_> = numbered.filter(|(_, relation)| answers_to(relation, qualifier)).collect();
        (!found.is_empty()).then_some((block, found))
    };
    let lacks = |found: &(BlockId, Vec<(u32, &Relation)>)| {
        let has = |relation: &Relation, name: &Name| relation.schema.open || relation.schema.get(name).is_some();
        column.is_some_and(|name| !found.1.iter().any(|(_, relation)| has(relation, name)))
    };
    let innermost = find(scope.block, &scope.relations);
    let outer = || scope.context.outer.iter().rev().filter_map(|outer| find(outer.block, &outer.relations));
    match innermost {
        Some(found) if family == Family::DuckDb && lacks(&found) => outer().find(|other| !lacks(other)).or(Some(found)),
        Some(found) => Some(found),
        None if family == Family::DuckDb => outer().find(|found| !lacks(found)).or_else(|| outer().next()),
        None => outer().next(),
    }
}

/// Columns that engines add by themselves.
fn is_pseudo_column(name: &str) -> bool {
    const PSEUDO: &[&str] = &[
        "rowid",
        "rownum",
        "ctid",
        "oid",
        "xmin",
        "xmax",
        "_partitiontime",
        "_partitiondate",
        "_table_suffix",
        "_file_name",
        "_metadata",
        "filename",
        "level",
        "sysdate",
        "current_user",
        "session_user",
        "user",
        "current_role",
        "current_catalog",
        "current_schema",
        "metadata$filename",
        "metadata$file_row_number",
        "_part",
        "_shard_num",
        "$path",
        "$file_size",
    ];
    PSEUDO.contains(&name.to_lowercase().as_str())
}

/// Which argument of a call is a bare date part and never a column. Only calls are listed for which that holds in
/// every engine of the family.
fn unit_argument(function: &str, arguments: usize, family: Family) -> Option<usize> {
    let last = arguments.checked_sub(1)?;
    match function {
        "DATEDIFF" | "DATEADD" | "TIMEDIFF" | "TIMEADD" if arguments == 3 => Some(0),
        "TIMESTAMPADD" | "TIMESTAMPDIFF" if arguments == 3 => Some(0),
        "DATEDIFF_BIG" | "DATEPART" | "DATENAME" | "DATETRUNC" | "DATE_BUCKET" => Some(0),
        "DATE_PART" | "DATE_TRUNC" if family == Family::Snowflake => Some(0),
        "DATE_TRUNC" | "TIMESTAMP_TRUNC" | "DATETIME_TRUNC" | "TIME_TRUNC" | "LAST_DAY" if arguments > 1 => {
            matches!(family, Family::BigQuery | Family::Snowflake).then_some(last)
        }
        "DATE_DIFF" | "DATETIME_DIFF" | "TIMESTAMP_DIFF" | "TIME_DIFF" if family == Family::BigQuery => Some(last),
        _ => None,
    }
}

fn is_unit(name: &str) -> bool {
    const UNITS: &[&str] = &[
        "year",
        "years",
        "yyyy",
        "yy",
        "y",
        "quarter",
        "quarters",
        "qq",
        "q",
        "qtr",
        "month",
        "months",
        "mm",
        "mon",
        "m",
        "week",
        "weeks",
        "wk",
        "ww",
        "w",
        "isoweek",
        "isoyear",
        "dayofweek",
        "dayofyear",
        "doy",
        "dow",
        "weekday",
        "dw",
        "day",
        "days",
        "dd",
        "d",
        "hour",
        "hours",
        "hh",
        "h",
        "minute",
        "minutes",
        "mi",
        "n",
        "min",
        "second",
        "seconds",
        "ss",
        "s",
        "sec",
        "millisecond",
        "milliseconds",
        "ms",
        "microsecond",
        "microseconds",
        "us",
        "mcs",
        "nanosecond",
        "nanoseconds",
        "ns",
        "epoch",
        "epoch_second",
        "epoch_millisecond",
        "decade",
        "century",
        "millennium",
        "dayofmonth",
        "yearofweek",
        "weekiso",
        "dayofweekiso",
        "timezone_hour",
        "timezone_minute",
        "tzoffset",
        "iso_week",
    ];
    UNITS.contains(&name.to_lowercase().as_str())
}
