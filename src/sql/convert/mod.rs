//! From sqlparser's syntax tree to the canonical tree. sqlparser's types end here.
//!
//! In: a parsed query, its text, the dialect. Out: a [`Tree`]. Every part of the syntax tree goes into the result:
//! what has no operator of its own becomes `Op::Other` with a text that tells it apart. Recursion is as deep as
//! the parser's limit; chains of one operator, which the parser builds without limit, are flattened in a loop.

mod access;
mod arrow;
mod cast;
mod collection;
mod expression;
mod function;
mod literal;
mod marks;
mod named;
mod order;
mod pipe;
mod predicate;
mod query;
mod relation;
mod spans;
mod special;
mod types;

use sqlparser::ast::{Ident, ObjectName, ObjectNamePart, Query};
use sqlparser::tokenizer::{Location, Span as ParserSpan};

use crate::dialect::{Dialect, Family};

use super::dialect::tokens::SYNTAX_MARK;
use super::parse::Offsets;
use super::tree::{Name, Node, Op, Span, Tree};
pub use named::is_named_expression;
use spans::Brackets;
pub use types::canonical_text as canonical_type;

/// Converts a parsed query. `sql` must be the text that was parsed.
pub fn convert_query(query: &Query, sql: &str, dialect: Dialect, offsets: Offsets) -> Tree {
    Converter::new(sql, dialect, offsets).query(query)
}

/// Converts a parsed expression. `sql` must be the text that was parsed.
pub fn convert_expression(expression: &sqlparser::ast::Expr, sql: &str, dialect: Dialect, offsets: Offsets) -> Tree {
    Converter::new(sql, dialect, offsets).expression(expression)
}

/// Carries what every conversion needs.
struct Converter<'s> {
    dialect: Dialect,
    offsets: Offsets,
    brackets: Brackets<'s>,
}

impl<'s> Converter<'s> {
    fn new(sql: &'s str, dialect: Dialect, offsets: Offsets) -> Self {
        Converter { dialect, offsets, brackets: Brackets::new(sql, dialect) }
    }

    /// A node that covers its children.
    fn node(&self, op: Op, kids: Vec<Tree>) -> Tree {
        let span = covering(&kids);
        Node::new(op, kids, span)
    }

    /// A node with a span of its own.
    fn node_at(&self, op: Op, kids: Vec<Tree>, span: Span) -> Tree {
        Node::new(op, kids, span)
    }

    /// A node whose text has no place of its own: a missing or implied part.
    fn implied(&self, op: Op) -> Tree {
        Node::leaf(op, Span::default())
    }

    fn span(&self, span: ParserSpan) -> Span {
        let offset = |location: Location| self.offsets.offset(location);
        match (offset(span.start), offset(span.end)) {
            (Some(start), Some(end)) => Span::new(start, end),
            _ => Span::default(),
        }
    }

    fn normalized(&self, ident: &Ident) -> Name {
        self.dialect.normalize(&ident.value, ident.quote_style.is_some()).into()
    }

    fn ident(&self, ident: &Ident) -> Tree {
        if ident.value.starts_with(SYNTAX_MARK) {
            // Not a name: it stands for syntax that the parser lacks.
            return self.implied(Op::Modifier(ident.value.as_str().into()));
        }
        Node::leaf(Op::Ident(self.normalized(ident)), self.span(ident.span))
    }

    fn idents<'i>(&self, idents: impl IntoIterator<Item = &'i Ident>) -> Vec<Tree> {
        idents.into_iter().map(|ident| self.ident(ident)).collect()
    }

    /// The parts of a name that isn't a table's: a column's, a function's.
    fn name_parts(&self, name: &ObjectName) -> Vec<Tree> {
        name.0.iter().map(|part| self.name_part(part)).collect()
    }

    fn name_part(&self, part: &ObjectNamePart) -> Tree {
        match part {
            ObjectNamePart::Identifier(ident) => self.ident(ident),
            ObjectNamePart::Function(function) => {
                let arguments = function.args.iter().map(|argument| self.argument(argument)).collect();
                self.node(Op::Function(function.name.value.to_uppercase().into()), arguments)
            }
        }
    }

    /// A table's name; BigQuery lets one pair of backticks hold several parts.
    fn table_name(&self, name: &ObjectName) -> Tree {
        let mut parts: Vec<(String, bool, Span)> = Vec::new();
        let mut computed = Vec::new();
        for part in &name.0 {
            match part {
                ObjectNamePart::Identifier(ident) => self.split_table_part(ident, &mut parts),
                ObjectNamePart::Function(_) => computed.push(self.name_part(part)),
            }
        }
        let qualified = parts.len() > 1;
        let mut kids: Vec<Tree> = parts
            .into_iter()
            .map(|(text, quoted, span)| {
                let name = self.dialect.normalize_table(&text, quoted, qualified);
                Node::leaf(Op::Ident(name.into()), span)
            })
            .collect();
        if computed.is_empty() {
            return self.node(Op::Table, kids);
        }
        kids.extend(computed);
        self.node(Op::TableFunction("IDENTIFIER".into()), kids)
    }

    fn split_table_part(&self, ident: &Ident, parts: &mut Vec<(String, bool, Span)>) {
        let span = self.span(ident.span);
        let quoted = ident.quote_style.is_some();
        if quoted && self.dialect.family == Family::BigQuery && ident.value.contains('.') {
            parts.extend(ident.value.split('.').map(|piece| (piece.to_owned(), true, span)));
        } else {
            parts.push((ident.value.clone(), quoted, span));
        }
    }
}

/// The span that covers all of these.
fn covering<'t>(kids: impl IntoIterator<Item = &'t Tree>) -> Span {
    kids.into_iter().fold(Span::default(), |span, kid| span.cover(kid.span))
}
