//! Queries that don't parse as a whole: what isn't understood becomes one opaque node, and the rest is read.
//!
//! In: a text that the parser refused, and where. Out: its tree, in which the smallest expression or relation around
//! each such place is an [`Op::Opaque`] node that holds all tokens of it; or nothing, where that doesn't make the text
//! readable. Each try replaces more than the one before or at another place; there are few tries, so the time is linear.
//!
//! An opaque node with [`Op::Column`] children is an expression: it may read what these names mean, and nothing else.
//! One with [`Op::Table`] children may be anything.

mod gap;

use std::ops::Range;

use crate::dialect::Dialect;
use crate::lex::{Token, TokenKind, identifier_text, lex_code};

use super::convert;
use super::parse::{self, ParseFailure};
use super::tree::{Node, Op, Span, Tree};

/// How many times a text is parsed again.
const TRIES: usize = 12;

/// A longer text isn't tried.
const LONGEST: usize = 1 << 20;

/// What stands for a part that isn't understood begins so; a text that has it already isn't tried.
const PLACEHOLDER: &str = "__u";

/// Words that are a column's name in no dialect.
const NO_COLUMNS: &[&str] = &[
    "AND", "AS", "BETWEEN", "CASE", "CAST", "DISTINCT", "ELSE", "END", "IN", "IS", "LIKE", "NOT", "NULL", "OR", "THEN",
    "WHEN",
];

/// The tree of a query that isn't understood everywhere.
pub(super) fn query_with_gaps(sql: &str, dialect: Dialect, failure: ParseFailure) -> Result<Tree, ParseFailure> {
    if sql.len() > LONGEST || sql.to_ascii_lowercase().contains(PLACEHOLDER) {
        return Err(failure);
    }
    let text = Text { sql, tokens: lex_code(sql, dialect.lexical()), dialect };
    text.read(&failure).ok_or(failure)
}

/// A part of the text that isn't understood.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Gap {
    /// Its tokens.
    tokens: Range<usize>,
    /// Nothing but an expression can stand there.
    is_expression: bool,
}

struct Text<'s> {
    sql: &'s str,
    tokens: Vec<Token>,
    dialect: Dialect,
}

