//! Expressions: every column bound to a relation.

use crate::dialect::Family;
use crate::sql::tree::{Name, Node, Op, Tree};

use super::scope::{AliasRule, Scope};
use super::{ProblemKind, Resolver};

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
            Op::Hole(_) => self.hole(node, scope, rule),
            _ if node.kids.is_empty() => node.clone(),
            _ => self.bind_kids(node, scope, rule),
        }
    }

    /// A call of code: what its arguments name needn't be columns.
    fn hole(&mut self, node: &Tree, scope: &mut Scope<'_>, rule: AliasRule) -> Tree {
        let before = self.problems.len();
        let bound = self.bind_kids(node, scope, rule);
        self.problems.iter_mut().skip(before).for_each(|problem| problem.in_code = true);
        bound
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

/// Which argument of a call is a bare date part and never a column. Only calls are listed for which that holds in
/// every engine of the family.
fn unit_argument(function: &str, arguments: usize, family: Family) -> Option<usize> {
    let last = arguments.checked_sub(1)?;
    match function {
        "DATEDIFF" | "DATEADD" | "TIMEDIFF" | "TIMEADD" if arguments == 3 => Some(0),
        "TIMESTAMPADD" | "TIMESTAMPDIFF" if arguments == 3 => Some(0),
        "DATEDIFF_BIG" | "DATEPART" | "DATENAME" | "DATETRUNC" | "DATE_BUCKET" => Some(0),
        "DATE_ADD" | "DATE_SUB" | "DATE_DIFF" if arguments == 3 && family == Family::ClickHouse => Some(0),
        // Spark's grammar has them as `timestampadd` and `timestampdiff` (SqlBaseParser.g4).
        "DATE_ADD" | "DATE_DIFF" if arguments == 3 && matches!(family, Family::Spark | Family::Databricks) => Some(0),
        "DATE_PART" | "DATE_TRUNC" if matches!(family, Family::Snowflake | Family::Redshift) => Some(0),
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
