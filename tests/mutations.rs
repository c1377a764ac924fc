//! Random damage to a real project: whatever is done to its files, the analysis comes to an end and keeps its promises.
//!
//! The seed is fixed. `IMPACT_FUZZ_RUNS` sets the number of runs, `IMPACT_FUZZ_SEED` another seed; a failing run says
//! what was done to which file.

#[path = "sqlmesh/example.rs"]
mod example;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use example::Files;
use impact::impact::{Analysis, Change, Verdict};
use impact::pipeline::{Side, analyze};
use impact::project::load::LoadOptions;
use impact::report::{self, json, markdown, terminal};
use impact::source::MemoryTree;

/// Longer than any run takes, in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Pieces of text that mean something somewhere.
const FRAGMENTS: [&str; 32] = [
    "(",
    ")",
    "'",
    "\"",
    "`",
    "--",
    "/*",
    "*/",
    ";",
    ",",
    "*",
    "@",
    "@DEF(a, @a);",
    "@EACH(",
    "@IF(TRUE, ",
    "{{",
    "}}",
    "{% for i in range(9) %}",
    "JINJA_QUERY_BEGIN;",
    "JINJA_END;",
    "MODEL (",
    "AUDIT (",
    "SELECT",
    " FROM ",
    " UNION ALL ",
    "$$",
    "\u{feff}",
    "\u{0}",
    "\r",
    "é",
    "\u{1F600}",
    "::",
];

/// Numbers that look random and are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn sushi() -> Option<Files> {
    example::folder("sushi").map(|folder| example::files(&folder))
}

/// Only these are read; damage elsewhere would test nothing.
fn is_read(path: &str) -> bool {
    let folders = ["models/", "macros/", "audits/", "seeds/", "external_models"];
    path.starts_with("config.") || folders.iter().any(|folder| path.starts_with(folder))
}

/// Does one kind of damage and says which.
fn damage(text: &str, dice: &mut Dice) -> (&'static str, Vec<u8>) {
    let mut bytes = text.as_bytes().to_vec();
    let at = dice.below(bytes.len());
    match dice.below(8) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
            ("a flipped bit", bytes)
        }
        1 => {
            bytes.truncate(at);
            ("cut off", bytes)
        }
        2 => {
            let end = (at + 1 + dice.below(12)).min(bytes.len());
            bytes.drain(at.min(end)..end);
            ("bytes deleted", bytes)
        }
        3 => {
            let fragment = FRAGMENTS[dice.below(FRAGMENTS.len())];
            bytes.splice(at..at, fragment.bytes());
            ("a fragment inserted", bytes)
        }
        4 => ("a token deleted", without_a_token(text, dice)),
        5 => ("lines swapped", with_lines(text, dice, |lines, a, b| lines.swap(a, b))),
        6 => ("a line repeated", with_lines(text, dice, |lines, a, b| lines.insert(a, lines[b]))),
        _ => {
            let more = bytes.get(at..).unwrap_or_default().repeat(1 + dice.below(4));
            bytes.extend(more);
            ("the end repeated", bytes)
        }
    }
}

fn without_a_token(text: &str, dice: &mut Dice) -> Vec<u8> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let starts: Vec<usize> = text.match_indices(|c: char| !c.is_whitespace()).map(|(at, _)| at).collect();
    let Some(&start) = starts.get(dice.below(starts.len())) else { return text.into() };
    let rest = &text[start..];
    let length = rest.find(|c| !is_word(c)).filter(|&length| length > 0);
    let length = length.unwrap_or_else(|| rest.chars().next().map_or(0, char::len_utf8));
    format!("{}{}", &text[..start], &rest[length..]).into()
}

fn with_lines(text: &str, dice: &mut Dice, change: impl Fn(&mut Vec<&str>, usize, usize)) -> Vec<u8> {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    if !lines.is_empty() {
        let (a, b) = (dice.below(lines.len()), dice.below(lines.len()));
        change(&mut lines, a, b);
    }
    lines.concat().into()
}

/// The project, with other content for some files.
fn tree(name: &str, files: &Files, damaged: &[(&str, &[u8])]) -> MemoryTree {
    let whole = files.iter().map(|(path, text)| (path.as_str(), text.as_bytes()));
    // Of two with one path the last stays.
    MemoryTree::of_bytes(name, whole.chain(damaged.iter().copied()))
}

fn analysis(before: &MemoryTree, after: &MemoryTree) -> Analysis {
    let side = |tree| Side { tree, roots: vec![String::new()] };
    analyze(&side(before), &side(after), &LoadOptions::default())
}

/// What holds for every analysis.
fn check(analysis: &Analysis) {
    let ids: Vec<u32> = analysis.findings.iter().map(|finding| finding.id).collect();
    for model in &analysis.models {
        let columns = model.columns.iter().flat_map(|column| &column.because);
        for id in columns.chain(&model.rows.because) {
            assert!(ids.contains(id), "{} cites finding {id}, which isn't there", model.name);
        }
        assert!(!model.fails || model.verdict == Verdict::Breaking, "{} fails and is {:?}", model.name, model.verdict);
    }
    let options = report::Options { width: 80, ..report::Options::default() };
    for text in [json::render(analysis), markdown::render(analysis, &options), terminal::render(analysis, &options)] {
        assert!(!text.is_empty());
    }
}

fn nothing_changes(analysis: &Analysis) -> bool {
    analysis.models.is_empty() && analysis.findings.is_empty()
}

#[test]
fn damage_is_survived_in_bounded_time() {
    let Some(files) = sushi() else { return };
    let (runs, seed) = (number("IMPACT_FUZZ_RUNS", 300), number("IMPACT_FUZZ_SEED", 0x2545_f491_4f6c_dd1d));
    let paths: Vec<&String> = files.keys().filter(|path| is_read(path)).collect();
    let mut dice = Dice(seed.max(1));
    let whole = tree("whole", &files, &[]);
    for run in 0..runs {
        let path = paths[dice.below(paths.len())];
        let (what, mut bytes) = damage(&files[path], &mut dice);
        if dice.below(4) == 0 {
            let again = String::from_utf8_lossy(&bytes).into_owned();
            bytes = damage(&again, &mut dice).1;
        }
        let damaged = tree("damaged", &files, &[(path, &bytes)]);
        let start = Instant::now();
        let both = catch_unwind(AssertUnwindSafe(|| {
            check(&analysis(&whole, &damaged));
            check(&analysis(&damaged, &whole));
            assert!(nothing_changes(&analysis(&damaged, &damaged)), "a state differs from itself");
        }));
        let text = String::from_utf8_lossy(&bytes);
        assert!(both.is_ok(), "run {run}: {what} in {path}:\n{text}");
        assert!(start.elapsed() < PATIENCE, "run {run} took {:?}: {what} in {path}:\n{text}", start.elapsed());
    }
}

#[test]
fn an_untouched_project_is_unchanged() {
    let Some(files) = sushi() else { return };
    let (a, b) = (tree("a", &files, &[]), tree("b", &files, &[]));
    assert!(nothing_changes(&analysis(&a, &b)));
}

#[test]
fn a_project_that_appears_is_added() {
    let Some(files) = sushi() else { return };
    let appeared = analysis(&MemoryTree::new("nothing", []), &tree("whole", &files, &[]));
    assert!(!appeared.models.is_empty());
    assert!(appeared.models.iter().all(|model| model.change == Change::Added), "{:?}", appeared.models);
}
