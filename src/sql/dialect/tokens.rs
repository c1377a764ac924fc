//! The token list while a rewrite reads and edits it.
//!
//! Rules look at tokens that mean something (whitespace and comments are stepped over), ask for matching brackets, and
//! note edits; the edits are carried out together in one pass. Whatever a rule takes away it has to put back in
//! another form: [`TokenList::text`] keeps tokens as a string, [`mark`] and [`prefix_mark`] name what they were.

use std::cell::Cell;
use std::ops::Range;

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Span, Token, TokenWithSpan, Word};

/// Functions, columns, settings and common table expressions of this name stand for syntax the parser lacks.
pub const SYNTAX_MARK: &str = "__impact_syntax_";

/// A word that begins like this stands for a keyword before an expression: it becomes `Expr::Prefixed`.
pub const PREFIX_MARK: &str = "__impact_prefix_";

/// Words that begin a clause.
const CLAUSE_STARTS: &[&str] = &[
    "SELECT",
    "FROM",
    "JOIN",
    "ON",
    "USING",
    "WHERE",
    "PREWHERE",
    "GROUP",
    "HAVING",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "QUALIFY",
    "WINDOW",
    "UNION",
    "EXCEPT",
    "INTERSECT",
    "MINUS",
    "VALUES",
    "WITH",
    "SETTINGS",
];

/// Functions in whose brackets FROM begins no clause.
const CALLS_WITH_FROM: &[&str] = &["EXTRACT", "TRIM", "SUBSTRING", "SUBSTR", "OVERLAY", "DATE_PART"];

/// How many times a rule may look at each token on average.
const STEPS_PER_TOKEN: usize = 64;

/// A rule reads the list and notes edits.
pub type Rule = fn(&mut TokenList);

/// The tokens of a text, seen without whitespace and comments.
#[derive(Debug)]
pub struct TokenList {
    tokens: Vec<TokenWithSpan>,
    /// Where the tokens that mean something are.
    code: Vec<usize>,
    /// The partner of each bracket, for all others and unmatched ones their own number.
    partner: Vec<usize>,
    /// The innermost bracket that is open at each token.
    outer: Vec<Option<usize>>,
    /// The last word before each token, between the same brackets, that begins a clause.
    clause: Vec<Option<usize>>,
    /// A Bloom filter of the unquoted words: most rules look for words that a text doesn't have.
    words: [u64; 4],
    edits: Vec<Edit>,
    /// Where the furthest replacement so far ends.
    taken: usize,
    /// How many more tokens a rule may look through or copy.
    steps: Cell<usize>,
    /// A rule wanted more: its edits don't count.
    exhausted: Cell<bool>,
}

#[derive(Debug)]
struct Edit {
    remove: Range<usize>,
    insert: Vec<Token>,
}

/// Applies rules, one after the other.
pub fn rewrite<'r>(mut tokens: Vec<TokenWithSpan>, rules: impl IntoIterator<Item = &'r Rule>) -> Vec<TokenWithSpan> {
    let mut list = TokenList::new(std::mem::take(&mut tokens));
    for rule in rules {
        list.steps.set(list.len().saturating_mul(STEPS_PER_TOKEN).saturating_add(1000));
        rule(&mut list);
        if list.exhausted.take() {
            list.edits.clear();
            list.taken = 0;
        }
        if !list.edits.is_empty() {
            list = TokenList::new(list.finish());
        }
    }
    list.tokens
}

impl TokenList {
    fn new(tokens: Vec<TokenWithSpan>) -> Self {
        let is_code = |at: &usize| tokens.get(*at).is_some_and(|token| !matches!(token.token, Token::Whitespace(_)));
        let code: Vec<usize> = (0..tokens.len()).filter(is_code).collect();
        let mut list = TokenList {
            tokens,
            partner: (0..code.len()).collect(),
            outer: vec![None; code.len()],
            clause: vec![None; code.len()],
            words: [0; 4],
            code,
            edits: Vec::new(),
            taken: 0,
            steps: Cell::new(0),
            exhausted: Cell::new(false),
        };
        list.match_brackets();
        list.note_words();
        list
    }

