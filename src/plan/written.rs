//! What sqlglot keeps of how an expression is written, and the canonical tree doesn't.
//!
//! In: an expression of a query, and the query's text. Out: the same with what its text tells: quotes of texts, units of time, functions of
//! a name, ASC and SOME, frames of windows, where NOT stands, columns that aren't found.

use crate::dialect::Family;
use crate::lex::{Token, identifier_text, lex_code};
use crate::sql::tree::{Name, Node, Op, Span, Tree};

use super::side::{Side, Subqueries};
use super::{reading, units};

impl Side<'_> {
    /// sqlglot compares texts in dollars, raw ones and those with escapes by other nodes than plain texts, and without
    /// looking at case, as it does with all that isn't a plain text or a name (`Expression.__hash__`).
    pub(super) fn text(&self, text: &Name, span: Span) -> Op {
        let sql = &self.query.rendered.rendered.sql;
        let at = self.tokens.partition_point(|token| token.start < span.start as usize);
        let written = sql.get(self.tokens.get(at).map_or(0, |token| token.start)..).unwrap_or_default();
        match written.as_bytes() {
            [b'$', ..] | [b'r' | b'R', b'\'' | b'"', ..] => Op::Literal("raw", text.to_lowercase().into()),
            [b'e' | b'E', b'\'', ..] => {
                let written = written.get(1..span.range().len()).unwrap_or_default();
                Op::Literal("bytes", in_any_case_but_escapes(written).into())
            }
            _ => Op::Text(text.clone()),
        }
    }

    /// A unit of time as it is written, also where a column has that name: sqlglot looks at its case.
    pub(super) fn unit(&self, call: &Tree, at: usize, argument: &Tree) -> Option<Tree> {
        let takes_word = units::takes_word(call, at, self.dialect)?;
        let text = self.query.rendered.rendered.sql.get(argument.span.range())?;
        let tokens = lex_code(text, self.dialect.lexical());
        let [only] = tokens.as_slice() else { return None };
        let (word, _) = identifier_text(only, text);
        let op = match &argument.op {
            Op::Text(unit) => {
                let written = text.trim_matches(['\'', '"']);
                Op::Text(if written.eq_ignore_ascii_case(unit) { written.into() } else { unit.clone() })
            }
            Op::Literal("unit", unit) if !word.eq_ignore_ascii_case(unit) => return None,
            Op::Literal("unit", _) => Op::Literal("unit", word.into()),
            Op::Column | Op::Bound(..) | Op::Missing(_) | Op::Uncertain if takes_word => {
                Op::Literal("unit", word.into())
            }
            _ => return None,
        };
        Some(Node::leaf(op, argument.span))
    }

    /// Is an argument of a call an arrow behind a bare name?
    pub(super) fn is_lambda_in(&self, call: &Tree, argument: &Tree) -> bool {
        let is_arrow = matches!(&argument.op, Op::Binary(op) if &**op == "->") && argument.kids.len() == 2;
        let sql = &self.query.rendered.rendered.sql;
        let is_bare = |tree: &Tree| {
            let is_column = matches!(tree.op, Op::Column | Op::Bound(..) | Op::Missing(_) | Op::Uncertain);
            is_column && !sql.get(tree.span.range()).unwrap_or_default().contains('.')
        };
        matches!(call.op, Op::Function(_)) && is_arrow && argument.first().is_some_and(is_bare)
    }

    /// `f(a -> b)`, which sqlglot takes for a function of `a`, whatever it is.
    pub(super) fn lambda(&self, tree: &Tree, subqueries: Subqueries) -> Tree {
        let kids = tree.kids.iter().map(|kid| self.qualified(kid, subqueries)).collect();
        Node::new(Op::Other("lambda".into()), kids, tree.span)
    }

    /// SOME, behind which sqlglot keeps a query without its parentheses.
    pub(super) fn writes_some(&self, tree: &Tree) -> bool {
        let sql = &self.query.rendered.rendered.sql;
        let Some(query) = tree.kids.last() else { return false };
        let before = self.tokens.partition_point(|token| token.start < query.span.start as usize);
        let mut words = self.tokens.get(..before).unwrap_or_default().iter().rev();
        words.find(|token| !token.is_symbol('(')).is_some_and(|token| token.is_word(sql, "SOME"))
    }

    pub(super) fn writes_asc(&self, span: Span) -> bool {
        let text = self.query.rendered.rendered.sql.get(span.range()).unwrap_or_default();
        lex_code(text, self.dialect.lexical()).iter().any(|token| token.text(text).eq_ignore_ascii_case("asc"))
    }

    /// `INTERVAL 2 DAYS`, which sqlglot tells apart from `INTERVAL 2 DAY`.
    pub(super) fn interval(&self, tree: &Tree, done: Tree) -> Tree {
        let Op::Interval(unit) = &done.op else { return done };
        if self.is_regenerated && !reading::writes_plural_units(self.dialect) {
            return done;
        }
        let text = self.query.rendered.rendered.sql.get(tree.span.range()).unwrap_or_default().to_uppercase();
        let plural = format!("{unit}S");
        let is_plural = !unit.is_empty() && text.trim_end_matches('\'').ends_with(&plural);
        if is_plural { Node::new(Op::Interval(plural.into()), done.kids.clone(), done.span) } else { done }
    }

    /// `ROWS n PRECEDING`, which sqlglot tells apart from `ROWS BETWEEN n PRECEDING AND CURRENT ROW`.
    pub(super) fn frame_as_written(&self, tree: &Tree, done: Tree) -> Tree {
        let [call, window] = done.kids.as_slice() else { return done };
        let is_frame = |kid: &Tree| matches!(&kid.op, Op::Frame(bounds) if bounds.ends_with(" AND CURRENT ROW"));
        let Some(at) = window.kids.iter().position(is_frame) else { return done };
        let behind_call = tree.first().map_or(tree.span.start, |call| call.span.end) as usize;
        let text = self.query.rendered.rendered.sql.get(behind_call..tree.span.end as usize).unwrap_or_default();
        let tokens = lex_code(text, self.dialect.lexical());
        let unit = |token: &Token| ["ROWS", "RANGE", "GROUPS"].into_iter().any(|unit| token.is_word(text, unit));
        let follows = tokens.iter().rposition(unit).and_then(|at| tokens.get(at + 1));
        if follows.is_none_or(|token| token.is_word(text, "BETWEEN")) {
            return done;
        }
        let mut kids = window.kids.clone();
        if let Some(frame) = kids.get_mut(at)
            && let Op::Frame(bounds) = &frame.op
        {
            *frame = Node::new(Op::Frame(format!("{bounds} (short)").into()), frame.kids.clone(), frame.span);
        }
        done.with_kids(vec![call.clone(), window.with_kids(kids)])
    }

    /// `NOT LIKE` and `IS NOT DISTINCT FROM`, which sqlglot tells apart from NOT before a LIKE and before `IS DISTINCT FROM`.
    pub(super) fn negated(&self, tree: &Tree, done: Tree) -> Tree {
        let Some(inner) = done.first().filter(|_| self.is_negated_inside(tree)) else { return done };
        if let (Some(Op::Is(_) | Op::IsNull), Op::Binary(_), [left, right]) =
            (tree.first().map(|kid| &kid.op), &inner.op, inner.kids.as_slice())
        {
            return inner.with_kids(vec![left.clone(), Node::new(Op::Not, vec![right.clone()], tree.span)]);
        }
        let op = match inner.op {
            Op::Like("LIKE") if self.dialect.family != Family::Snowflake => Op::Like("NOT LIKE"),
            Op::Like("ILIKE") if self.dialect.family != Family::Snowflake => Op::Like("NOT ILIKE"),
            Op::IsDistinct => Op::Binary("<=>".into()),
            _ => return done,
        };
        Node::new(op, inner.kids.clone(), tree.span)
    }

    /// Does the NOT stand behind the first operand of what it negates?
    fn is_negated_inside(&self, tree: &Tree) -> bool {
        let Some((operand, inner)) = tree.first().and_then(|inner| Some((inner.first()?, inner))) else { return false };
        let end = inner.kids.get(1).map_or(tree.span.end, |second| second.span.start) as usize;
        let first = self.tokens.partition_point(|token| token.start < operand.span.end as usize);
        let between = self.tokens.get(first..).unwrap_or_default().iter().take_while(|token| token.start < end);
        let sql = &self.query.rendered.rendered.sql;
        between.into_iter().any(|token| token.is_word(sql, "NOT"))
    }

    /// A column that isn't found, or in more than one place, as written.
    pub(super) fn unbound(&self, tree: &Tree) -> Option<Tree> {
        let parts = self.written(tree.span)?.into_iter();
        Some(Node::new(Op::Column, parts.map(|part| Node::leaf(Op::Ident(part), tree.span)).collect(), tree.span))
    }

    /// The parts of a column's name as written there.
    pub(super) fn written(&self, span: Span) -> Option<Vec<Name>> {
        let text = self.query.rendered.rendered.sql.get(span.range()).filter(|text| !text.is_empty())?;
        let tokens = lex_code(text, self.dialect.lexical());
        let names = tokens.iter().filter(|token| !token.is_symbol('.'));
        let name = |token: &Token| -> Name {
            let (name, quoted) = identifier_text(token, text);
            self.dialect.normalize(&name, quoted).into()
        };
        Some(names.map(name).collect())
    }
}

/// A text with escapes, in lower case but for the letters that mean a character behind a backslash.
fn in_any_case_but_escapes(written: &str) -> String {
    let mut text = String::new();
    let mut letters = written.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            ('\\', Some(next @ ('a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\'))) => {
                text.extend(['\0', *next]);
                letters.next();
            }
            _ => text.extend(letter.to_lowercase()),
        }
    }
    text
}
