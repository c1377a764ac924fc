//! How relations are joined, as spelled: sqlglot keeps `LEFT JOIN` and `LEFT OUTER JOIN` apart.

use crate::dialect::{Dialect, Family};
use crate::hash::hash;
use crate::lex::TokenKind;
use crate::resolve::Relation;
use crate::sql::tree::JoinKind;

use super::side::{Side, Subqueries};

impl Side<'_> {
    /// How a relation is joined: the words, which sqlglot keeps apart (`LEFT` and `LEFT OUTER`), and the condition.
    pub(super) fn join(&self, relation: &Relation, subqueries: Subqueries) -> u128 {
        let words = self.join_words(relation);
        let is_natural = words.iter().any(|word| word == "NATURAL");
        let kind = relation.join.as_ref().map(|join| join.kind);
        let written = relation.join.as_ref().filter(|_| !is_natural).map_or(&[][..], |join| &join.condition);
        let condition = self.conditions(written, subqueries, false);
        let may_cross = ["", "INNER", "RIGHT", "RIGHT OUTER"].contains(&words.join(" ").as_str());
        if condition.is_none() && !written.is_empty() && may_cross && self.optimized {
            return hash(("join", vec!["CROSS".to_owned()], None::<JoinKind>, None::<u128>, false));
        }
        // A comma and a JOIN without a condition are one thing: both have no words.
        let is_spelled = !relation.span.is_empty();
        let kind = kind.filter(|kind| !is_spelled || !is_plain(*kind));
        let by_names = !self.optimized && self.is_using(relation);
        hash(("join", words, kind, condition, by_names))
    }

    /// The words between a relation and the one before it, without JOIN itself.
    fn join_words(&self, relation: &Relation) -> Vec<String> {
        const WORDS: &[&str] =
            &["JOIN", "LEFT", "RIGHT", "FULL", "OUTER", "INNER", "CROSS", "NATURAL", "SEMI", "ANTI", "ASOF", "LATERAL"];
        if relation.span.is_empty() {
            return vec![];
        }
        let sql = &self.query.rendered.rendered.sql;
        let before = self.tokens.partition_point(|token| token.start < relation.span.start as usize);
        let mut words: Vec<String> = self
            .tokens
            .get(..before)
            .unwrap_or_default()
            .iter()
            .rev()
            .take_while(|token| token.kind == TokenKind::Word)
            .map(|token| token.text(sql).to_uppercase())
            .take_while(|word| WORDS.contains(&word.as_str()))
            .filter(|word| !matches!(word.as_str(), "JOIN" | "LATERAL"))
            .collect();
        words.reverse();
        let is_behind_comma =
            before.checked_sub(1).and_then(|at| self.tokens.get(at)).is_some_and(|token| token.text(sql) == ",");
        if is_behind_comma && joins_are_equal(self.dialect) {
            words.push("CROSS".to_owned());
        }
        words
    }

    fn is_using(&self, relation: &Relation) -> bool {
        let after = self.tokens.partition_point(|token| token.start < relation.span.end as usize);
        let sql = &self.query.rendered.rendered.sql;
        !relation.span.is_empty() && self.tokens.get(after).is_some_and(|token| token.is_word(sql, "USING"))
    }
}

/// Does sqlglot read a comma as CROSS JOIN (`JOINS_HAVE_EQUAL_PRECEDENCE`)?
fn joins_are_equal(dialect: Dialect) -> bool {
    use Family::*;
    matches!(dialect.family, BigQuery | ClickHouse | Databricks | Hive | Spark | Sqlite)
}

/// Joins whose words say everything.
fn is_plain(kind: JoinKind) -> bool {
    matches!(kind, JoinKind::Inner | JoinKind::Left | JoinKind::Right | JoinKind::Full | JoinKind::Cross)
}
