//! Expressions as sqlglot's `qualify` leaves them.
//!
//! In: an expression of a resolved query. Out: the same with columns as alias and name, functions under their common
//! names, subqueries and calls of macros as hashes. Without SQLMesh's optimizer columns stay as written.

use std::sync::Arc;

use crate::lex::{Token, TokenKind, identifier_text, lex_code};
use crate::resolve::{BlockId, BlockKind};
use crate::sql::tree::{Name, Node, Op, Span, Tree};

use super::side::{Side, Subqueries};
use super::simplify::boolean_mark;
use super::{functions, reading};

/// How deep an expression may nest, aliases put in, before the rest is compared as it stands.
const MAX_DEPTH: usize = 300;

impl Side<'_> {
    /// The expression with columns as names, functions under their common names, holes by what they stand for.
    pub(super) fn qualified(&self, tree: &Tree, subqueries: Subqueries) -> Tree {
        let key = Arc::as_ptr(tree) as usize;
        let memo = usize::from(subqueries == Subqueries::Exact);
        if let Some(done) = self.qualified.borrow()[memo].get(&key) {
            return done.clone();
        }
        if self.depth.get() >= MAX_DEPTH {
            return Node::leaf(Op::Other(format!("deep {:x}", tree.fingerprint()).into()), tree.span);
        }
        self.depth.set(self.depth.get() + 1);
        // A length that means nothing to the dialect means nothing to sqlglot.
        let read = if let Op::Type(_) = tree.op { &[][..] } else { &tree.kids };
        let kids: Vec<Tree> = read.iter().map(|kid| self.qualified(kid, subqueries)).collect();
        self.depth.set(self.depth.get() - 1);
        let done = reading::spelled(&Node::new(self.operator(tree, subqueries), kids, tree.span));
        let done = match &tree.op {
            Op::Bound(block, relation, name) => self.column(tree, *block, *relation, name),
            Op::Missing(_) | Op::Uncertain => self.unbound(tree).unwrap_or(done),
            Op::Cast(_) => self.cast(tree, done),
            Op::Not => self.negated_like(tree, done),
            Op::Function(name) if &**name == "POSITION" => self.position(done),
            Op::Window => self.frame_as_written(tree, done),
            _ => done,
        };
        self.qualified.borrow_mut()[memo].insert(key, done.clone());
        done
    }

    fn operator(&self, tree: &Tree, subqueries: Subqueries) -> Op {
        match &tree.op {
            Op::Nested(id) if subqueries == Subqueries::Exact => {
                Op::Other(format!("query {:x}", self.block(*id)).into())
            }
            Op::Nested(_) => Op::Other("query".into()),
            Op::Hole(number) => {
                let print = self.query.rendered.holes.get(*number as usize).copied().unwrap_or_default();
                Op::Other(format!("hole {print:x}").into())
            }
            Op::Function(name) => {
                let arguments = tree.kids.iter().filter(|kid| kid.op != Op::Distinct).count();
                match functions::canonical(name, arguments, self.dialect) {
                    "MOD" if arguments == 2 => Op::Binary("%".into()),
                    name => Op::Function(name.into()),
                }
            }
            Op::Binary(op) if &**op == "/" => Op::Binary(format!("/ {:?}", reading::division(self.dialect)).into()),
            // Where CAST itself gives NULL, sqlglot still tells it from TRY_CAST.
            Op::Cast(true) if reading::casts_are_safe(self.dialect) => Op::Other("TRY_CAST".into()),
            Op::Cast(safe) => Op::Cast(*safe || reading::casts_are_safe(self.dialect)),
            Op::Type(name) => Op::Type(reading::data_type(name, self.dialect).into()),
            Op::OrderItem(descending, nulls) => {
                let first = nulls.unwrap_or_else(|| reading::nulls_first(self.dialect, *descending));
                // sqlglot has `desc=False` for ASC and nothing where neither is written.
                match self.strict && self.writes_asc(tree.span) {
                    true => Op::Other(format!("ASC, NULLs first: {first}").into()),
                    false => Op::OrderItem(*descending, Some(first)),
                }
            }
            op => op.clone(),
        }
    }

    fn writes_asc(&self, span: Span) -> bool {
        let text = self.query.rendered.rendered.sql.get(span.range()).unwrap_or_default();
        lex_code(text, self.dialect.lexical()).iter().any(|token| token.text(text).eq_ignore_ascii_case("asc"))
    }

    fn column(&self, tree: &Tree, block: BlockId, relation: u32, name: &Name) -> Tree {
        let found = self.resolved.block(block).and_then(|block| match &block.kind {
            BlockKind::Select(select) => select.relations.get(relation as usize),
            _ => None,
        });
        let written = if self.optimized { None } else { self.written(tree.span) };
        let parts = written.unwrap_or_else(|| {
            let alias = found.and_then(|relation| relation.alias.clone());
            alias.into_iter().chain([name.clone()]).collect()
        });
        let mut kids: Vec<Tree> = parts.into_iter().map(|part| Node::leaf(Op::Ident(part), tree.span)).collect();
        let data_type = found.and_then(|relation| relation.schema.get(name)?.data_type.as_deref());
        kids.extend((self.optimized && data_type == Some("BOOLEAN")).then(|| boolean_mark(tree.span)));
        Node::new(Op::Column, kids, tree.span)
    }

    /// `POSITION(a IN b)` is the function that looks for `a` in `b`.
    fn position(&self, done: Tree) -> Tree {
        let [sought, within] = done.kids.as_slice() else { return done };
        match (&within.op, within.kids.as_slice()) {
            (Op::NamedArgument(name), [text]) if &**name == "IN" => {
                let name = functions::canonical("STRPOS", 2, self.dialect);
                Node::new(Op::Function(name.into()), vec![text.clone(), sought.clone()], done.span)
            }
            _ => done,
        }
    }

    /// `ROWS n PRECEDING`, which sqlglot tells apart from `ROWS BETWEEN n PRECEDING AND CURRENT ROW`.
    fn frame_as_written(&self, tree: &Tree, done: Tree) -> Tree {
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

    /// `NOT LIKE`, which sqlglot tells apart from NOT before a LIKE.
    fn negated_like(&self, tree: &Tree, done: Tree) -> Tree {
        let starts = |span: Span| self.tokens.partition_point(|token| token.start < span.start as usize);
        let sql = &self.query.rendered.rendered.sql;
        let is_before = self.tokens.get(starts(tree.span)).is_some_and(|token| token.is_word(sql, "NOT"));
        match done.first().map(|like| (&like.op, like)) {
            Some((Op::Like("LIKE"), like)) if !is_before => {
                Node::new(Op::Like("NOT LIKE"), like.kids.clone(), tree.span)
            }
            Some((Op::Like("ILIKE"), like)) if !is_before => {
                Node::new(Op::Like("NOT ILIKE"), like.kids.clone(), tree.span)
            }
            _ => done,
        }
    }

    /// A cast to the type that is written, where sqlglot keeps types apart that the dialect doesn't. A literal with a type
    /// (`TIMESTAMP '…'`) is a cast to it.
    fn cast(&self, tree: &Tree, done: Tree) -> Tree {
        if let [value, of, mark] = done.kids.as_slice()
            && mark.op == Op::Modifier("LITERAL".into())
        {
            return Node::new(Op::Cast(false), vec![value.clone(), of.clone()], tree.span);
        }
        let (Some(value), [x, of, rest @ ..]) = (tree.first(), done.kids.as_slice()) else { return done };
        let text = self.query.rendered.rendered.sql.get(value.span.end as usize..tree.span.end as usize);
        let tokens = lex_code(text.unwrap_or_default(), self.dialect.lexical());
        let written = tokens.iter().rev().find(|token| token.kind == TokenKind::Word);
        let read = written.and_then(|token| reading::written_type(token.text(text?), self.dialect));
        match read {
            Some(name) => {
                let of = Node::leaf(Op::Type(name.into()), of.span);
                done.with_kids([&[x.clone(), of], rest].concat())
            }
            None => done,
        }
    }

    /// A column that isn't found, or in more than one place, as written.
    fn unbound(&self, tree: &Tree) -> Option<Tree> {
        let parts = self.written(tree.span)?.into_iter();
        Some(Node::new(Op::Column, parts.map(|part| Node::leaf(Op::Ident(part), tree.span)).collect(), tree.span))
    }

    /// The parts of a column's name as written there.
    fn written(&self, span: Span) -> Option<Vec<Name>> {
        let text = self.query.rendered.rendered.sql.get(span.range()).filter(|text| !text.is_empty())?;
        let tokens = lex_code(text, self.dialect.lexical());
        let names = tokens.iter().filter(|token| !token.is_symbol('.'));
        let name = |token: &Token| -> Name {
            let (name, quoted) = identifier_text(token, text);
            self.dialect.normalize(&name, quoted).into()
        };
        Some(names.map(name).collect())
    }

    /// How many nodes the expression has, written out.
    pub(super) fn size(&self, tree: &Tree) -> u64 {
        if tree.kids.is_empty() {
            return 1;
        }
        if let Some(size) = self.sizes.borrow().get(&tree.fingerprint()) {
            return *size;
        }
        let size = tree.kids.iter().fold(1u64, |sum, kid| sum.saturating_add(self.size(kid)));
        let (copied, times) = doubled(tree);
        let size = size.saturating_add(copied.map_or(0, |kid| self.size(kid)).saturating_mul(times));
        self.sizes.borrow_mut().insert(tree.fingerprint(), size);
        size
    }
}

/// What simplifying writes out more than once, and how many times more.
fn doubled(tree: &Tree) -> (Option<&Tree>, u64) {
    match &tree.op {
        Op::Between => (tree.first(), 1),
        Op::Case => (tree.first().filter(|kid| kid.op == Op::Operand), tree.kids.len() as u64),
        Op::Binary(_) => (tree.first().filter(|kid| matches!(kid.op, Op::Function(_))), 1),
        _ => (None, 0),
    }
}
