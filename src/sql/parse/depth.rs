//! Keeping trees shallow enough for the stack.
//!
//! The parser bounds how deep a text nests, but a long chain (`1 + 1 + 1 …`) nests its tree to the left without any
//! recursion while parsing; dropping, cloning, comparing or printing the tree then recurses once for each link. Chains
//! are therefore counted before parsing, and trees are handled on threads with stacks of [`STACK_SIZE`].

use std::panic::resume_unwind;

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{DEPTH_LIMIT, Offsets, ParseFailure};

/// The stack of a thread that parses and handles trees.
pub const STACK_SIZE: usize = 64 << 20;

/// How many operators may be chained, counted over all open brackets: no tree is much deeper. Cloning a tree in a
/// debug build takes a few kilobytes of stack a level.
const CHAIN_LIMIT: usize = 10_000;

/// How many operators a set operator counts for: its node is that much larger.
const SET_OPERATOR_WEIGHT: usize = 5;

/// Operators that are words, and what else chains relations.
const LINK_WORDS: &[Keyword] = &[
    Keyword::AND,
    Keyword::AT,
    Keyword::BETWEEN,
    Keyword::COLLATE,
    Keyword::DIV,
    Keyword::GLOB,
    Keyword::ILIKE,
    Keyword::IN,
    Keyword::IS,
    Keyword::JOIN,
    Keyword::LIKE,
    Keyword::MATCH,
    Keyword::MATCH_RECOGNIZE,
    Keyword::MEMBER,
    Keyword::NOT,
    Keyword::NOTNULL,
    Keyword::OPERATOR,
    Keyword::OR,
    Keyword::OVERLAPS,
    Keyword::PIVOT,
    Keyword::REGEXP,
    Keyword::RLIKE,
    Keyword::SIMILAR,
    Keyword::UNPIVOT,
    Keyword::XOR,
];

/// Runs `work` on a thread with a stack of [`STACK_SIZE`]. What drops a tree must happen in `work` too.
///
/// # Panics
/// With `work`'s own panic, or if the system grants no thread.
pub fn on_deep_stack<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK_SIZE)
            .spawn_scoped(scope, work)
            .expect("only the system's limits, never the input, can refuse a thread");
        thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Fails at the token where a chain becomes too long, or brackets nest deeper than the parser goes.
pub(super) fn check_chains(tokens: &[TokenWithSpan], offsets: &Offsets, sql: &str) -> Result<(), ParseFailure> {
    let mut chains = Chains::default();
    for token in tokens {
        chains.read(&token.token);
        if chains.nesting() > DEPTH_LIMIT {
            return Err(ParseFailure::too_deep(offsets.range(token.span), sql, false));
        }
        if chains.total > CHAIN_LIMIT {
            return Err(ParseFailure::too_long(offsets.range(token.span)));
        }
    }
    Ok(())
}

/// The chains that are open at a token.
#[derive(Debug, Default)]
struct Chains {
    /// Of the outer brackets: operators since the last comma, set operators, and CASEs that are open.
    outer: Vec<(usize, usize, usize)>,
    operators: usize,
    set_operators: usize,
    cases: usize,
    /// Operators of all that is open.
    total: usize,
    /// CASEs of all that is open.
    all_cases: usize,
    /// Signs and NOTs one behind the other.
    prefixes: usize,
    /// The token before was a point.
    is_part: bool,
}

impl Chains {
    /// How many brackets, CASEs and prefixes are open.
    fn nesting(&self) -> usize {
        self.outer.len() + self.all_cases + self.prefixes
    }

    fn read(&mut self, token: &Token) {
        if matches!(token, Token::Whitespace(_)) {
            return;
        }
        self.prefixes = if is_prefix(token) { self.prefixes + 1 } else { 0 };
        let is_part = std::mem::replace(&mut self.is_part, *token == Token::Period);
        match token {
            Token::Word(word) if word.keyword == Keyword::CASE && !is_part => {
                self.cases += 1;
                self.all_cases += 1;
            }
            Token::Word(word) if word.keyword == Keyword::END && self.cases > 0 && !is_part => {
                self.cases -= 1;
                self.all_cases -= 1;
            }
            Token::LParen => self.open(),
            Token::RParen => self.close(),
            Token::Comma => {
                self.total -= self.operators;
                self.operators = 0;
            }
            Token::Word(word)
                if matches!(word.keyword, Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT | Keyword::MINUS) =>
            {
                self.set_operators += SET_OPERATOR_WEIGHT;
                self.total += SET_OPERATOR_WEIGHT;
            }
            token if is_link(token) => {
                self.operators += 1;
                self.total += 1;
            }
            _ => {}
        }
    }

    fn open(&mut self) {
        self.outer.push((self.operators, self.set_operators, self.cases));
        (self.operators, self.set_operators, self.cases) = (0, 0, 0);
    }

    fn close(&mut self) {
        self.total -= self.operators + self.set_operators;
        self.all_cases -= self.cases;
        (self.operators, self.set_operators, self.cases) = self.outer.pop().unwrap_or_default();
    }
}

fn is_link(token: &Token) -> bool {
    match token {
        Token::Word(word) => LINK_WORDS.contains(&word.keyword),
        Token::Whitespace(_) | Token::Period | Token::Number(..) | Token::SingleQuotedString(_) => false,
        _ => true,
    }
}

fn is_prefix(token: &Token) -> bool {
    match token {
        Token::Word(word) => word.keyword == Keyword::NOT,
        token => matches!(token, Token::Minus | Token::Plus | Token::Tilde),
    }
}
