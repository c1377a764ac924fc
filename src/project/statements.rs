//! Splits a model's file into header, statements around the query, and query.
//!
//! In: a file's text and its dialect's lexical rules. Out: [`Chunk`]s in order, one for each statement, with the tokens
//! of those written in SQL. Follows SQLMesh's `parse` and `_split_sql_model_statements`. Never fails: a block
//! that isn't closed reaches the end of the file.

use std::ops::Range;

use super::scan::{Item, scan};
use super::{Language, SqlBody, Statement};
use crate::dialect::LexicalRules;
use crate::lex::{Token, TokenKind};

/// What a statement is, as far as its first words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkKind {
    /// `MODEL (`
    Model,
    /// `AUDIT (`
    Audit,
    /// `METRIC (`
    Metric,
    Query,
    /// `@name(...)` and nothing else: the query, if it is the only statement.
    MacroCall,
    Other,
}

/// One statement of a file.
#[derive(Debug, Clone)]
pub struct Chunk {
    pub kind: ChunkKind,
    pub statement: Statement,
    /// Its tokens in [`Split::tokens`], without comments. Empty for Jinja.
    pub tokens: Range<usize>,
    /// The comments in front of it, in [`Split::comments`].
    pub comments: Range<usize>,
    /// The number of the `ON_VIRTUAL_UPDATE_BEGIN; … ON_VIRTUAL_UPDATE_END;` that it is inside of.
    pub virtual_block: Option<usize>,
}

/// A file's statements.
#[derive(Debug, Clone, Default)]
pub struct Split {
    pub tokens: Vec<Token>,
    pub comments: Vec<Token>,
    pub chunks: Vec<Chunk>,
    /// Where statements begin that SQLMesh overlooks: those right behind `ON_VIRTUAL_UPDATE_END;`.
    pub lost: Vec<usize>,
}

impl Split {
    /// The tokens of a chunk.
    pub fn tokens_of(&self, chunk: &Chunk) -> &[Token] {
        self.tokens.get(chunk.tokens.clone()).unwrap_or_default()
    }

    /// The comments in front of a chunk.
    pub fn comments_of(&self, chunk: &Chunk) -> &[Token] {
        self.comments.get(chunk.comments.clone()).unwrap_or_default()
    }

    /// The tokens between the parentheses of a `MODEL (...)`, and whether they were closed.
    pub fn header_tokens(&self, chunk: &Chunk) -> (&[Token], bool) {
        let inner = self.tokens_of(chunk).get(2..).unwrap_or_default();
        let mut depth = 0usize;
        for (at, token) in inner.iter().enumerate() {
            match token.kind {
                TokenKind::Symbol('(') => depth += 1,
                TokenKind::Symbol(')') if depth == 0 => return (inner.get(..at).unwrap_or_default(), true),
                TokenKind::Symbol(')') => depth -= 1,
                _ => {}
            }
        }
        (inner, false)
    }
}

/// Splits a file.
pub fn split(text: &str, rules: LexicalRules) -> Split {
    let mut splitter = Splitter { text, ..Splitter::default() };
    for item in scan(text, rules) {
        splitter.push(item);
    }
    splitter.finish_chunk();
    splitter.split
}

#[derive(Default)]
struct Splitter<'t> {
    text: &'t str,
    split: Split,
    virtual_block: Option<usize>,
    virtual_blocks: usize,
    /// A block has just ended: SQLMesh skips what stands between it and the next semicolon or template.
    skips_next: bool,
    tokens_from: usize,
    comments_from: usize,
    comments_to: usize,
}

