//! Reads the cases: Markdown files with the sections Before, After and Expected. `testdata/cases/README.md` tells how
//! they are written.

use std::collections::BTreeMap;
use std::path::PathBuf;

pub type Files = BTreeMap<String, String>;

/// One file of `testdata/cases`.
pub struct Case {
    pub name: String,
    pub title: String,
    pub before: Files,
    pub after: Files,
    pub expected: Expected,
}

/// The section Expected.
#[derive(Default)]
pub struct Expected {
    pub models: Vec<ExpectedModel>,
    pub findings: Vec<ExpectedFinding>,
}

/// A row of the table.
pub struct ExpectedModel {
    pub name: String,
    pub rows: String,
    pub columns: String,
    pub verdict: String,
    /// Empty if the case doesn't say.
    pub sqlmesh: String,
}

/// An item of the list.
#[derive(Default)]
pub struct ExpectedFinding {
    pub line: String,
    pub code: String,
    /// `model` or `model.column`
    pub subject: String,
    /// `path:line:col`
    pub place: String,
    pub via: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
    pub message: Option<String>,
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/cases"))
}

/// The files that a case has unless it brings its own: those of the README.
pub fn common_files() -> Files {
    let text = std::fs::read_to_string(folder().join("README.md")).expect("the README of the cases");
    let mut files = Files::new();
    apply(&section(&text, "Files of every case"), &mut files);
    files
}

impl Case {
    pub fn all() -> Vec<Case> {
        let common = common_files();
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder())
            .expect("the folder of cases")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|ext| ext == "md") && !path.ends_with("README.md"))
            .collect();
        paths.sort();
        paths.iter().map(|path| Case::read(path, &common)).collect()
    }

    fn read(path: &std::path::Path, common: &Files) -> Case {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let title = text.lines().next().and_then(|line| line.strip_prefix("# "));
        let title = title.unwrap_or_else(|| panic!("{name} has no title")).to_owned();
        let mut before = common.clone();
        apply(&section(&text, "Before"), &mut before);
        let mut after = before.clone();
        apply(&section(&text, "After"), &mut after);
        assert_ne!(before, after, "{name} changes nothing");
        let expected = expected(&name, &section(&text, "Expected"));
        Case { name, title, before, after, expected }
    }
}

/// The lines below `## heading`, up to the next heading of that level outside of code.
fn section<'t>(text: &'t str, heading: &str) -> Vec<&'t str> {
    let mut lines = Vec::new();
    let (mut inside, mut code) = (false, false);
    for line in text.lines() {
        if line.starts_with("```") {
            code = !code;
        }
        match line.strip_prefix("## ") {
            Some(title) if !code => inside = title == heading,
            _ if inside => lines.push(line),
            _ => {}
        }
    }
    lines
}

/// A line with a path in backticks, then the file's content as code; or the path and `is removed`.
fn apply(lines: &[&str], files: &mut Files) {
    let mut path: Option<&str> = None;
    let mut code: Option<String> = None;
    for line in lines {
        match &mut code {
            Some(text) if *line == "```" => {
                let path = path.take().unwrap_or_else(|| panic!("code without a path: {text}"));
                files.insert(path.to_owned(), std::mem::take(text));
                code = None;
            }
            Some(text) => {
                text.push_str(line);
                text.push('\n');
            }
            None if line.starts_with("```") => code = Some(String::new()),
            None => {
                if let Some((found, rest)) = line.strip_prefix('`').and_then(|rest| rest.split_once('`')) {
                    if rest.trim() == "is removed" {
                        assert!(files.remove(found).is_some(), "there is no {found} to remove");
                    } else {
                        path = Some(found);
                    }
                }
            }
        }
    }
}

fn expected(name: &str, lines: &[&str]) -> Expected {
    let mut expected = Expected::default();
    let mut item = String::new();
    let mut items = Vec::new();
    for line in lines {
        if line.starts_with("| ") && !line.starts_with("| model") {
            expected.models.push(model(name, line));
        } else if let Some(text) = line.strip_prefix("- ") {
            items.push(std::mem::replace(&mut item, text.to_owned()));
        } else if let Some(text) = line.strip_prefix("  ") {
            item = format!("{item} {}", text.trim());
        }
    }
    items.push(item);
    expected.findings = items.iter().filter(|item| !item.is_empty()).map(|item| finding(name, item)).collect();
    expected
}

fn model(name: &str, line: &str) -> ExpectedModel {
    let cells: Vec<String> = line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    let [model, rows, columns, verdict, sqlmesh] = cells.as_slice() else { panic!("{name}: not five cells: {line}") };
    let [name, rows, columns, verdict, sqlmesh] = [model, rows, columns, verdict, sqlmesh].map(String::clone);
    ExpectedModel { name, rows, columns, verdict, sqlmesh }
}

/// ``CODE model.column at path:line:col, via a → b: `old` → `new`; "message"``
fn finding(name: &str, item: &str) -> ExpectedFinding {
    let bad = || -> ! { panic!("{name}: not a finding: {item}") };
    let Some((head, rest)) = item.split_once(" at ") else { bad() };
    let Some((code, subject)) = head.split_once(' ') else { bad() };
    let (place, evidence) = rest.split_once(": ").unwrap_or((rest, ""));
    let (place, via) = match place.split_once(", via ") {
        Some((place, via)) => (place, Some(via.to_owned())),
        None => (place, None),
    };
    let mut finding = ExpectedFinding {
        line: item.to_owned(),
        code: code.to_owned(),
        subject: subject.to_owned(),
        place: place.to_owned(),
        via,
        ..ExpectedFinding::default()
    };
    let mut text = evidence;
    if let Some((rest, message)) = text.split_once('"') {
        finding.message = Some(message.strip_suffix('"').unwrap_or_else(|| bad()).to_owned());
        text = rest.trim().trim_end_matches(';');
    }
    if !text.is_empty() {
        let (before, after) = text.split_once(" → ").unwrap_or_else(|| bad());
        let side = |text: &str| text.trim().trim_matches('`').to_owned();
        finding.before = Some(side(before));
        finding.after = Some(side(after));
    }
    finding
}
