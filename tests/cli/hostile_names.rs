//! Names and texts that mean something to a terminal or to Markdown: they arrive as text, or not at all.

use super::{Sandbox, diff, impact, shop};

/// Written by somebody who wants the reviewer to see something else.
const HOSTILE: [&str; 5] = [
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "<img src=x onerror=alert(1)>",
    "](https://evil.example) @everyone #1",
    "| a | b |\n|---|---|\n# big",
    "\u{202e}elbat\u{2066}",
];

/// Every text as the name of a column, a string, a comment, a model, a file and a table that isn't there.
fn hostile_shop() -> Sandbox {
    let sandbox = shop();
    for (n, text) in HOSTILE.iter().enumerate() {
        let name = text.replace('"', "\"\"");
        let query = format!(
            "MODEL (name \"shop\".\"{name}\", kind VIEW, description '{text}');\n\
             -- {text}\nSELECT id AS \"{name}\", '{text}' AS text FROM \"raw\".\"{name}\" WHERE nothing = (\n"
        );
        let file = text.replace('/', "_");
        sandbox.write(&format!("models/{file}.sql"), query);
        let readable = format!(
            "MODEL (name shop.m{n}, kind VIEW);\nSELECT id AS \"{name}\", '{text}' AS text FROM \"raw\".\"{name}\"\n"
        );
        sandbox.write(&format!("models/m{n}.sql"), readable);
    }
    sandbox
}

#[test]
fn a_terminal_is_never_told_to_do_anything() {
    let sandbox = hostile_shop();
    for arguments in [
        &["diff", "--format", "terminal", "--all"][..],
        &["diff", "--format", "markdown", "--all"],
        &["diff", "--format", "json"],
        &["lineage", "--format", "terminal"],
        &["lineage", "--format", "json"],
        &["render", "shop.m0"],
        &["lineage", HOSTILE[0]],
        &["diff", HOSTILE[0]],
        &["diff", "-p", HOSTILE[0]],
        &["diff", "--select", "[\u{1b}"],
        &["diff", "--dialect", HOSTILE[0]],
        &["explain", HOSTILE[0]],
        &["diff", "--fail-on", HOSTILE[0]],
    ] {
        let run = impact(&sandbox, arguments);
        let obeyed = |c: char| {
            c.is_control() && c != '\n'
                || ('\u{202a}'..='\u{202e}').contains(&c)
                || ('\u{2066}'..='\u{2069}').contains(&c)
        };
        let found: Vec<char> = run.out.chars().chain(run.err.chars()).filter(|&c| obeyed(c)).collect();
        assert!(found.is_empty(), "{arguments:?}: {found:?} in {run:?}");
    }
}

#[test]
fn markdown_shows_it_as_text() {
    let text = impact(&hostile_shop(), &["diff", "--format", "markdown", "--all"]).out;
    for markup in ["<img", "](https://evil", "@everyone", "\n# big", "\n|---|---|\n# big"] {
        assert!(!outside_of_code(&text).contains(markup), "{markup:?} in {text}");
    }
}

/// The Markdown without code spans and fenced blocks.
fn outside_of_code(markdown: &str) -> String {
    let mut fenced = false;
    let mut kept = String::new();
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            for (at, part) in line.split('`').enumerate() {
                kept.push_str(if at % 2 == 0 { part } else { "code" });
            }
            kept.push('\n');
        }
    }
    kept
}

#[test]
fn nothing_is_lost_to_programs() {
    let analysis = diff(&hostile_shop(), &[]);
    let columns: Vec<&str> = analysis["models"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|model| model["columns"].as_array().unwrap())
        .filter_map(|column| column["name"].as_str())
        .collect();
    for text in HOSTILE {
        assert!(columns.iter().any(|column| column.eq_ignore_ascii_case(text)), "{text:?} in {columns:?}");
    }
}