impl Splitter<'_> {
    fn push(&mut self, item: Item) {
        match item {
            Item::Jinja { is_query, body } => {
                self.finish_chunk();
                let kind = if is_query { ChunkKind::Query } else { ChunkKind::Other };
                let statement = Statement { start: body.start, end: body.end, language: Language::Jinja };
                self.push_chunk(kind, statement);
            }
            Item::Token(token) if token.kind == TokenKind::Comment => {
                self.split.comments.push(token);
                if self.tokens_from == self.split.tokens.len() {
                    self.comments_to = self.split.comments.len();
                }
            }
            Item::Token(token) if token.is_symbol(';') => self.finish_chunk(),
            Item::Token(token) => self.split.tokens.push(token),
        }
    }

    fn finish_chunk(&mut self) {
        let tokens = self.split.tokens.get(self.tokens_from..).unwrap_or_default();
        if let [token] = tokens {
            let begins = token.is_word(self.text, "ON_VIRTUAL_UPDATE_BEGIN");
            if begins || token.is_word(self.text, "ON_VIRTUAL_UPDATE_END") {
                self.skips_next = !begins && self.virtual_block.is_some();
                self.virtual_blocks += usize::from(begins);
                self.virtual_block = begins.then_some(self.virtual_blocks);
                self.start_next();
                return;
            }
        }
        if std::mem::take(&mut self.skips_next) {
            self.split.lost.extend(tokens.first().map(|token| token.start));
            self.start_next();
            return;
        }
        if let (Some(first), Some(last)) = (tokens.first(), tokens.last()) {
            let kind = classify(tokens, self.text);
            let statement = Statement { start: first.start, end: last.end, language: Language::Sql };
            self.push_chunk(kind, statement);
        }
        self.start_next();
    }

    fn push_chunk(&mut self, kind: ChunkKind, statement: Statement) {
        self.split.chunks.push(Chunk {
            kind,
            statement,
            tokens: self.tokens_from..self.split.tokens.len(),
            comments: self.comments_from..self.comments_to.max(self.comments_from),
            virtual_block: self.virtual_block,
        });
        self.start_next();
    }

    fn start_next(&mut self) {
        self.tokens_from = self.split.tokens.len();
        self.comments_from = self.split.comments.len();
        self.comments_to = self.comments_from;
    }
}

fn classify(tokens: &[Token], text: &str) -> ChunkKind {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is_word(text, word));
    let opens = tokens.get(1).is_some_and(|token| token.is_symbol('('));
    match () {
        () if opens && is(0, "MODEL") => ChunkKind::Model,
        () if opens && is(0, "AUDIT") => ChunkKind::Audit,
        () if opens && is(0, "METRIC") => ChunkKind::Metric,
        () if is(0, "SELECT") || is(0, "FROM") => ChunkKind::Query,
        () if is(0, "WITH") => with_query(tokens, text),
        () if tokens.first().is_some_and(|token| token.is_symbol('(')) => ChunkKind::Query,
        () if tokens.first().is_some_and(|token| token.is_symbol('@')) => macro_statement(tokens, text),
        () => ChunkKind::Other,
    }
}

/// The first word outside of brackets that says what a `WITH` statement does.
fn with_query(tokens: &[Token], text: &str) -> ChunkKind {
    const OTHERS: [&str; 4] = ["INSERT", "UPDATE", "DELETE", "MERGE"];
    let mut words = outer_words(tokens, text);
    let found = words.find(|word| is_any(word, &["SELECT", "FROM"]) || is_any(word, &OTHERS));
    match found {
        Some(word) if is_any(word, &OTHERS) => ChunkKind::Other,
        _ => ChunkKind::Query,
    }
}

