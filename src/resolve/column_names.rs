//! Which columns a pattern or a lambda in DuckDB's `COLUMNS(…)` picks by their names.
//!
//! In: what stands in the call, and a name. Out: whether it is picked; nothing where that can't be told. DuckDB compares names in the case
//! in which a table was created. SQLMesh folds the names of models and of parts of a query; of tables from outside nobody knows
//! the case, so that for them only what doesn't look at it tells.

use regex_automata::meta;
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;

use crate::sql::tree::{Name, Op, Tree};

/// Patterns longer than this aren't tried.
const LONGEST_PATTERN: usize = 1000;

/// What picks columns by their names.
pub(super) enum Picker<'t> {
    Pattern(Pattern),
    Lambda { parameter: &'t Name, condition: &'t Tree },
}

/// A regular expression, as written and without regard to case.
pub(super) struct Pattern {
    exact: meta::Regex,
    loose: meta::Regex,
    /// Does it read all cases alike, or at least find with `loose` whatever it finds in any case?
    is_caseless: bool,
    is_plain: bool,
}

impl<'t> Picker<'t> {
    /// Reads what stands in the brackets.
    pub(super) fn new(argument: &'t Tree) -> Option<Self> {
        match &argument.op {
            Op::Text(pattern) => Pattern::new(pattern).map(Picker::Pattern),
            Op::Lambda => {
                let [parameter, condition] = argument.kids.as_slice() else { return None };
                Some(Picker::Lambda { parameter: parameter.ident()?, condition })
            }
            _ => None,
        }
    }

    /// Is the column of this name picked? `is_folded`: the name has no other case on the database.
    pub(super) fn picks(&self, name: &str, is_folded: bool) -> Option<bool> {
        match self {
            _ if !name.is_ascii() => None,
            Picker::Pattern(pattern) => pattern.finds(name, is_folded),
            Picker::Lambda { parameter, condition } => Named { parameter, name, is_folded }.holds(condition),
        }
    }

    /// The name that a column gets by `AS 'x_\1'`: what the pattern's groups found stands in the place of the numbers.
    pub(super) fn renamed(&self, name: &str, alias: &str, is_folded: bool) -> Option<String> {
        let Picker::Pattern(pattern) = self else { return None };
        is_folded.then(|| pattern.replaced(name, alias)).flatten()
    }
}

impl Pattern {
    fn new(text: &str) -> Option<Self> {
        let has_no_letters = {
            let mut chars = text.chars();
            let mut found = false;
            while let Some(c) = chars.next() {
                match c {
                    '\\' => drop(chars.next()),
                    c => found |= c.is_alphabetic(),
                }
            }
            !found
        };
        // A negated class finds more in one case than without regard to it.
        let is_plain = !["[^", "[:", "(?", "\\p", "\\P"].iter().any(|part| text.contains(part));
        let is_caseless =
            has_no_letters && is_plain || text.strip_prefix("(?i)").is_some_and(|rest| !rest.contains("(?"));
        Some(Pattern { exact: regex(text, false)?, loose: regex(text, true)?, is_caseless, is_plain })
    }

    fn finds(&self, name: &str, is_folded: bool) -> Option<bool> {
        if is_folded || self.is_caseless {
            return Some(self.exact.is_match(name));
        }
        (self.is_plain && !self.loose.is_match(name)).then_some(false)
    }

    fn replaced(&self, name: &str, alias: &str) -> Option<String> {
        let mut captures: Captures = self.exact.create_captures();
        self.exact.captures(name, &mut captures);
        let (mut text, mut chars) = (String::new(), alias.chars());
        while let Some(c) = chars.next() {
            if c != '\\' {
                text.push(c);
                continue;
            }
            match chars.next()? {
                '\\' => text.push('\\'),
                digit => {
                    let group = captures.get_group(digit.to_digit(10)? as usize)?;
                    text.push_str(name.get(group.range())?);
                }
            }
        }
        Some(text)
    }
}

/// RE2, as DuckDB has it: bytes, and no Unicode classes.
fn regex(pattern: &str, any_case: bool) -> Option<meta::Regex> {
    if pattern.len() > LONGEST_PATTERN || !pattern.is_ascii() {
        return None;
    }
    let syntax = syntax::Config::new().unicode(false).utf8(false).case_insensitive(any_case);
    meta::Builder::new().syntax(syntax).configure(meta::Config::new().utf8_empty(false)).build(pattern).ok()
}

/// A lambda's parameter, and the name that it stands for.
struct Named<'t> {
    parameter: &'t Name,
    name: &'t str,
    is_folded: bool,
}

