//! Models whose names only running code would tell: `blueprints @fn()`, a name that a macro makes.
//!
//! In: what a file says of its models. Out: an [`Unnamed`], which tells whether a table may be one of them and which
//! tables they may read. Never less than that: what a macro stands for matches any text.

use std::collections::BTreeSet;
use std::hash::Hash;
use std::sync::Arc;

use siphasher::sip128::{Hasher128, SipHasher13};

use super::literal::UNKNOWN_PART;
use crate::diagnostic::Location;
use crate::dialect::Dialect;
use crate::names::ModelName;
use crate::source::ContentId;

/// How many names with macros in them one file may have before every model is among what it may read.
const MAX_PATTERNS: usize = 200;

/// One or more models of a file that can't be named.
#[derive(Debug, Clone)]
pub struct Unnamed {
    pub path: Arc<str>,
    pub location: Location,
    pub dialect: Dialect,
    /// The name as far as it is written out.
    pub name: Pattern,
    /// The file, in which the tables stand that the models read.
    pub text: Arc<str>,
    /// They are made from blueprints.
    pub has_blueprints: bool,
    /// The code that makes the blueprints gives the same in every run.
    pub is_steady: bool,
    /// Changes whenever the models may.
    pub content: ContentId,
}

impl Unnamed {
    /// Takes into the content what the models may depend on besides their file.
    pub(crate) fn depends_on(&mut self, surroundings: &impl Hash) {
        self.content = digest(&(self.content, surroundings));
    }

    /// The tables that the models may read.
    pub fn reads(&self) -> Reads {
        let mut found = Reads::default();
        let text = with_wildcards(&self.text, true);
        let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '"' | '`' | UNKNOWN_PART);
        let mut before = "";
        for path in text.split(|c: char| !is_path(c)).filter(|path| !path.is_empty()) {
            let pattern = Pattern::of_path(path);
            if !pattern.has_wildcard() {
                found.names.insert(pattern.text);
            } else if !pattern.is_any() || ["from", "join"].iter().any(|word| before.eq_ignore_ascii_case(word)) {
                found.patterns.insert(pattern);
            }
            before = path;
        }
        if found.patterns.len() > MAX_PATTERNS {
            found.patterns = BTreeSet::from([Pattern::any()]);
        }
        found
    }
}

/// A content that stands for any value.
pub(crate) fn digest(value: &impl Hash) -> ContentId {
    let mut hasher = SipHasher13::new();
    value.hash(&mut hasher);
    let mut bytes = [0; 20];
    let hash = hasher.finish128().as_bytes();
    bytes.iter_mut().zip(hash).for_each(|(byte, part)| *byte = part);
    ContentId(bytes)
}

/// Names of tables in a file.
#[derive(Debug, Clone, Default)]
pub struct Reads {
    /// Those that are written out, in lower case.
    names: BTreeSet<String>,
    patterns: BTreeSet<Pattern>,
}

impl Reads {
    /// May the table be among them?
    pub fn may_name(&self, name: &ModelName, default_catalog: Option<&str>) -> bool {
        spellings(name, default_catalog).iter().any(|spelling| {
            self.names.contains(spelling) || self.patterns.iter().any(|pattern| pattern.matches(spelling))
        })
    }
}

/// A name in which macros stand for any text; lower case, without quotes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern {
    text: String,
}

impl Pattern {
    /// Matches every name.
    pub fn any() -> Self {
        Pattern { text: UNKNOWN_PART.to_string() }
    }

    /// A name as it is written in a header.
    pub fn of(written: &str) -> Self {
        Pattern::of_path(&with_wildcards(written, false))
    }

    fn of_path(path: &str) -> Self {
        let is_quote = |c: &char| matches!(c, '"' | '`' | '\'' | '[' | ']') || c.is_whitespace();
        let text: String = path.chars().filter(|c| !is_quote(c)).flat_map(char::to_lowercase).collect();
        Pattern { text: text.trim_matches('.').to_owned() }
    }

    fn has_wildcard(&self) -> bool {
        self.text.contains(UNKNOWN_PART)
    }

    fn is_any(&self) -> bool {
        !self.text.contains(char::is_alphanumeric)
    }

    /// May this be the name of the table?
    pub fn may_name(&self, name: &ModelName, default_catalog: Option<&str>) -> bool {
        spellings(name, default_catalog).iter().any(|spelling| self.matches(spelling))
    }

