//! Which clause sees the aliases of the SELECT list, and what wins where a column has the same name.
//!
//! Where an engine's rule isn't certain, both readings are kept.

use crate::dialect::Family;
use crate::sql::tree::{Node, Op, Tree};

use super::Resolver;
use super::scope::{AliasRule, Scope};

impl Resolver<'_> {
    /// In the SELECT list itself: references to earlier items, in ClickHouse to later ones, too (`forward`).
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

    /// The output that a number stands for. Where the number may be a constant, or the place isn't certain, what is
    /// written is kept beside all it may stand for.
    fn place(&mut self, key: &Tree, scope: &Scope<'_>, counts: bool) -> Option<Tree> {
        let number = key.unwrap_parens();
        let Op::Number(text) = &number.op else { return None };
        let at = text.parse::<usize>().ok()?.checked_sub(1)?;
        let outputs = scope.outputs();
        let before = outputs.get(..=at).unwrap_or(outputs);
        if !self.spend(before.len() / 16) {
            return None;
        }
        let is_open = before.iter().any(|output| output.is_open);
        if counts && key.op != Op::Paren && !is_open {
            let value = outputs.get(at)?.value.clone();
            return Some(self.replaced(&value));
        }
        let mut kids = vec![number.clone()];
        match is_open {
            true => kids.extend(outputs.iter().map(|output| self.replaced(&output.value))),
            false => kids.extend(outputs.get(at).map(|output| self.replaced(&output.value))),
        }
        Some(Node::new(Op::Uncertain, kids, key.span))
    }

    /// What a name stands for, in its place. Aliases of aliases of aliases can double it each time.
    pub(super) fn replaced(&mut self, value: &Tree) -> Tree {
        if self.spend(value.size()) { value.clone() } else { Node::leaf(Op::Null, value.span) }
    }

    /// An output without a written name, if the dialect may have given it this one. In DuckDB and ClickHouse only written
    /// names can be asked for in the SELECT itself (ClickHouse 24.5, with both of its analyzers, and 26.9: of `SELECT tup.c, c + 1`
    /// and `SELECT (a), RANK() OVER (ORDER BY a)` the second reads the column, and `SELECT max(a), max + 1` fails).
    pub(super) fn implied_alias(&self, name: &str, scope: &Scope<'_>) -> Option<Tree> {
        if matches!(self.dialect.family, Family::DuckDb | Family::ClickHouse) {
            return None;
        }
        scope.aliases().implied(name).map(|output| output.value.clone())
    }
}