    fn match_brackets(&mut self) {
        let mut open: Vec<(usize, Option<usize>)> = Vec::new();
        let mut clause = None;
        for i in 0..self.len() {
            let closes = matches!(self.token(i), Token::RParen | Token::RBracket | Token::RBrace);
            if closes && let Some((start, outside)) = open.pop() {
                self.set_partners(start, i);
                clause = outside;
            }
            if let (Some(outer), Some(slot)) = (self.outer.get_mut(i), self.clause.get_mut(i)) {
                *outer = open.last().map(|(start, _)| *start);
                *slot = clause;
            }
            if matches!(self.token(i), Token::LParen | Token::LBracket | Token::LBrace) {
                open.push((i, clause));
                clause = None;
            } else if self.is_any(i, CLAUSE_STARTS) && !self.is(i.wrapping_sub(1), &Token::Period) {
                clause = Some(i);
            }
        }
    }

    fn note_words(&mut self) {
        for i in 0..self.len() {
            if let Token::Word(word) = self.token(i) {
                let (slot, bit) = word_bit(&word.value);
                if let Some(slot) = self.words.get_mut(slot) {
                    *slot |= bit;
                }
            }
        }
    }

    fn set_partners(&mut self, start: usize, end: usize) {
        for (at, partner) in [(start, end), (end, start)] {
            if let Some(slot) = self.partner.get_mut(at) {
                *slot = partner;
            }
        }
    }

    /// How many tokens mean something.
    pub fn len(&self) -> usize {
        self.code.len()
    }

    /// Is there no token that means something?
    pub fn is_empty(&self) -> bool {
        self.code.is_empty()
    }

    /// The token at `i`; the end of the text beyond the last.
    pub fn token(&self, i: usize) -> &Token {
        let token = self.code.get(i).and_then(|at| self.tokens.get(*at));
        token.map_or(&Token::EOF, |token| &token.token)
    }

    /// The token before `i`.
    pub fn before(&self, i: usize) -> &Token {
        i.checked_sub(1).map_or(&Token::EOF, |before| self.token(before))
    }

    /// Is the token at `i` this symbol?
    pub fn is(&self, i: usize, symbol: &Token) -> bool {
        self.token(i) == symbol
    }

    /// Is the token at `i` this unquoted word, in any case?
    pub fn is_word(&self, i: usize, word: &str) -> bool {
        is_word(self.token(i), word)
    }