impl Named<'_> {
    fn holds(&self, condition: &Tree) -> Option<bool> {
        let condition = condition.unwrap_parens();
        let kids = condition.kids.as_slice();
        match (&condition.op, kids) {
            (Op::Bool(value), _) => Some(*value),
            (Op::Not, [inner]) => Some(!self.holds(inner)?),
            (Op::And, _) => kids.iter().try_fold(true, |all, kid| Some(self.holds(kid)? && all)),
            (Op::Or, _) => kids.iter().try_fold(false, |any, kid| Some(self.holds(kid)? || any)),
            (Op::Binary(op), [left, right]) => {
                let (left, right) = (self.exact(left)?, self.exact(right)?);
                match &**op {
                    "=" => Some(left == right),
                    "<>" => Some(left != right),
                    _ => None,
                }
            }
            (Op::In, [value, list @ ..]) => {
                let value = self.exact(value)?;
                list.iter().try_fold(false, |found, one| Some(self.exact(one)? == value || found))
            }
            (Op::Like("LIKE"), [value, pattern]) => Some(like(&self.exact(value)?, literal(pattern)?)),
            (Op::Like("ILIKE"), [value, pattern]) => {
                Some(like(&self.text(value)?.0.to_lowercase(), &literal(pattern)?.to_lowercase()))
            }
            (Op::Function(function), [value, other]) => {
                let (value, other) = (self.exact(value)?, literal(other)?);
                match &**function {
                    "STARTS_WITH" | "PREFIX" => Some(value.starts_with(other)),
                    "ENDS_WITH" | "SUFFIX" => Some(value.ends_with(other)),
                    "CONTAINS" => Some(value.contains(other)),
                    "REGEXP_MATCHES" => Some(regex(other, false)?.is_match(&*value)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A text whose case is certain.
    fn exact(&self, value: &Tree) -> Option<String> {
        let (text, is_certain) = self.text(value)?;
        is_certain.then_some(text)
    }

    fn text(&self, value: &Tree) -> Option<(String, bool)> {
        let value = value.unwrap_parens();
        match (&value.op, value.kids.as_slice()) {
            (Op::Text(text), _) => Some((text.to_string(), true)),
            (Op::Ident(name), _) if name == self.parameter => Some((self.name.to_owned(), self.is_folded)),
            (Op::Column, [only]) => self.text(only),
            (Op::Function(function), [only]) => {
                let (text, _) = self.text(only)?;
                match &**function {
                    "LOWER" | "LCASE" => Some((text.to_lowercase(), true)),
                    "UPPER" | "UCASE" => Some((text.to_uppercase(), true)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

fn literal(tree: &Tree) -> Option<&str> {
    match &tree.unwrap_parens().op {
        Op::Text(text) => Some(text),
        _ => None,
    }
}

/// LIKE without an escape character.
fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    let (mut at, mut in_pattern, mut retry) = (0, 0, None);
    while at < text.len() {
        match pattern.get(in_pattern) {
            Some(b'%') => {
                retry = Some((at, in_pattern));
                in_pattern += 1;
            }
            Some(byte) if *byte == b'_' || text.get(at) == Some(byte) => {
                at += 1;
                in_pattern += 1;
            }
            _ => match &mut retry {
                Some((from, percent)) => {
                    *from += 1;
                    (at, in_pattern) = (*from, *percent + 1);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(in_pattern).all(|byte| *byte == b'%')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{Dialect, Family};

    fn picked(argument: &str, names: &[&str], is_folded: bool) -> Vec<Option<bool>> {
        let tree = crate::sql::query(&format!("SELECT COLUMNS({argument}) FROM t"), Dialect::new(Family::DuckDb))
            .expect("a query");
        let mut call = None;
        tree.walk(&mut |node| {
            if let Op::Function(name) = &node.op
                && &**name == "COLUMNS"
            {
                call = node.kids.first().cloned();
            }
            true
        });
        let call = call.expect("a call");
        let picker = Picker::new(&call);
        names.iter().map(|name| picker.as_ref()?.picks(name, is_folded)).collect()
    }

    #[test]
    fn patterns_find_a_part_of_a_name() {
        let names = ["ab", "xab", "a_one"];
        assert_eq!(picked("'ab'", &names, true), [Some(true), Some(true), Some(false)]);
        assert_eq!(picked("'^a.*'", &names, true), [Some(true), Some(false), Some(true)]);
        assert_eq!(picked("'AB'", &names, true), [Some(false); 3]);
        assert_eq!(picked("'(?i)AB$'", &names, true), [Some(true), Some(true), Some(false)]);
        assert_eq!(picked("'(?<=a)b'", &names, true), [None; 3]);
    }

    #[test]
    fn the_case_of_other_tables_isn_t_known() {
        let names = ["ab", "cd"];
        assert_eq!(picked("'ab'", &names, false), [None, Some(false)]);
        assert_eq!(picked("'(?i)ab'", &names, false), [Some(true), Some(false)]);
        assert_eq!(picked("'[^a-z]'", &names, false), [None, None]);
        assert_eq!(picked("'^..$'", &names, false), [Some(true), Some(true)]);
        assert_eq!(picked("c -> c LIKE 'a%'", &names, false), [None, None]);
        assert_eq!(picked("c -> c ILIKE 'A%'", &names, false), [Some(true), Some(false)]);
        assert_eq!(picked("c -> LOWER(c) = 'ab'", &names, false), [Some(true), Some(false)]);
    }

    #[test]
    fn lambdas_are_evaluated() {
        let names = ["ab", "a_one", "cd"];
        assert_eq!(picked("lambda c: c LIKE 'a%'", &names, true), [Some(true), Some(true), Some(false)]);
        assert_eq!(picked("c -> c LIKE '%_n_'", &names, true), [Some(false), Some(true), Some(false)]);
        assert_eq!(picked("c -> c IN ('ab', 'CD')", &names, true), [Some(true), Some(false), Some(false)]);
        assert_eq!(
            picked("c -> NOT starts_with(c, 'a') AND c <> 'x'", &names, true),
            [Some(false), Some(false), Some(true)]
        );
        assert_eq!(picked("c -> length(c) = 2", &names, true), [None; 3]);
    }

    #[test]
    fn groups_of_a_pattern_make_names() {
        let pattern = Pattern::new("a_(.*)").map(Picker::Pattern).expect("a pattern");
        assert_eq!(pattern.renamed("a_one", "v_\\1", true).as_deref(), Some("v_one"));
        assert_eq!(pattern.renamed("a_one", "\\2", true), None);
        assert_eq!(pattern.renamed("a_one", "\\1", false), None);
    }
}
