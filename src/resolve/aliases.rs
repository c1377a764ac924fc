//! Which clause sees the aliases of the SELECT list, and what wins where a column has the same name.
//!
//! Where an engine's rule isn't certain, both readings are kept.

use crate::dialect::Family;
use crate::sql::tree::{Name, Node, Op, Span, Tree};

use super::scope::{AliasRule, Scope};
use super::{MAX_COPIED, ProblemKind, Resolver};

impl Resolver<'_> {
    /// In the SELECT list itself: references to earlier items.
    pub(super) fn projection_alias_rule(&self) -> AliasRule {
        match self.dialect.family {
            Family::ClickHouse | Family::Teradata => AliasRule::Either,
            _ => AliasRule::ColumnsFirst,
        }
    }

    /// In WHERE.
    pub(super) fn filter_alias_rule(&self) -> AliasRule {
        use Family::*;
        match self.dialect.family {
            DuckDb | Snowflake | Redshift | Databricks => AliasRule::ColumnsFirst,
            ClickHouse | Teradata => AliasRule::Either,
            _ => AliasRule::Hidden,
        }
    }

    /// In GROUP BY.
    pub(super) fn group_alias_rule(&self) -> AliasRule {
        use Family::*;
        match self.dialect.family {
            DuckDb | Snowflake | Redshift | Databricks | Spark | Postgres | Materialize | RisingWave => {
                AliasRule::ColumnsFirst
            }
            _ => AliasRule::Either,
        }
    }

    /// In QUALIFY.
    pub(super) fn qualify_alias_rule(&self) -> AliasRule {
        match self.dialect.family {
            Family::DuckDb | Family::Snowflake => AliasRule::ColumnsFirst,
            _ => AliasRule::Either,
        }
    }

    /// In an expression of ORDER BY that is more than a name.
    fn order_expression_alias_rule(&self) -> AliasRule {
        match self.dialect.family {
            Family::DuckDb => AliasRule::AliasesFirst,
            _ => AliasRule::Either,
        }
    }

    /// A key of ORDER BY or DISTINCT ON: a number stands for the output at that place, a name for an alias first.
    pub(super) fn order_key(&mut self, key: &Tree, scope: &mut Scope<'_>) -> Tree {
        if let Some(place) = self.place(key, scope, true) {
            return place;
        }
        let is_name = key.op == Op::Column && key.kids.len() == 1;
        let rule = if is_name { AliasRule::AliasesFirst } else { self.order_expression_alias_rule() };
        self.bind(key, scope, rule)
    }

    /// A key of GROUP BY.
    pub(super) fn group_key(&mut self, key: &Tree, scope: &mut Scope<'_>) -> Tree {
        use Family::*;
        let counts = !matches!(self.dialect.family, Oracle | Hive | TSql | Fabric);
        match self.place(key, scope, counts) {
            Some(place) => place,
            None => self.bind(key, scope, self.group_alias_rule()),
        }
    }

    /// Keys in brackets: whether a number among them is a place isn't certain.
    pub(super) fn nested_set(&mut self, set: &Tree, scope: &mut Scope<'_>) -> Tree {
        match set.op {
            Op::Tuple | Op::Rollup | Op::Cube | Op::GroupingSets => {
                let kids = set.kids.iter().map(|kid| self.nested_set(kid, scope)).collect();
                set.with_kids(kids)
            }
            _ => match self.place(set, scope, false) {
                Some(place) => place,
                None => self.bind(set, scope, self.group_alias_rule()),
            },
        }
    }

    /// The output that a number stands for. Where the number may be a constant, or the place isn't certain, what is
    /// written is kept beside all it may stand for.
    fn place(&mut self, key: &Tree, scope: &Scope<'_>, counts: bool) -> Option<Tree> {
        let number = key.unwrap_parens();
        let Op::Number(text) = &number.op else { return None };
        let at = text.parse::<usize>().ok()?.checked_sub(1)?;
        let before = scope.aliases.get(..=at).unwrap_or(&scope.aliases);
        let certain = counts && key.op != Op::Paren && !before.iter().any(|output| output.is_open);
        if certain {
            return scope.aliases.get(at).map(|output| output.value.clone());
        }
        let mut kids = vec![number.clone()];
        match before.iter().any(|output| output.is_open) {
            true => kids.extend(scope.aliases.iter().map(|output| output.value.clone())),
            false => kids.extend(scope.aliases.get(at).map(|output| output.value.clone())),
        }
        Some(Node::new(Op::Uncertain, kids, key.span))
    }

    /// What an alias stands for, in the place of its name.
    pub(super) fn inlined(&mut self, value: Tree, span: Span) -> Tree {
        let mut count = 0;
        let left = MAX_COPIED.saturating_sub(self.copied);
        value.walk(&mut |_| {
            count += 1;
            count <= left
        });
        if count > left {
            let what = "aliases that refer to aliases grow too large".to_owned();
            self.problem(ProblemKind::NotUnderstood { what }, span);
            return Node::leaf(Op::Missing("".into()), span);
        }
        self.copied += count;
        value
    }

    /// An output without a written name, if the dialect may have given it this one.
    pub(super) fn implied_alias(&self, name: &str, scope: &Scope<'_>) -> Option<Tree> {
        if self.dialect.family == Family::DuckDb {
            return None;
        }
        let outputs = scope.aliases.iter().filter(|output| output.is_unnamed && !output.is_open);
        let is_implied = |value: &Tree| !matches!(value.op, Op::Number(_) | Op::Text(_));
        outputs.filter(|output| is_implied(&output.value)).find(|output| implies(output, name)).map(|o| o.value.clone())
    }
}

/// Postgres names `lower(x)` lower, `x::INT` x, a CASE case.
fn implies(output: &super::Output, name: &str) -> bool {
    let is_call = |function: &Name| function.eq_ignore_ascii_case(name);
    *output.name == *name || matches!(&output.value.op, Op::Function(function) if is_call(function))
}
