//! What sqlglot goes by, as recorded by `tests/oracle/annotators.py`.
//!
//! Lines of `types.txt`, fields apart by tabs; dialects apart by commas, `*` for all of them:
//!
//! - `kinds …`, `set NAME …`: all kinds of types, and sets of them
//! - `coerces DIALECTS KIND KINDS…`: what a type becomes beside one of these
//! - `settings DIALECTS WORDS`: `null` (NULL is a type), `non_literal` (columns count before literals),
//!   `default=KIND` (of a NULL)
//! - `nullable DIALECTS KINDS`: written so unless something else is said; `reserved DIALECTS WORDS`: names in quotes
//! - `bare DIALECTS KIND`: loses its brackets where it is read
//! - `read DIALECTS WORD TYPE`, `write DIALECTS KIND BARE ONE TWO`, `nested DIALECTS SHAPE TEXT`: how types are written
//!
//! Lines of `functions.txt`: `NAME DIALECTS PATTERN=RULE…`. A dialect with `!` means annotation without a schema, which
//! goes by the rules of no dialect. A pattern is the number of arguments, `*` for any other, `wN` with WITHIN GROUP, or
//! a letter for each: c column, s text, n number, d cast to a date, i interval. `rule.rs` reads the rules.

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::dialect::{Dialect, Family};

use super::data_type::{DataType, Kind, UNKNOWN};
use super::read;
use super::rule::{Rule, rule};

const TYPES: &str = include_str!("types.txt");
const FUNCTIONS: &str = include_str!("functions.txt");

/// Everything that holds for one dialect.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) kinds: FxHashMap<&'static str, Kind>,
    sets: FxHashMap<&'static str, FxHashSet<Kind>>,
    coerces: FxHashSet<(Kind, Kind)>,
    /// Types by the words that name them, in upper case.
    pub(super) words: FxHashMap<&'static str, DataType>,
    /// How a kind is written: bare, with one value in brackets, with two.
    pub(super) written: FxHashMap<Kind, [&'static str; 3]>,
    /// How arrays, lists, maps and structs are written.
    pub(super) nested: FxHashMap<&'static str, &'static str>,
    /// Kinds that are written as nullable unless it is said that they aren't.
    pub(super) nullable: FxHashSet<Kind>,
    /// Kinds that lose what stands in their brackets.
    pub(super) bare: FxHashSet<Kind>,
    pub(super) is_clickhouse: bool,
    /// What stands around a quoted name.
    pub(super) quotes: (char, char),
    /// Words that sqlglot quotes where they are names.
    pub(super) reserved: FxHashSet<&'static str>,
    pub(super) has_null_type: bool,
    pub(super) prefers_columns: bool,
    /// What a NULL becomes in the end.
    pub(super) default_null: Kind,
    functions: FxHashMap<&'static str, Vec<(&'static str, Rule)>>,
}

