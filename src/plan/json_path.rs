//! Paths into JSON as sqlglot reads them: `'$.a[0]'`, `'a[0]'` and `'$["a"][0]'` are one, and so is `'$.A[0]'`.
//!
//! In: the text of a path, a dialect. Out: its parts, their names in lower case, as sqlglot compares them without looking
//! at case. `None` for a text that sqlglot can't read, which stays a text. As `sqlglot/jsonpath.py`.

use crate::dialect::{Dialect, Family};

/// How deeply brackets of filters are followed.
const MAX_DEPTH: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Symbol(char),
    /// `..`
    Dots,
    Number,
    Word,
    /// In single quotes.
    Text,
    /// In double quotes.
    Quoted,
}

struct Token {
    kind: Kind,
    start: usize,
    end: usize,
    /// What stands in the quotes.
    inner: String,
}

/// The parts of a path.
pub(super) fn parts(path: &str, dialect: Dialect) -> Option<Vec<String>> {
    let mut reader = Reader { path, dialect, tokens: tokens(path, dialect)?, at: 0 };
    reader.eat('$');
    let mut parts = Vec::new();
    while let Some(token) = reader.tokens.get(reader.at) {
        let kind = token.kind;
        reader.at += 1;
        match kind {
            Kind::Symbol('.' | ':') | Kind::Dots => {
                let name = reader.step();
                match (kind, name) {
                    (Kind::Dots, name) => parts.push(format!("..{}", name.unwrap_or_default())),
                    (_, Some(name)) => parts.push(name),
                    // `JSON_PATH_SINGLE_DOT_IS_WILDCARD`
                    (_, None) if dialect.family == Family::BigQuery => {}
                    (_, None) => return None,
                }
            }
            Kind::Symbol('[') => parts.push(reader.bracket(0)?),
            Kind::Quoted => parts.push(key(&reader.tokens.get(reader.at - 1)?.inner)),
            Kind::Symbol('*') => parts.push("*".to_owned()),
            kind if reader.is_word(kind) => parts.push(key(reader.word())),
            _ => return None,
        }
    }
    Some(parts)
}

/// A key of an object. In quotes, so that the key `*` isn't any key.
pub(super) fn key(name: &str) -> String {
    format!(".{:?}", name.to_lowercase())
}

/// A place in an array, from 0.
pub(super) fn subscript(index: i64) -> String {
    format!("[{index}]")
}

struct Reader<'p> {
    path: &'p str,
    dialect: Dialect,
    tokens: Vec<Token>,
    at: usize,
}

/// What may stand in brackets.
enum Literal {
    Nothing,
    Text(String),
    Number(i64),
    /// A wildcard, a range, a filter or a script, written out.
    Part(String),
}

