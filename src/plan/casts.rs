//! Casts and the types that they name, as sqlglot reads them.
//!
//! The canonical tree has the dialect's own type, whatever it is called; sqlglot keeps apart what a dialect doesn't
//! (Snowflake's TEXT and VARCHAR) and reads as one what it does. So a type is read again from the text.

use crate::belief;
use crate::dialect::Family;
use crate::lex::{TokenKind, lex_code};
use crate::sql::tree::{Node, Op, Tree};

use super::reading;
use super::side::Side;

impl Side<'_> {
    /// A cast as sqlglot has it; `tree` is that of the query, `done` the one with its operands qualified.
    pub(super) fn cast(&self, tree: &Tree, done: Tree) -> Tree {
        let (Op::Cast(is_safe), Some(value)) = (&tree.op, tree.first()) else { return done };
        let [operand, of, rest @ ..] = done.kids.as_slice() else { return done };
        let sql = &self.query.rendered.rendered.sql;
        let behind = sql.get(value.span.end as usize..tree.span.end as usize).unwrap_or_default();
        let (text, is_literal) = match self.behind_as(behind) {
            Some(text) => (text, false),
            None => match self.word_before(value) {
                Some(text) => (text, true),
                None => return done,
            },
        };
        let of = match self.kind_of(text) {
            Some(kind) => Node::leaf(Op::Type(kind.into()), of.span),
            None => of.clone(),
        };
        if is_literal {
            // A literal with a type (`TIMESTAMP '…'`) is a cast, and never one that gives NULL, until it is written as CAST.
            let is_safe = self.is_regenerated && reading::casts_are_safe(self.dialect);
            return Node::new(Op::Cast(is_safe), vec![operand.clone(), of], tree.span);
        }
        // Where CAST itself gives NULL, sqlglot still tells it from TRY_CAST.
        let op = match *is_safe && reading::casts_are_safe(self.dialect) {
            true => Op::Other("TRY_CAST".into()),
            false => Op::Cast(*is_safe || reading::casts_are_safe(self.dialect)),
        };
        Node::new(op, [&[operand.clone(), of], rest].concat(), tree.span)
    }

    /// sqlglot's type for a text; `None` if the tables don't know it.
    pub(super) fn kind_of(&self, text: &str) -> Option<String> {
        let kind = self.regenerated_type(belief::parse(text.trim(), self.dialect)).spelled_out()?;
        let has_text_only = matches!(self.dialect.family, Family::Databricks | Family::Hive | Family::Spark);
        // `max` is a word like MAX.
        let kind = if kind.contains(['<', ' ']) { kind } else { kind.to_uppercase() };
        // Whatever the length: it counts where columns are defined, and nowhere else.
        let base = kind.split('(').next().unwrap_or(&kind);
        let is_text = matches!(base, "VARCHAR" | "CHAR" | "NVARCHAR" | "BPCHAR");
        Some(if has_text_only && is_text { "TEXT".to_owned() } else { kind })
    }

    /// The type behind `AS` or `::`.
    fn behind_as<'t>(&self, text: &'t str) -> Option<&'t str> {
        let tokens = lex_code(text, self.dialect.lexical());
        let at = tokens.iter().position(|token| token.is_word(text, "AS") || token.is_symbol(':'))?;
        let (first, rest) = tokens.get(at..)?.split_first()?;
        if first.is_symbol(':') {
            let second = rest.first().filter(|token| token.is_symbol(':'))?;
            return text.get(second.end..);
        }
        // The last bracket is that of the call. What a FORMAT says isn't part of the type.
        let last = tokens.last().filter(|token| token.is_symbol(')'))?;
        let has_format = rest.iter().any(|token| token.is_word(text, "FORMAT"));
        text.get(first.end..last.start).filter(|_| !has_format)
    }

    /// The word before a literal that is cast by it.
    fn word_before(&self, value: &Tree) -> Option<&str> {
        let sql = &self.query.rendered.rendered.sql;
        let at = self.tokens.partition_point(|token| token.start < value.span.start as usize).checked_sub(1)?;
        let word = self.tokens.get(at).filter(|token| token.kind == TokenKind::Word)?;
        matches!(value.op, Op::Text(_)).then(|| word.text(sql))
    }
}