/// `@UNION(...)`, `@INSERT_SEED()` and `@WITH(condition) name AS (...) SELECT …` are queries, `@other(...)` may be.
fn macro_statement(tokens: &[Token], text: &str) -> ChunkKind {
    let name = tokens.get(1).map_or("", |token| token.text(text));
    if is_any(name, &["UNION", "INSERT_SEED"]) {
        return ChunkKind::Query;
    }
    if outer_words(tokens, text).any(|word| is_any(word, &["SELECT"])) {
        return ChunkKind::Query;
    }
    let mut depth = 0usize;
    let calls = tokens.get(2).is_some_and(|token| token.is_symbol('('));
    let closes_early = tokens.iter().enumerate().any(|(at, token)| {
        match token.kind {
            TokenKind::Symbol('(') => depth += 1,
            TokenKind::Symbol(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        at > 2 && depth == 0 && at + 1 < tokens.len()
    });
    if calls && !closes_early && !is_any(name, &["DEF"]) { ChunkKind::MacroCall } else { ChunkKind::Other }
}

fn is_any(word: &str, words: &[&str]) -> bool {
    words.iter().any(|each| each.eq_ignore_ascii_case(word))
}

/// Words that are not inside brackets.
fn outer_words<'t>(tokens: &'t [Token], text: &'t str) -> impl Iterator<Item = &'t str> {
    let mut depth = 0usize;
    tokens.iter().filter_map(move |token| match token.kind {
        TokenKind::Symbol('(' | '[' | '{') => {
            depth += 1;
            None
        }
        TokenKind::Symbol(')' | ']' | '}') => {
            depth = depth.saturating_sub(1);
            None
        }
        TokenKind::Word if depth == 0 => Some(token.text(text)),
        _ => None,
    })
}

/// Why a model's statements could not be sorted into a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyProblem {
    NoQuery,
    /// Where the second one begins.
    TwoQueries(usize),
    /// Where a statement begins that SQLMesh overlooks.
    Lost(usize),
}

/// The statements of a model with their numbers among its expressions, as SQLMesh counts them: a block of statements on
/// virtual update is one, an inline audit is two, its header and its query, and isn't among them.
fn numbered<'c>(chunks: &[&'c Chunk]) -> (Vec<(usize, &'c Chunk)>, usize) {
    let mut found = Vec::new();
    let mut number = 0usize;
    let mut block = None;
    let mut of_audit = false;
    for &chunk in chunks {
        let is_head = chunk.kind == ChunkKind::Audit;
        let continues = chunk.virtual_block.is_some() && chunk.virtual_block == block;
        block = chunk.virtual_block;
        if is_head || of_audit && chunk.kind == ChunkKind::Query {
            number += 1;
        } else if continues {
            found.push((number.saturating_sub(1), chunk));
        } else {
            found.push((number, chunk));
            number += 1;
        }
        of_audit = is_head;
    }
    (found, number)
}

/// Sorts the statements of one model: before the query, the query, after it, on virtual update. Of two queries the
/// first is taken. Without a query all statements are `pre_statements`.
///
/// SQLMesh looks for the query's place among all expressions and cuts the list of statements there, which has no blocks
/// and no audits: where some stand before the query, it cuts too late (`_split_sql_model_statements`).
pub fn body(text: &std::sync::Arc<str>, chunks: &[&Chunk]) -> (SqlBody, Vec<BodyProblem>) {
    let (numbered, length) = numbered(chunks);
    let is_query = |chunk: &Chunk| match chunk.kind {
        ChunkKind::Query => true,
        ChunkKind::MacroCall => length == 1,
        _ => false,
    };
    let (on_update, plain): (Vec<_>, Vec<_>) =
        numbered.into_iter().partition(|(_, chunk)| chunk.virtual_block.is_some());
    let statements: Vec<Statement> = plain.iter().map(|(_, chunk)| chunk.statement).collect();
    let mut body = SqlBody {
        text: text.clone(),
        on_virtual_update: on_update.into_iter().map(|(_, chunk)| chunk.statement).collect(),
        ..SqlBody::default()
    };
    let mut queries = plain.iter().enumerate().filter(|(_, (_, chunk))| is_query(chunk));
    let Some((at, &(number, query))) = queries.next() else {
        body.pre_statements = statements;
        return (body, vec![BodyProblem::NoQuery]);
    };
    let mut problems: Vec<BodyProblem> =
        queries.next().map(|(_, (_, second))| BodyProblem::TwoQueries(second.statement.start)).into_iter().collect();
    let cut = number.min(statements.len());
    body.query = Some(query.statement);
    body.pre_statements = statements.get(..cut).unwrap_or_default().to_vec();
    body.post_statements = statements.get(cut + 1..).unwrap_or_default().to_vec();
    if at < cut {
        problems.extend(statements.get(cut).map(|lost| BodyProblem::Lost(lost.start)));
    }
    (body, problems)
}

/// A comment without its marks.
pub(crate) fn comment_text(comment: &str) -> &str {
    let block = comment.strip_prefix("/*").map(|rest| rest.strip_suffix("*/").unwrap_or(rest));
    let inner = block.unwrap_or_else(|| {
        let line = comment.strip_prefix("--").or_else(|| comment.strip_prefix("//"));
        line.or_else(|| comment.strip_prefix('#')).unwrap_or(comment)
    });
    inner.trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    fn kinds(text: &str) -> Vec<(ChunkKind, &str)> {
        let split = split(text, Dialect::default().lexical());
        split
            .chunks
            .iter()
            .map(|chunk| (chunk.kind, text.get(chunk.statement.start..chunk.statement.end).unwrap_or("")))
            .collect()
    }

    #[test]
    fn statements_end_at_semicolons() {
        use ChunkKind::*;
        assert_eq!(
            kinds("\u{feff}MODEL (name a);\r\n-- x;\nSET a = ';';\r\nSELECT 1; ;\n@f(1)"),
            [(Model, "MODEL (name a)"), (Other, "SET a = ';'"), (Query, "SELECT 1"), (MacroCall, "@f(1)")]
        );
    }

    #[test]
    fn queries_are_told_by_their_first_words() {
        let check = |text: &str, expected: ChunkKind| assert_eq!(kinds(text)[0].0, expected, "{text}");
        check("WITH a AS (SELECT 1) SELECT * FROM a", ChunkKind::Query);
        check("WITH a AS (SELECT 1) INSERT INTO x SELECT * FROM a", ChunkKind::Other);
        check("(SELECT 1) UNION ALL (SELECT 2)", ChunkKind::Query);
        check("FROM x", ChunkKind::Query);
        check("VALUES (1)", ChunkKind::Other);
        check("@WITH(true) a AS (SELECT 1) SELECT * FROM a", ChunkKind::Query);
        check("@union('all', a, b)", ChunkKind::Query);
        check("@DEF(x, 1)", ChunkKind::Other);
        check("@IF(true, DROP TABLE x)", ChunkKind::MacroCall);
    }

    #[test]
    fn a_body_is_sorted_around_its_query() {
        let text: std::sync::Arc<str> =
            "DROP TABLE a; JINJA_QUERY_BEGIN; SELECT {{ x }}; JINJA_END; CREATE INDEX i; ON_VIRTUAL_UPDATE_BEGIN; GRANT x; \
             JINJA_STATEMENT_BEGIN; y JINJA_END; ON_VIRTUAL_UPDATE_END; DROP TABLE lost; DROP TABLE b"
                .into();
        let split = split(&text, Dialect::default().lexical());
        let chunks: Vec<&Chunk> = split.chunks.iter().collect();
        let (body, problems) = body(&text, &chunks);
        let texts = |statements: &[Statement]| -> Vec<String> {
            statements.iter().map(|statement| text[statement.start..statement.end].to_owned()).collect()
        };
        assert_eq!(problems, []);
        assert_eq!(split.lost.iter().map(|&at| &text[at..at + 15]).collect::<Vec<_>>(), ["DROP TABLE lost"]);
        assert_eq!(texts(&body.pre_statements), ["DROP TABLE a"]);
        assert_eq!(texts(body.query.as_slice()), ["SELECT {{ x }};"]);
        assert_eq!(texts(&body.post_statements), ["CREATE INDEX i", "DROP TABLE b"]);
        assert_eq!(texts(&body.on_virtual_update), ["GRANT x", "y"]);
    }

    #[test]
    fn what_stands_before_the_query_moves_the_cut() {
        let text: std::sync::Arc<str> =
            "AUDIT (name a); SELECT 0; DROP TABLE x; SELECT 1; DROP TABLE y; DROP TABLE z; DROP TABLE w".into();
        let split = split(&text, Dialect::default().lexical());
        let chunks: Vec<&Chunk> = split.chunks.iter().collect();
        let (body, problems) = body(&text, &chunks);
        let texts = |statements: &[Statement]| -> Vec<String> {
            statements.iter().map(|statement| text[statement.start..statement.end].to_owned()).collect()
        };
        assert_eq!(texts(body.query.as_slice()), ["SELECT 1"]);
        assert_eq!(texts(&body.pre_statements), ["DROP TABLE x", "SELECT 1", "DROP TABLE y"]);
        assert_eq!(texts(&body.post_statements), ["DROP TABLE w"]);
        assert_eq!(problems, [BodyProblem::Lost(text.find("DROP TABLE z").expect("it is there"))]);
    }
}
