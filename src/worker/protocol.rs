//! What is said to the worker, and what its answer means.
//!
//! In: what to expand, or the bytes that the worker wrote. Out: lines of JSON, or answers by model. The worker runs the
//! project's code, so what it writes is not trusted: one line that is no answer spoils all.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::names::ModelName;

/// The longest query that is taken.
const LONGEST: usize = 4 << 20;

/// How the project is to be loaded.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Settings {
    pub roots: Vec<String>,
    pub state: String,
    pub config: String,
    pub gateway: Option<String>,
    pub dialect: Option<String>,
    pub catalog: Option<String>,
    /// What is asked for are the blueprints of files.
    pub blueprints: bool,
    /// Where the revision's files are.
    pub folder: String,
}

#[derive(Serialize)]
struct Asked<'n> {
    name: &'n str,
}

/// One line of the worker.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: Option<String>,
    sql: Option<String>,
    error: Option<String>,
    failed: Option<String>,
    done: Option<bool>,
    skipped: Option<String>,
    line: Option<u32>,
}

/// A file that SQLMesh could not load and went on without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Skipped {
    pub path: String,
    /// 0 if it isn't known.
    pub line: u32,
    pub reason: String,
}

/// Everything that a worker says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answered {
    pub answers: Answers,
    pub skipped: Vec<Skipped>,
}

/// How many files may be left out.
const MOST_SKIPPED: usize = 1000;

/// The expanded query of each model, or why there is none.
pub(super) type Answers = BTreeMap<ModelName, Result<Arc<str>, String>>;

/// The request, as lines.
pub(super) fn request(settings: &Settings, names: &[ModelName]) -> Vec<u8> {
    let mut text = serde_json::to_string(settings).unwrap_or_default();
    for name in names {
        text.push('\n');
        text.push_str(&serde_json::to_string(&Asked { name: &name.to_string() }).unwrap_or_default());
    }
    text.push_str("\n\n");
    text.into_bytes()
}

/// Reads the answers to a request for these models.
pub(super) fn answers(output: &[u8], names: &[ModelName]) -> Result<Answered, String> {
    let text = std::str::from_utf8(output).map_err(|_| "what it answered is not text".to_owned())?;
    let asked: BTreeMap<String, &ModelName> = names.iter().map(|name| (name.to_string(), name)).collect();
    let mut answers = Answers::new();
    let mut skipped = vec![];
    let mut is_done = false;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let line: Line = serde_json::from_str(line).map_err(|_| "what it answered can't be read".to_owned())?;
        if let (Line { name: None, sql: None, failed: None, done: None, .. }, Some(path)) = (&line, &line.skipped) {
            let reason = line.error.as_deref().unwrap_or("").chars().take(600).collect();
            skipped.push(Skipped { path: path.clone(), line: line.line.unwrap_or(0), reason });
            if skipped.len() > MOST_SKIPPED {
                return Err("it left out too many files".to_owned());
            }
            continue;
        }
        let model = line.name.as_ref().and_then(|name| asked.get(name));
        match (model, line.failed, line.done) {
            (_, Some(failure), _) => return Err(failure.chars().take(600).collect()),
            (Some(&model), None, None) if !is_done => {
                let answer = answer(line.sql, line.error);
                if answers.insert(model.clone(), answer).is_some() {
                    return Err("it answered twice".to_owned());
                }
            }
            (None, None, Some(true)) => is_done = true,
            _ => return Err("it answered what wasn't asked".to_owned()),
        }
    }
    if !is_done {
        return Err("it ended without an answer".to_owned());
    }
    for name in names {
        answers.entry(name.clone()).or_insert_with(|| Err("SQLMesh gave no answer".to_owned()));
    }
    Ok(Answered { answers, skipped })
}

fn answer(sql: Option<String>, error: Option<String>) -> Result<Arc<str>, String> {
    match (sql, error) {
        (Some(sql), None) if sql.len() > LONGEST => Err("the expanded query is too long".to_owned()),
        (Some(sql), None) if sql.trim().is_empty() => Err("nothing is left of the query".to_owned()),
        (Some(sql), None) => Ok(sql.into()),
        (_, Some(error)) => Err(error.chars().take(600).collect()),
        (None, None) => Err("SQLMesh gave no answer".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(output: &str) -> Result<Vec<String>, String> {
        let names = ["a", "b"].map(|table| ModelName::from_parts(["s", table]));
        let Answered { answers, skipped } = answers(output.as_bytes(), &names)?;
        let skipped = skipped.into_iter().map(|found| format!("{}:{} {}", found.path, found.line, found.reason));
        let answers = answers.into_values().map(|answer| answer.map_or_else(|error| error, |sql| sql.to_string()));
        Ok(skipped.chain(answers).collect())
    }

    #[test]
    fn answers_are_read_by_model() {
        let output =
            "{\"name\":\"s.b\",\"error\":\"E: x\"}\n{\"name\":\"s.a\",\"sql\":\"SELECT 1\"}\n{\"done\":true}\n";
        assert_eq!(read(output), Ok(vec!["SELECT 1".to_owned(), "E: x".to_owned()]));
        let skipping = "{\"skipped\":\"m/a.py\",\"line\":3,\"error\":\"E\"}\n{\"done\":true}\n";
        assert_eq!(read(skipping).map(|found| found.first().cloned()), Ok(Some("m/a.py:3 E".to_owned())));
        assert_eq!(read("{\"done\":true}").map(|answers| answers.len()), Ok(2));
        assert_eq!(read("{\"failed\":\"E: no\"}"), Err("E: no".to_owned()));
    }

    #[test]
    fn what_is_no_answer_spoils_all() {
        for output in [
            "",
            "hello\n{\"done\":true}",
            "{\"name\":\"s.a\",\"sql\":\"SELECT 1\"}",
            "{\"name\":\"s.z\",\"sql\":\"SELECT 1\"}\n{\"done\":true}",
            "{\"name\":\"s.a\",\"sql\":\"1\"}\n{\"name\":\"s.a\",\"sql\":\"2\"}\n{\"done\":true}",
            "{\"done\":true}\n{\"name\":\"s.a\",\"sql\":\"1\"}",
            "{\"done\":false}",
            "{\"done\":true,\"more\":1}",
            "[]",
        ] {
            assert!(read(output).is_err(), "{output}");
        }
    }

    #[test]
    fn a_request_is_one_line_a_model() {
        let settings = Settings {
            roots: vec!["/p".into()],
            state: "/s".into(),
            config: "config".into(),
            gateway: None,
            dialect: None,
            catalog: Some("db".into()),
            blueprints: false,
            folder: "/p".into(),
        };
        let text = String::from_utf8(request(&settings, &[ModelName::from_parts(["s", "a\nb"])])).expect("text");
        let expected = "{\"roots\":[\"/p\"],\"state\":\"/s\",\"config\":\"config\",\"gateway\":null,\"dialect\":null,\
                        \"catalog\":\"db\",\"blueprints\":false,\"folder\":\"/p\"}\n{\"name\":\"s.a\\nb\"}\n\n";
        assert_eq!(text, expected);
    }
}
