//! What kind of expression a piece of SQL is, as far as its tokens tell: whether it must be put in parentheses.
//!
//! In: SQL text. Out: a [`Shape`]. Only operators outside all brackets and outside `CASE … END` count.

use crate::dialect::{Dialect, Family};
use crate::lex::{Token, TokenKind, lex_code};

use super::values::is_dotted;

/// The outermost operator of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// A name, a literal, a call, a unary operator, a predicate that isn't binary in sqlglot's tree.
    Single,
    /// sqlglot's `Binary`: arithmetic, comparisons, `LIKE`, `IS`.
    Binary,
    /// `AND`, `OR`, `XOR`.
    Connector,
    /// Not one expression: a query, an alias, nothing.
    Other,
}

/// The shape of an expression.
pub(super) fn shape_of(text: &str, dialect: Dialect) -> Shape {
    let tokens = lex_code(text, dialect.lexical());
    let Some(first) = tokens.first() else {
        return Shape::Other;
    };
    if ["select", "with", "values", "from"].iter().any(|word| first.is_word(text, word)) {
        return Shape::Other;
    }
    let mut scan = Scan {
        text,
        dialect,
        depth: 0,
        cases: 0,
        betweens: 0,
        shape: Shape::Single,
        is_negated: first.is_word(text, "not"),
    };
    for (index, token) in tokens.iter().enumerate() {
        scan.token(token, index.checked_sub(1).and_then(|before| tokens.get(before)));
    }
    scan.shape
}

/// Can the text be an operand of any operator as it is?
pub(super) fn is_operand(text: &str, dialect: Dialect) -> bool {
    let tokens = lex_code(text, dialect.lexical());
    tokens.len() <= 1 || is_dotted(&tokens) || is_bracketed(&tokens)
}

/// `( … )`, `[ … ]` or `f( … )`, where the first bracket is closed by the last token.
fn is_bracketed(tokens: &[Token]) -> bool {
    let opens = |token: &Token| matches!(token.kind, TokenKind::Symbol('(' | '['));
    let start = match tokens {
        [first, ..] if opens(first) => 0,
        [name, second, ..] if name.kind == TokenKind::Word && second.is_symbol('(') => 1,
        _ => return false,
    };
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(start) {
        match token.kind {
            TokenKind::Symbol('(' | '[' | '{') => depth += 1,
            TokenKind::Symbol(')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return index + 1 == tokens.len();
        }
    }
    false
}

struct Scan<'t> {
    text: &'t str,
    dialect: Dialect,
    depth: usize,
    cases: usize,
    betweens: usize,
    shape: Shape,
    is_negated: bool,
}

impl Scan<'_> {
    fn token(&mut self, token: &Token, before: Option<&Token>) {
        match token.kind {
            TokenKind::Symbol('(' | '[' | '{') => self.depth += 1,
            TokenKind::Symbol(')' | ']' | '}') => self.depth = self.depth.saturating_sub(1),
            TokenKind::Word if self.depth == 0 => self.word(token),
            TokenKind::Symbol(symbol) if self.depth == 0 && self.cases == 0 => self.symbol(symbol, before),
            _ => {}
        }
    }

    fn word(&mut self, token: &Token) {
        let is = |word: &str| token.is_word(self.text, word);
        if is("case") {
            self.cases += 1;
        } else if is("end") {
            self.cases = self.cases.saturating_sub(1);
        } else if self.cases > 0 {
        } else if is("between") {
            self.betweens += 1;
        } else if is("and") && self.betweens > 0 {
            self.betweens -= 1;
        } else if is("and") || is("or") || is("xor") {
            self.raise(Shape::Connector);
        } else if is("as") {
            self.raise(Shape::Other);
        } else if ["is", "like", "ilike", "rlike", "div", "collate", "glob"].iter().any(|word| is(word)) {
            self.binary();
        }
    }

    fn symbol(&mut self, symbol: char, before: Option<&Token>) {
        let is_sign = matches!(symbol, '-' | '+' | '~')
            && before.is_none_or(|before| matches!(before.kind, TokenKind::Symbol(c) if !matches!(c, ')' | ']')));
        let is_logical = symbol == '&' && before.is_some_and(|before| before.is_symbol('&'))
            || symbol == '|'
                && before.is_some_and(|before| before.is_symbol('|'))
                && self.dialect.family == Family::MySql;
        if is_logical {
            self.raise(Shape::Connector);
        } else if matches!(symbol, '+' | '-' | '*' | '/' | '%' | '=' | '<' | '>' | '|' | '&' | '^' | '~') && !is_sign {
            self.binary();
        }
    }

    /// `NOT a = b` is a negation, not a comparison.
    fn binary(&mut self) {
        if !self.is_negated {
            self.raise(Shape::Binary);
        }
    }

    fn raise(&mut self, shape: Shape) {
        self.shape = self.shape.max(shape);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_operator_decides() {
        let check = |text: &str, expected: Shape| assert_eq!(shape_of(text, Dialect::default()), expected, "{text}");
        check("a", Shape::Single);
        check("f(a + b)", Shape::Single);
        check("-a", Shape::Single);
        check("NOT a", Shape::Single);
        check("NOT a = 1", Shape::Single);
        check("a BETWEEN 1 AND 2", Shape::Single);
        check("CASE WHEN a OR b THEN c + 1 END", Shape::Single);
        check("a + -1", Shape::Binary);
        check("a IS NULL", Shape::Binary);
        check("a = 1", Shape::Binary);
        check("a BETWEEN 1 AND 2 AND b", Shape::Connector);
        check("NOT a OR b", Shape::Connector);
        check("(a OR b)", Shape::Single);
        check("SELECT 1", Shape::Other);
        check("a AS b", Shape::Other);
        check("", Shape::Other);
    }

    #[test]
    fn operands_need_no_parentheses() {
        let check = |text: &str, expected: bool| assert_eq!(is_operand(text, Dialect::default()), expected, "{text}");
        check("a", true);
        check("t.a", true);
        check("f(a, (b))", true);
        check("(a + b)", true);
        check("(a) + (b)", false);
        check("a + b", false);
        check("-1", false);
    }
}
