//! How relations are joined, as spelled: sqlglot keeps `LEFT JOIN` and `LEFT OUTER JOIN` apart.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::dialect::{Dialect, Family};
use crate::hash::hash;
use crate::lex::{Token, TokenKind, identifier_text};
use crate::resolve::{Output, Relation, Select};
use crate::sql::tree::{JoinKind, Name, Node, Op};

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
        !self.behind(relation).is_empty()
    }

    /// What stands from the word USING on behind a relation; nothing without it.
    fn behind(&self, relation: &Relation) -> &[Token] {
        let after = self.tokens.partition_point(|token| token.start < relation.span.end as usize);
        let sql = &self.query.rendered.rendered.sql;
        let rest = self.tokens.get(after..).unwrap_or_default();
        let is_using = !relation.span.is_empty() && rest.first().is_some_and(|token| token.is_word(sql, "USING"));
        if is_using { rest } else { &[] }
    }

    /// The relations whose columns of one name USING has merged (`_expand_using`).
    pub(super) fn merged(&self, select: &Select) -> BTreeMap<Name, Vec<u32>> {
        let mut found: BTreeMap<Name, Vec<u32>> = BTreeMap::new();
        for (at, relation) in (0..).zip(&select.relations) {
            for name in self.using(relation) {
                let merged = found.entry(name.clone()).or_default();
                if merged.is_empty() {
                    let before = (0..at).zip(&select.relations);
                    merged
                        .extend(before.filter(|(_, other)| other.schema.get(&name).is_some()).map(|(at, _)| at).next());
                }
                merged.push(at);
            }
        }
        found
    }

    fn using(&self, relation: &Relation) -> Vec<Name> {
        let sql = &self.query.rendered.rendered.sql;
        let [_, open, names @ ..] = self.behind(relation) else { return vec![] };
        if !open.is_symbol('(') {
            return vec![];
        }
        let names = names.iter().take_while(|token| !token.is_symbol(')')).filter(|token| !token.is_symbol(','));
        let name = |token: &Token| -> Name {
            let (name, quoted) = identifier_text(token, sql);
            self.dialect.normalize(&name, quoted).into()
        };
        names.map(name).collect()
    }

    /// A column of a star as sqlglot expands it: one that USING has merged is that of all its tables, also behind `t.*`, and
    /// comes once. `None` where it came already.
    pub(super) fn expanded<'o>(
        &self,
        output: &'o Output,
        merged: &BTreeMap<Name, Vec<u32>>,
        seen: &mut BTreeSet<Name>,
    ) -> Option<Cow<'o, Output>> {
        let is_whole = matches!(&output.value.op, Op::Function(name) if &**name == "COALESCE");
        if is_whole && merged.contains_key(&output.name) {
            seen.insert(output.name.clone());
        }
        let Op::Bound(block, relation, name) = &output.value.op else { return Some(Cow::Borrowed(output)) };
        let Some(tables) = merged.get(name).filter(|tables| tables.contains(relation)) else {
            return Some(Cow::Borrowed(output));
        };
        let span = output.value.span;
        let columns = tables.iter().map(|table| Node::leaf(Op::Bound(*block, *table, name.clone()), span)).collect();
        let value = Node::new(Op::Function("COALESCE".into()), columns, span);
        seen.insert(name.clone()).then(|| Cow::Owned(Output { value, ..output.clone() }))
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
