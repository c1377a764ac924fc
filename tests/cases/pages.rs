//! The example on every rule's page fires the rule.

use std::collections::BTreeSet;

use impact::changes::RULES;

use crate::analysed;
use crate::book::{Files, common_files};

#[test]
fn the_example_on_every_page_fires_its_rule() {
    let common = common_files();
    let mut silent = Vec::new();
    for rule in RULES {
        let (before, after) = example(rule.page, &common);
        let analysis = analysed(&before, &after);
        let fired: BTreeSet<&str> = analysis.findings.iter().map(|finding| finding.code.as_str()).collect();
        if !fired.contains(rule.code) {
            silent.push(format!("{}: fires {fired:?}", rule.code));
        }
    }
    assert!(silent.is_empty(), "these examples don't fire their rule:\n{}", silent.join("\n"));
}

/// Code below `## Example`, each block with a comment that says `before`, `after` or `both`, and the path if it isn't
/// a SQL model.
fn example(page: &str, common: &Files) -> (Files, Files) {
    let (mut before, mut after) = (common.clone(), common.clone());
    let section = page.split("## Example").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("an example");
    for block in section.split("```").skip(1).step_by(2) {
        let (_, code) = block.split_once('\n').expect("a language");
        let (comment, text) = code.split_once('\n').expect("a comment");
        let comment = comment.trim_start_matches(['-', '#', ' ']);
        let (side, path) = match comment.split_once(": ") {
            Some((side, path)) => (side, path.to_owned()),
            None => (comment, model_path(text)),
        };
        for files in match side {
            "before" => vec![&mut before],
            "after" => vec![&mut after],
            "both" => vec![&mut before, &mut after],
            _ => panic!("neither before nor after: {comment}"),
        } {
            // A page's configuration is added to the one that every case has.
            let file = files.entry(path.clone()).or_default();
            *file = if path == "config.yaml" { format!("{file}{text}") } else { text.to_owned() };
        }
    }
    (before, after)
}

/// `models/orders.sql` for `MODEL (name shop.orders, …`
fn model_path(text: &str) -> String {
    let name = text.split("name shop.").nth(1).expect("a model's name");
    let table: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    format!("models/{table}.sql")
}