    /// Is the token at `i` one of these unquoted words?
    pub fn is_any(&self, i: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is_word(i, word))
    }

    /// Where from `from` on one of these unquoted words stands.
    pub fn places(&self, from: usize, words: &[&str]) -> Vec<usize> {
        let may_be_there = |word: &&str| {
            let (slot, bit) = word_bit(word);
            self.words.get(slot).is_some_and(|slot| slot & bit != 0)
        };
        if !words.iter().any(may_be_there) {
            return Vec::new();
        }
        (from..self.len()).filter(|i| self.is_any(*i, words)).collect()
    }

    /// Do the tokens from `i` on read so?
    pub fn are_words(&self, i: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(at, word)| self.is_word(i + at, word))
    }

    /// The bracket that closes the one at `i`, or the end of the text.
    pub fn close(&self, i: usize) -> usize {
        match self.partner.get(i) {
            Some(&partner) if partner > i => partner,
            _ => self.len(),
        }
    }

    /// The bracket that the one at `i` closes, or `i` itself.
    pub fn open(&self, i: usize) -> usize {
        self.partner.get(i).copied().filter(|partner| *partner < i).unwrap_or(i)
    }

    /// The innermost bracket that is open at `i`.
    pub fn outer(&self, i: usize) -> Option<usize> {
        self.outer.get(i).copied().flatten()
    }

    /// The word before `i`, between the same brackets, that begins the clause in which `i` stands.
    pub fn clause(&self, i: usize) -> Option<usize> {
        self.clause.get(i).copied().flatten()
    }

    /// Does `i` stand among the relations of a query?
    pub fn is_among_relations(&self, i: usize) -> bool {
        let in_call = self.outer(i).is_some_and(|open| open > 0 && self.is_any(open - 1, CALLS_WITH_FROM));
        !in_call && self.clause(i).is_some_and(|clause| self.is_any(clause, &["FROM", "JOIN"]))
    }

    /// Does the token at `i` stand right behind the one before, without a space?
    pub fn is_adjacent(&self, i: usize) -> bool {
        let before = i.checked_sub(1).and_then(|before| self.code.get(before));
        before.is_some_and(|before| self.code.get(i) == Some(&(before + 1)))
    }

    /// The first token from `i` on, outside of inner brackets, that `stop` accepts; the closing bracket of where `i`
    /// is, or the end of the text, if there is none. Hostile text makes rules look through the same tokens again
    /// and again: after a while nothing is found any more, and the rule changes nothing.
    pub fn find(&self, i: usize, mut stop: impl FnMut(&Self, usize) -> bool) -> usize {
        let mut at = i;
        while at < self.len() {
            if !self.spend(1) {
                return self.len();
            }
            match self.token(at) {
                Token::RParen | Token::RBracket | Token::RBrace => return at,
                _ if stop(self, at) => return at,
                Token::LParen | Token::LBracket | Token::LBrace => at = self.close(at).saturating_add(1),
                _ => at += 1,
            }
        }
        self.len()
    }

    /// Does one of these tokens pass? No, once the rule has looked at too many.
    pub fn any(&self, range: Range<usize>, pass: impl Fn(&Self, usize) -> bool) -> bool {
        self.spend(range.len()) && range.into_iter().any(|at| pass(self, at))
    }

    /// Do all of these tokens pass? No, once the rule has looked at too many.
    pub fn all(&self, range: Range<usize>, pass: impl Fn(&Self, usize) -> bool) -> bool {
        self.spend(range.len()) && range.into_iter().all(|at| pass(self, at))
    }

    fn spend(&self, steps: usize) -> bool {
        let left = self.steps.get().checked_sub(steps);
        self.steps.set(left.unwrap_or(0));
        self.exhausted.set(self.exhausted.get() || left.is_none());
        !self.exhausted.get()
    }

    /// The tokens as one string, such that other tokens make another string.
    pub fn text(&self, range: Range<usize>) -> Token {
        let range = if self.spend(range.len()) { range } else { 0..0 };
        let texts: Vec<String> = range.map(|i| token_text(self.token(i))).collect();
        Token::SingleQuotedString(texts.join(" "))
    }

    /// Copies tokens.
    pub fn copy(&self, range: Range<usize>) -> Vec<Token> {
        let range = if self.spend(range.len()) { range } else { 0..0 };
        range.map(|i| self.token(i).clone()).collect()
    }

    /// Puts tokens before `i`.
    pub fn insert(&mut self, i: usize, insert: Vec<Token>) {
        self.edits.push(Edit { remove: i..i, insert });
    }

    /// Puts tokens in the place of others.
    pub fn replace(&mut self, remove: Range<usize>, insert: Vec<Token>) {
        self.taken = self.taken.max(remove.end);
        self.edits.push(Edit { remove, insert });
    }

    /// Is the token at `i` already replaced? A rule that keeps long ranges asks this first: what stands inside of one
    /// another would be copied again and again.
    pub fn is_taken(&self, i: usize) -> bool {
        i < self.taken
    }

    /// Takes the meaning of a keyword from an unquoted word.
    pub fn demote(&mut self, i: usize) {
        if let Token::Word(word) = self.token(i) {
            let name = name(&word.value);
            self.replace(i..i + 1, vec![name]);
        }
    }

    /// Carries the edits out. Of two that overlap the later is left out: the text will then fail to parse.
    fn finish(mut self) -> Vec<TokenWithSpan> {
        self.edits.sort_by_key(|edit| edit.remove.start);
        let edits = std::mem::take(&mut self.edits);
        let mut edited = Vec::with_capacity(self.tokens.len() + edits.len() * 4);
        let mut tokens = std::mem::take(&mut self.tokens).into_iter().enumerate().peekable();
        let mut last_span = Span::empty();
        for edit in edits {
            let start = self.code.get(edit.remove.start).copied().unwrap_or(usize::MAX);
            if tokens.peek().is_some_and(|(at, _)| *at > start) {
                continue;
            }
            while let Some((_, token)) = tokens.next_if(|(at, _)| *at < start) {
                last_span = token.span;
                edited.push(token);
            }
            let span = tokens.peek().map_or(last_span, |(_, token)| token.span);
            edited.extend(edit.insert.into_iter().map(|token| TokenWithSpan { token, span }));
            let end = match edit.remove.end.checked_sub(1) {
                Some(last) if !edit.remove.is_empty() => self.code.get(last).map_or(usize::MAX, |at| at + 1),
                _ => start,
            };
            while tokens.next_if(|(at, _)| *at < end).is_some() {}
        }
        edited.extend(tokens.map(|(_, token)| token));
        edited
    }
}

