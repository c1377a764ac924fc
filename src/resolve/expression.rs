//! Expressions: every column bound to a relation.

use crate::dialect::Family;
use crate::sql::tree::{Name, Node, Op, Span, Tree};

use super::relation::coalesce;
use super::scope::{AliasRule, Merged, Scope, answers_to};
use super::{BlockId, Output, ProblemKind, Relation, Resolver};

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
                None => self.bind_kids(node, scope, rule),
            },
            Op::Hole(_) | Op::Star | Op::QualifiedStar if node.kids.is_empty() => node.clone(),
            _ if node.kids.is_empty() => node.clone(),
            _ => self.bind_kids(node, scope, rule),
        }
    }

    fn bind_kids(&mut self, node: &Tree, scope: &mut Scope<'_>, rule: AliasRule) -> Tree {
        let kids = node.kids.iter().map(|kid| self.bind(kid, scope, rule)).collect();
        node.with_kids(kids)
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
        if parts.len() > 1
            && let Some(bound) = self.qualified(&parts, scope, node.span)
        {
            return bound;
        }
        self.unqualified(&parts, scope, rule, node.span)
    }

    /// `relation.column.field…`, with one to three parts for the relation. `None` if no relation answers to it.
    fn qualified(&mut self, parts: &[Name], scope: &Scope<'_>, span: Span) -> Option<Tree> {
        let longest = (parts.len() - 1).min(3);
        for width in (1..=longest).rev() {
            let (qualifier, rest) = parts.split_at(width);
            let Some((block, at, relation)) = find_relation(qualifier, scope) else { continue };
            let (column, path) = rest.split_first()?;
            if relation.schema.get(column).is_none() && !relation.schema.open {
                let models = self.models_of(std::slice::from_ref(relation));
                if !is_pseudo_column(column) {
                    let kind = ProblemKind::MissingColumn {
                        column: column.clone(),
                        qualifier: qualifier.last().cloned(),
                        models,
                    };
                    self.problem(kind, span);
                    return Some(Node::leaf(Op::Missing(column.clone()), span));
                }
            }
            return Some(fields(Node::leaf(Op::Bound(block, at, column.clone()), span), path, span));
        }
        None
    }

    /// `column.field…`
    fn unqualified(&mut self, parts: &[Name], scope: &Scope<'_>, rule: AliasRule, span: Span) -> Tree {
        let Some((name, path)) = parts.split_first() else { return Node::leaf(Op::Null, span) };
        let alias = if rule == AliasRule::Hidden { None } else { scope.alias(name) };
        if rule == AliasRule::AliasesFirst
            && let Some(output) = alias
        {
            return fields(self.inlined(output), path, span);
        }
        let here = candidates(name, scope.block, &scope.relations, &scope.merged);
        if let Some(certain) = self.certain(name, &here, &scope.relations, span) {
            return fields(certain, path, span);
        }
        if here.possible.is_empty()
            && let Some(output) = alias
        {
            return fields(self.inlined(output), path, span);
        }
        let mut possible: Vec<Tree> = here.possible.iter().map(|&at| bound(scope.block, at, name, span)).collect();
        possible.extend(alias.map(|output| self.inlined(output)));
        if possible.is_empty() {
            match self.outer_column(name, scope, span) {
                Outer::Certain(tree) => return fields(tree, path, span),
                Outer::Possible(trees) => possible = trees,
            }
        }
        match possible.len() {
            0 => self.missing(parts, scope, span),
            1 => fields(possible.remove(0), path, span),
            _ => fields(Node::new(Op::Uncertain, possible, span), path, span),
        }
    }

    /// What an alias stands for.
    fn inlined(&mut self, output: &Output) -> Tree {
        if self.budget.inline(output.value.size()) { output.value.clone() } else { Node::leaf(Op::Null, output.span) }
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

    fn outer_column(&mut self, name: &Name, scope: &Scope<'_>, span: Span) -> Outer {
        let mut possible = Vec::new();
        for outer in scope.context.outer.iter().rev() {
            let found = candidates(name, outer.block, &outer.relations, &outer.merged);
            if let Some(certain) = found.certain.first() {
                if possible.is_empty() {
                    return Outer::Certain(Node::new(certain.op.clone(), certain.kids.clone(), span));
                }
                possible.push(certain.clone());
                break;
            }
            possible.extend(found.possible.iter().map(|&at| bound(outer.block, at, name, span)));
        }
        Outer::Possible(possible)
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
        Node::leaf(Op::Missing(name.clone()), span)
    }
}

/// Where an unqualified name may come from.
struct Candidates {
    /// Bindings to relations that certainly have it.
    certain: Vec<Tree>,
    /// Relations that may have it.
    possible: Vec<u32>,
}

enum Outer {
    Certain(Tree),
    Possible(Vec<Tree>),
}

fn candidates(name: &Name, block: BlockId, relations: &[Relation], merged: &[Merged]) -> Candidates {
    let mut found = Candidates { certain: vec![], possible: vec![] };
    let span = Span::default();
    let merged = merged.iter().find(|merged| merged.name == *name);
    if let Some(merged) = merged {
        let columns = merged.relations.iter().map(|&at| bound(block, at, name, span)).collect();
        found.certain.push(coalesce(columns, span));
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

fn find_relation<'r>(qualifier: &[Name], scope: &'r Scope<'_>) -> Option<(BlockId, u32, &'r Relation)> {
    let find = |block: BlockId, relations: &'r [Relation]| {
        let at = relations.iter().position(|relation| answers_to(relation, qualifier))?;
        Some((block, at as u32, relations.get(at)?))
    };
    find(scope.block, &scope.relations)
        .or_else(|| scope.context.outer.iter().rev().find_map(|outer| find(outer.block, &outer.relations)))
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