impl Tables {
    /// Of this dialect.
    pub(super) fn of(dialect: Dialect) -> &'static Tables {
        static ALL: [OnceLock<Tables>; FAMILIES] = [const { OnceLock::new() }; FAMILIES];
        cached(&ALL, dialect, || Tables::read(dialect, false))
    }

    /// Of this dialect's syntax where no schema is known: functions by the rules of no dialect.
    pub(super) fn without_schema(dialect: Dialect) -> &'static Tables {
        static ALL: [OnceLock<Tables>; FAMILIES] = [const { OnceLock::new() }; FAMILIES];
        cached(&ALL, dialect, || Tables::read(dialect, true))
    }

    fn read(dialect: Dialect, without_schema: bool) -> Tables {
        let quotes = dialect.lexical().identifier_quotes.first().copied().unwrap_or(('"', '"'));
        let dialect = name(dialect);
        let mut tables = Tables {
            kinds: FxHashMap::default(),
            sets: FxHashMap::default(),
            coerces: FxHashSet::default(),
            words: FxHashMap::default(),
            written: FxHashMap::default(),
            nested: FxHashMap::default(),
            nullable: FxHashSet::default(),
            bare: FxHashSet::default(),
            is_clickhouse: dialect == "clickhouse",
            quotes,
            reserved: FxHashSet::default(),
            has_null_type: false,
            prefers_columns: false,
            default_null: UNKNOWN,
            functions: FxHashMap::default(),
        };
        let mut types = Vec::new();
        for line in TYPES.lines() {
            tables.line(line, dialect, without_schema, &mut types);
        }
        for (word, text) in types {
            let data_type = read::spelled(text, &tables);
            tables.words.insert(word, data_type);
        }
        tables.read_functions(dialect, without_schema);
        tables
    }

    /// Takes a line of `types.txt`; words that name types are read when all kinds are known.
    fn line(
        &mut self,
        line: &'static str,
        dialect: &str,
        without_schema: bool,
        types: &mut Vec<(&'static str, &'static str)>,
    ) {
        let fields: Vec<&'static str> = line.split('\t').collect();
        // What is annotated without a schema coerces as in no dialect.
        let annotates = if without_schema { "generic" } else { dialect };
        match fields.as_slice() {
            ["kinds", kinds] => self.kinds.extend(kinds.split(' ').map(|kind| (kind, kind))),
            ["set", name, kinds] => {
                self.sets.insert(name, kinds.split(' ').collect());
            }
            ["coerces", dialects, kind, into] if applies(dialects, annotates) => {
                self.coerces.extend(into.split(' ').map(|into| (*kind, into)));
            }
            ["settings", dialects, words] if applies(dialects, annotates) => words.split(' ').for_each(|w| self.set(w)),
            ["nullable", dialects, kinds] if applies(dialects, dialect) => self.nullable.extend(kinds.split(' ')),
            ["reserved", dialects, words] if applies(dialects, dialect) => self.reserved.extend(words.split(' ')),
            ["bare", dialects, kind] if applies(dialects, dialect) => {
                self.bare.insert(kind);
            }
            ["read", dialects, word, text] if applies(dialects, dialect) => types.push((word, text)),
            ["write", dialects, kind, bare, one, two] if applies(dialects, dialect) => {
                self.written.insert(kind, [bare, one, two]);
            }
            ["nested", dialects, shape, text] if applies(dialects, dialect) => {
                self.nested.insert(shape, text);
            }
            _ => {}
        }
    }

    fn set(&mut self, word: &'static str) {
        match word.split_once('=') {
            Some(("default", kind)) => self.default_null = kind,
            _ if word == "null" => self.has_null_type = true,
            _ if word == "non_literal" => self.prefers_columns = true,
            _ => {}
        }
    }

    fn read_functions(&mut self, dialect: &str, without_schema: bool) {
        let other = format!("{dialect}!");
        let mut replaced = FxHashSet::default();
        for line in FUNCTIONS.lines() {
            let mut fields = line.split('\t');
            let (Some(name), Some(dialects)) = (fields.next(), fields.next()) else { continue };
            let is_other = without_schema && dialects.split(',').any(|known| known == other);
            if !is_other && (!applies(dialects, dialect) || replaced.contains(name)) {
                continue;
            }
            if is_other {
                replaced.insert(name);
            }
            let rules = fields.filter_map(|field| field.split_once('='));
            let rules = rules.map(|(pattern, text)| (pattern, rule(text, self))).collect();
            self.functions.insert(name, rules);
        }
    }

    /// The rules of a function (name in upper case), by pattern of arguments.
    pub(super) fn function(&self, name: &str) -> Option<&[(&'static str, Rule)]> {
        self.functions.get(name).map(Vec::as_slice)
    }

    /// Is a type of this kind in the set?
    pub(super) fn is(&self, set: &str, kind: Kind) -> bool {
        self.sets.get(set).is_some_and(|kinds| kinds.contains(kind))
    }

    /// Does a type of the one kind become the other beside it?
    pub(super) fn coerces(&self, from: Kind, into: Kind) -> bool {
        self.coerces.contains(&(from, into))
    }
}

const FAMILIES: usize = 32;

fn cached(
    all: &'static [OnceLock<Tables>; FAMILIES],
    dialect: Dialect,
    read: impl FnOnce() -> Tables,
) -> &'static Tables {
    let slot = all.get(dialect.family as usize).unwrap_or(&all[0]);
    slot.get_or_init(read)
}

/// sqlglot's name of the dialect, as the tables have it.
fn name(dialect: Dialect) -> &'static str {
    if dialect.family == Family::Generic { "generic" } else { dialect.name() }
}

fn applies(dialects: &str, dialect: &str) -> bool {
    dialects == "*" || dialects.split(',').any(|known| known == dialect)
}