/// The bit of a word, in any case, in a filter of 256.
fn word_bit(word: &str) -> (usize, u64) {
    let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte.to_ascii_uppercase())).wrapping_mul(0x0100_0193);
    let hash = word.bytes().fold(0x811c_9dc5, mix) >> 16;
    ((hash >> 6) as usize % 4, 1 << (hash % 64))
}

/// Is this token the unquoted word, in any case?
pub fn is_word(token: &Token, word: &str) -> bool {
    matches!(token, Token::Word(found) if found.quote_style.is_none() && found.value.eq_ignore_ascii_case(word))
}

/// An unquoted name that is no keyword.
pub fn name(value: &str) -> Token {
    Token::Word(Word { value: value.to_owned(), quote_style: None, keyword: Keyword::NoKeyword })
}

/// The name that stands for syntax the parser lacks.
pub fn mark(syntax: &str) -> Token {
    name(&format!("{SYNTAX_MARK}{syntax}"))
}

/// The word that stands for a keyword before an expression.
pub fn prefix_mark(keyword: &str) -> Token {
    name(&format!("{PREFIX_MARK}{keyword}"))
}

/// A keyword.
pub fn keyword(word: &str) -> Token {
    Token::make_keyword(word)
}

/// A name in quotes that no dialect has, so that it folds as the text stands.
pub fn quoted(value: &str) -> Token {
    Token::Word(Word { value: value.to_owned(), quote_style: Some('"'), keyword: Keyword::NoKeyword })
}

/// A call of [`mark`] with the given argument tokens.
pub fn marked_call(syntax: &str, arguments: Vec<Token>) -> Vec<Token> {
    let mut call = vec![mark(syntax), Token::LParen];
    call.extend(arguments);
    call.push(Token::RParen);
    call
}

fn token_text(token: &Token) -> String {
    match token {
        Token::Word(word) if word.quote_style.is_none() => word.value.clone(),
        Token::Word(word) => format!("{:?}{:?}", word.quote_style, word.value),
        Token::Number(..) => token.to_string(),
        Token::SingleQuotedString(text) => format!("'{}'", text.replace('\'', "''")),
        token if token.to_string().chars().all(|c| c.is_ascii_punctuation()) && !is_literal(token) => token.to_string(),
        token => format!("{token:?}"),
    }
}

fn is_literal(token: &Token) -> bool {
    format!("{token:?}").contains('(')
}

#[cfg(test)]
mod tests {
    use sqlparser::dialect::GenericDialect;
    use sqlparser::tokenizer::Tokenizer;

    use super::*;

    #[test]
    fn places_are_those_of_unquoted_words_in_any_case() {
        let text = "select a, \"from\" From t, pivot";
        let tokens = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location().expect("tokens");
        let list = TokenList::new(tokens);
        assert_eq!(list.places(0, &["FROM", "PIVOT"]), [4, 7]);
        assert!(list.places(5, &["FROM", "SELECT"]).is_empty());
        assert!(list.places(0, &["UNPIVOT"]).is_empty());
    }

    #[test]
    fn text_tells_strings_from_words_and_other_strings() {
        let text = |token: Token| token_text(&token);
        assert_eq!(text(name("a")), "a");
        assert_eq!(text(Token::SingleQuotedString("a'b".into())), "'a''b'");
        let quoted = text(Token::make_word("a", Some('"')));
        assert_ne!(quoted, text(name("a")));
        assert_ne!(quoted, text(Token::make_word("a", Some('`'))));
        assert_ne!(text(Token::DoubleQuotedString("a".into())), quoted);
        assert_ne!(text(Token::DoubleQuotedString(",".into())), text(Token::Comma));
    }
}