impl Reader<'_> {
    fn kind(&self) -> Option<Kind> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    fn eat(&mut self, symbol: char) -> bool {
        let found = self.kind() == Some(Kind::Symbol(symbol));
        self.at += usize::from(found);
        found
    }

    /// Does it make a name together with its neighbours (`VAR_TOKENS`)?
    fn is_word(&self, kind: Kind) -> bool {
        match kind {
            Kind::Word => true,
            Kind::Symbol('-') => {
                matches!(self.dialect.family, Family::BigQuery | Family::Databricks | Family::Hive | Family::Spark)
            }
            Kind::Number => self.dialect.family == Family::BigQuery,
            _ => false,
        }
    }

    /// A name of which the first token is read: what stands between its neighbours.
    fn word(&mut self) -> &str {
        let start = self.at.checked_sub(2).and_then(|before| self.tokens.get(before)).map_or(0, |token| token.end);
        while self.kind().is_some_and(|kind| self.is_word(kind)) {
            self.at += 1;
        }
        let end = self.tokens.get(self.at).map_or(self.path.len(), |token| token.start);
        self.path.get(start..end).unwrap_or_default()
    }

    /// What follows a dot.
    fn step(&mut self) -> Option<String> {
        let kind = self.kind()?;
        if self.is_word(kind) {
            self.at += 1;
            return Some(key(self.word()));
        }
        match kind {
            Kind::Quoted => {
                let name = self.tokens.get(self.at).map(|token| token.inner.clone())?;
                self.at += 1;
                (!name.is_empty()).then(|| key(&name))
            }
            _ => self.eat('*').then(|| ".*".to_owned()),
        }
    }

    /// What follows an opening bracket, to the closing one.
    fn bracket(&mut self, depth: usize) -> Option<String> {
        let mut last = self.slice(depth)?;
        let mut found = match &last {
            Literal::Nothing => return None,
            literal => vec![shown(literal)],
        };
        while self.eat(',') {
            last = self.slice(depth)?;
            // What Python takes for false is left out.
            if !matches!(&last, Literal::Nothing | Literal::Number(0))
                && !matches!(&last, Literal::Text(text) if text.is_empty())
            {
                found.push(shown(&last));
            }
        }
        if !self.eat(']') {
            return None;
        }
        Some(match (found.as_slice(), &last) {
            ([only], Literal::Text(_)) => key(only),
            ([only], _) => format!("[{only}]"),
            (all, _) => format!("[union {}]", all.join(",")),
        })
    }

    fn slice(&mut self, depth: usize) -> Option<Literal> {
        let start = self.literal(depth)?;
        if !self.eat(':') {
            return Some(start);
        }
        let end = self.literal(depth)?;
        let step = if self.eat(':') { Some(self.literal(depth)?) } else { None };
        let step = step.as_ref().map_or_else(String::new, |step| format!(":{}", shown(step)));
        Some(Literal::Part(format!("{}:{}{step}", shown(&start), shown(&end))))
    }

    fn literal(&mut self, depth: usize) -> Option<Literal> {
        let Some(token) = self.tokens.get(self.at) else { return Some(Literal::Nothing) };
        let (kind, inner) = (token.kind, token.inner.clone());
        self.at += 1;
        match kind {
            Kind::Text | Kind::Quoted => Some(Literal::Text(inner.to_lowercase())),
            Kind::Symbol('*') => Some(Literal::Part("*".to_owned())),
            Kind::Symbol(opening @ ('?' | '(')) => self.filter(opening, depth),
            Kind::Symbol('-') => match self.tokens.get(self.at).filter(|token| token.kind == Kind::Number) {
                Some(token) => {
                    let number = self.path.get(token.start..token.end)?.parse::<i64>().ok()?.checked_neg()?;
                    self.at += 1;
                    Some(Literal::Number(number))
                }
                None => None,
            },
            Kind::Number => {
                let token = self.tokens.get(self.at - 1)?;
                Some(Literal::Number(self.path.get(token.start..token.end)?.parse().ok()?))
            }
            _ => {
                self.at -= 1;
                Some(Literal::Nothing)
            }
        }
    }

    /// `?(…)` and `(…)`, up to the closing bracket, as they are written.
    fn filter(&mut self, opening: char, depth: usize) -> Option<Literal> {
        let start = self.tokens.get(self.at)?.start;
        if depth >= MAX_DEPTH {
            return None;
        }
        loop {
            if self.eat('[') {
                self.bracket(depth + 1)?;
            }
            match self.kind()? {
                Kind::Symbol(']') => break,
                _ => self.at += 1,
            }
        }
        let end = self.tokens.get(self.at)?.end;
        let written = self.path.get(start..end)?.to_lowercase();
        Some(Literal::Part(format!("{opening}{written}")))
    }
}

fn shown(literal: &Literal) -> String {
    match literal {
        Literal::Nothing => String::new(),
        Literal::Text(text) => text.clone(),
        Literal::Number(number) => number.to_string(),
        Literal::Part(part) => part.clone(),
    }
}

/// The tokens of a path; `None` if quotes don't end.
fn tokens(path: &str, dialect: Dialect) -> Option<Vec<Token>> {
    let is_symbol = |c: char| "()[]:,-.?@'\"*".contains(c) || c == '$' && dialect.family != Family::Snowflake;
    let mut tokens = Vec::new();
    let mut letters = path.char_indices().peekable();
    while let Some((start, letter)) = letters.next() {
        let mut inner = String::new();
        let kind = match letter {
            c if c.is_whitespace() => continue,
            '\'' | '"' => {
                inner = quoted(letter, &mut letters)?;
                if letter == '"' { Kind::Quoted } else { Kind::Text }
            }
            '`' if dialect.family == Family::Databricks => {
                inner = quoted(letter, &mut letters)?;
                Kind::Quoted
            }
            '.' if letters.next_if(|(_, next)| *next == '.').is_some() => Kind::Dots,
            c if is_symbol(c) => Kind::Symbol(c),
            c if c.is_ascii_digit() => {
                while letters.next_if(|(_, next)| next.is_ascii_digit()).is_some() {}
                Kind::Number
            }
            _ => {
                while letters.next_if(|(_, next)| !next.is_whitespace() && !is_symbol(*next)).is_some() {}
                Kind::Word
            }
        };
        let end = letters.peek().map_or(path.len(), |(at, _)| *at);
        tokens.push(Token { kind, start, end, inner });
    }
    Some(tokens)
}

/// What stands up to the closing quote, which it reads, too. A backslash keeps a quote, and another one.
fn quoted(quote: char, letters: &mut std::iter::Peekable<std::str::CharIndices<'_>>) -> Option<String> {
    let mut inner = String::new();
    loop {
        match letters.next()?.1 {
            '\\' => match letters.next_if(|(_, next)| *next == quote || *next == '\\') {
                Some((_, kept)) => inner.push(kept),
                None => inner.push('\\'),
            },
            c if c == quote => return Some(inner),
            c => inner.push(c),
        }
    }
}