    /// As a glob, in time that grows with the product of both lengths.
    fn matches(&self, name: &str) -> bool {
        let mut pieces = self.text.split(UNKNOWN_PART);
        let Some(mut rest) = pieces.next().and_then(|first| name.strip_prefix(first)) else { return false };
        let mut pieces = pieces.peekable();
        if pieces.peek().is_none() {
            return rest.is_empty();
        }
        while let Some(piece) = pieces.next() {
            if pieces.peek().is_none() {
                return rest.ends_with(piece);
            }
            match rest.split_once(piece) {
                Some((_, behind)) => rest = behind,
                None => return false,
            }
        }
        true
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text.replace(UNKNOWN_PART, "*"))
    }
}

/// The ways to write a table's name in lower case: with the default catalog, without the catalog of another gateway.
fn spellings(name: &ModelName, default_catalog: Option<&str>) -> Vec<String> {
    let name = name.to_string().to_lowercase();
    let with_catalog = default_catalog.map(|catalog| format!("{}.{name}", catalog.to_lowercase()));
    let without = (name.matches('.').count() > 1).then(|| name.split_once('.').map(|(_, rest)| rest.to_owned()));
    [Some(name), with_catalog, without.flatten()].into_iter().flatten().collect()
}

/// The text with [`UNKNOWN_PART`] in place of macros, templates and the fields of f-strings. What calls are given, which may
/// be tables, stays behind them if `keeps_arguments`.
fn with_wildcards(text: &str, keeps_arguments: bool) -> String {
    let mut output = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['@', '{']) {
        let (before, macro_text) = rest.split_at(at);
        output.push_str(before);
        output.push(UNKNOWN_PART);
        let behind = macro_text.strip_prefix('@').unwrap_or(macro_text);
        rest = if behind.starts_with('{') { behind_brackets(behind) } else { behind_call(behind, keeps_arguments) };
    }
    output.push_str(rest);
    output
}

/// What follows the word at the start of the text and its arguments.
fn behind_call(text: &str, keeps_arguments: bool) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let rest = text.get(end..).unwrap_or("");
    if !rest.starts_with('(') {
        return rest;
    }
    let behind = behind_brackets(rest);
    if keeps_arguments && !behind.starts_with(['.', '_']) { rest } else { behind }
}

/// What follows the bracket that the text begins with; what follows its first character if it isn't closed.
fn behind_brackets(text: &str) -> &str {
    let mut depth = 0usize;
    for (at, c) in text.char_indices().take(1000) {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return text.get(at + 1..).unwrap_or("");
        }
    }
    text.get(1..).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> ModelName {
        ModelName::from_parts(text.split('.'))
    }

    #[test]
    fn what_a_macro_stands_for_may_be_anything() {
        let check = |written: &str, table: &str, expected: bool| {
            assert_eq!(Pattern::of(written).may_name(&name(table), Some("db")), expected, "{written} {table}");
        };
        check("@customer.orders", "a.orders", true);
        check("@{customer}.orders", "a.items", false);
        check("@{customer}_x.orders_@{n}", "a_x.orders_1", true);
        check("@{customer}_x.orders_@{n}", "a.orders_1", false);
        check("@name", "a.orders", true);
        check("db.@s.orders", "a.orders", true);
        check("@s.orders", "other.a.orders", true);
        check("\"S\".@f(1, (2)).x", "s.a.x", true);
        check("s.orders", "s.orders", true);
        check("s.orders", "s.orders2", false);
    }

    #[test]
    fn the_tables_of_a_file_are_those_that_it_may_name() {
        let text = "SELECT a.x, @field, @f(s.called) FROM @{customer}.orders AS a JOIN s.items JOIN {{ c }}.jinja";
        let unnamed = Unnamed {
            path: "".into(),
            location: Location::default(),
            dialect: Dialect::default(),
            name: Pattern::any(),
            text: text.into(),
            has_blueprints: false,
            is_steady: false,
            content: ContentId([0; 20]),
        };
        let reads = unnamed.reads();
        let found =
            ["q.orders", "s.items", "s.called", "q.jinja", "s.other"].map(|table| reads.may_name(&name(table), None));
        assert_eq!(found, [true, true, true, true, false]);
        let whole = Unnamed { text: "SELECT a FROM @table".into(), ..unnamed };
        assert!(whole.reads().may_name(&name("s.other"), None));
    }

    #[test]
    fn brackets_that_are_not_closed_cost_no_time() {
        let text = "@f(".repeat(50_000);
        assert!(with_wildcards(&text, true).chars().count() <= text.len());
    }
}