impl Text<'_> {
    fn read(&self, failure: &ParseFailure) -> Option<Tree> {
        let mut gaps: Vec<Gap> = Vec::new();
        let mut at = failure.start;
        for _ in 0..TRIES {
            let gap = self.smallest(at, &gaps)?;
            gaps.retain(|known| known.tokens.end <= gap.tokens.start || gap.tokens.end <= known.tokens.start);
            gaps.push(gap);
            let replaced = self.replaced(&gaps)?;
            match parse::parse_query(&replaced, self.dialect) {
                Ok(parsed) => {
                    let tree = convert::convert_query(&parsed.tree, &replaced, self.dialect, parsed.offsets);
                    return self.filled(&tree, &gaps);
                }
                Err(failure) => at = failure.start,
            }
        }
        None
    }

    /// The text with a call in place of each gap, as long as the gap, so that every other place stays what it is.
    fn replaced(&self, gaps: &[Gap]) -> Option<String> {
        let mut text = self.sql.to_owned();
        for (number, gap) in gaps.iter().enumerate() {
            let range = self.bytes(&gap.tokens)?;
            let call = format!("{PLACEHOLDER}{number}()");
            let padding = range.len().checked_sub(call.len())?;
            text.replace_range(range, &format!("{}{})", &call[..call.len() - 1], " ".repeat(padding)));
        }
        Some(text)
    }

    fn bytes(&self, tokens: &Range<usize>) -> Option<Range<usize>> {
        let first = self.tokens.get(tokens.start)?;
        let last = self.tokens.get(tokens.end.checked_sub(1)?)?;
        Some(first.start..last.end)
    }

    /// The tree with the gaps' own tokens in place of the calls; nothing if one isn't found.
    fn filled(&self, tree: &Tree, gaps: &[Gap]) -> Option<Tree> {
        let mut found = vec![false; gaps.len()];
        let tree = self.fill(tree, gaps, &mut found);
        found.into_iter().all(|found| found).then_some(tree)
    }

    fn fill(&self, node: &Tree, gaps: &[Gap], found: &mut [bool]) -> Tree {
        let number = |name: &str| -> Option<usize> {
            let name = name.to_ascii_lowercase();
            name.strip_prefix(PLACEHOLDER)?.parse().ok()
        };
        let gap = match &node.op {
            Op::Function(name) | Op::TableFunction(name) => number(name),
            _ => None,
        };
        if let Some(number) = gap
            && let (Some(gap), Some(found)) = (gaps.get(number), found.get_mut(number))
        {
            *found = true;
            return self.opaque(gap, matches!(node.op, Op::Function(_)));
        }
        let kids: Vec<Tree> = node.kids.iter().map(|kid| self.fill(kid, gaps, found)).collect();
        let is_same = kids.iter().zip(&node.kids).all(|(new, old)| std::sync::Arc::ptr_eq(new, old));
        if is_same { node.clone() } else { node.with_kids(kids) }
    }

    fn opaque(&self, gap: &Gap, is_value: bool) -> Tree {
        let range = self.bytes(&gap.tokens).unwrap_or_default();
        let span = Span::new(range.start, range.end);
        let tokens = self.tokens.get(gap.tokens.clone()).unwrap_or_default();
        let text = self.text_of(tokens);
        let op = if gap.is_expression && is_value { Op::Column } else { Op::Table };
        let mut kids = self.names(gap.tokens.clone(), &op);
        if kids.is_empty() && op == Op::Column {
            kids.push(Node::leaf(Op::Null, span));
        }
        Node::new(Op::Opaque(text.into()), kids, span)
    }

    /// The tokens as they stand, with one blank where there are any, or a comment.
    fn text_of(&self, tokens: &[Token]) -> String {
        let mut text = String::new();
        let mut end = tokens.first().map_or(0, |token| token.start);
        for token in tokens {
            if token.start > end {
                text.push(' ');
            }
            text.push_str(token.text(self.sql));
            end = token.end;
        }
        text
    }

    /// Everything that may be the name of a column or table, dotted names as one.
    fn names(&self, tokens: Range<usize>, op: &Op) -> Vec<Tree> {
        let mut names: Vec<Vec<Tree>> = Vec::new();
        for at in tokens.clone() {
            let Some(token) = self.tokens.get(at) else { continue };
            let is_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier);
            let is_call = self.tokens.get(at + 1).is_some_and(|next| next.is_symbol('('));
            if !is_name || is_call || self.is_any(at, NO_COLUMNS) {
                continue;
            }
            let (text, quoted) = identifier_text(token, self.sql);
            let name = self.dialect.normalize(&text, quoted);
            let ident = Node::leaf(Op::Ident(name.into()), Span::new(token.start, token.end));
            let continues = at >= tokens.start + 2 && self.tokens.get(at - 1).is_some_and(|token| token.is_symbol('.'));
            match names.last_mut() {
                Some(last) if continues => last.push(ident),
                _ => names.push(vec![ident]),
            }
        }
        let node = |idents: Vec<Tree>| {
            let span = idents.iter().fold(Span::default(), |span, ident| span.cover(ident.span));
            Node::new(op.clone(), idents, span)
        };
        names.into_iter().map(node).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Family;
    use crate::sql::query;

    /// The texts of the opaque nodes in a query that doesn't parse.
    fn gaps(sql: &str) -> Vec<String> {
        let dialect = Dialect::new(Family::DuckDb);
        assert!(query(sql, dialect).is_err(), "{sql} parses");
        let tree = super::super::lenient_query(sql, dialect).unwrap_or_else(|error| panic!("{sql}: {}", error.message));
        let mut found = Vec::new();
        tree.walk(&mut |node| {
            if let Op::Opaque(text) = &node.op {
                let kind = if node.kids.iter().any(|kid| kid.op == Op::Table) { "anything" } else { "expression" };
                found.push(format!("{kind}: {text}"));
            }
            true
        });
        found
    }

    #[test]
    fn the_smallest_part_around_the_place_is_opaque() {
        assert_eq!(gaps("SELECT a, f(b ??? c, d) AS x FROM t"), ["expression: b ??? c"]);
        assert_eq!(gaps("SELECT a, b WEIRD c + 1 AS x, d FROM t"), ["expression: b WEIRD c + 1"]);
        let inside = "SELECT q.a FROM (SELECT a, sum(b ???) AS s FROM t WHERE a IN (SELECT 1) GROUP BY a) AS q";
        assert_eq!(gaps(inside), ["expression: sum(b ???)"]);
        assert_eq!(
            gaps("WITH c AS (SELECT a, (b WEIRD c) + 1 AS d FROM t) SELECT * FROM c"),
            ["expression: b WEIRD c"]
        );
        assert_eq!(gaps("SELECT a FROM t WHERE b WEIRD c ODD d"), ["expression: b WEIRD c ODD d"]);
        assert_eq!(gaps("SELECT a FROM t WHERE b WEIRD ROWS (*)"), ["anything: b WEIRD ROWS (*)"]);
        let behind = "SELECT a FROM t JOIN u ON b WEIRD c PIVOT (sum(b) ODD) GROUP BY a";
        assert_eq!(gaps(behind), ["anything: b WEIRD c PIVOT (sum(b) ODD)"]);
        assert_eq!(
            gaps("SELECT a FROM t JOIN u STRANGE KIND OF TABLE AS v ON v.a = t.a"),
            ["anything: u STRANGE KIND OF TABLE"]
        );
    }

    #[test]
    fn all_tokens_are_kept() {
        let dialect = Dialect::new(Family::DuckDb);
        let read = |sql: &str| super::super::lenient_query(sql, dialect).map(|tree| tree.fingerprint());
        let first = read("SELECT a, f(b ??? c, d) AS x FROM t").unwrap();
        for other in ["b ??? e, d", "b ?? ? c, d", "c ??? b, d", "b ??? c, e", "b ??? 'c', d", "b ??? \"c\", d"] {
            let changed = read(&format!("SELECT a, f({other}) AS x FROM t"));
            assert!(changed.is_ok_and(|changed| changed != first), "{other}");
        }
        assert_eq!(read("SELECT a, f(b  ??? /* once */ c, d) AS x FROM t"), Ok(first));
    }

    #[test]
    fn what_can_t_be_mended_is_refused_at_its_place() {
        let dialect = Dialect::new(Family::DuckDb);
        for sql in
            ["SELECT", "SELECT a FROM (SELECT", "", "SELECT a FROM t ORDER BY", ")(", "SELECT a,, FROM t WHERE ((("]
        {
            let strict = query(sql, dialect).unwrap_err();
            assert_eq!(super::super::lenient_query(sql, dialect).unwrap_err(), strict, "{sql}");
        }
    }
}
