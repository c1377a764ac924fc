//! How identifiers fold and what quotes mean, in every dialect, against what sqlglot does.

use std::collections::BTreeMap;

use impact::dialect::Dialect;
use serde_json::Value;

/// Names after a setting, each with what becomes of it as a column, a table, a table behind a schema.
type Names = BTreeMap<String, BTreeMap<String, String>>;

#[test]
fn identifiers_fold_as_in_sqlglot() {
    let mut checked = 0;
    for (dialect, recorded) in recorded() {
        let names: Names = serde_json::from_value(recorded["names"].clone()).expect("names by setting");
        for (setting, names) in names {
            let name = if dialect == "generic" { "" } else { &dialect };
            let text =
                if setting.is_empty() { name.to_owned() } else { format!("{name}, normalization_strategy={setting}") };
            let known = Dialect::parse(&text).unwrap_or_else(|| panic!("the dialect {text}"));
            for (written, expected) in names {
                let (name, quoted) = written.split_once(' ').expect("a name and how it is written");
                let quoted = quoted == "quoted";
                let (table, behind) =
                    (known.normalize_table(name, quoted, false), known.normalize_table(name, quoted, true));
                let folded = [known.normalize(name, quoted), table, behind].join(" ");
                assert_eq!(folded, expected, "{text}: {written}");
                checked += 1;
            }
        }
    }
    assert!(checked > 1000, "only {checked} names are recorded");
}

#[test]
fn quotes_mean_what_they_mean_in_sqlglot() {
    for (dialect, recorded) in recorded() {
        let rules = Dialect::parse(if dialect == "generic" { "" } else { &dialect }).expect("a dialect").lexical();
        for (text, expected) in recorded["quotes"].as_object().expect("quotes") {
            // A query that SQLMesh refuses never gets here.
            if expected == "refused" {
                continue;
            }
            let quote = text.chars().next().expect("a quote");
            let is_identifier = rules.identifier_quotes.iter().any(|(open, _)| *open == quote);
            let is_string = rules.string_quotes.contains(&quote);
            assert_eq!(is_identifier, expected == "identifier", "{dialect}: {text} as an identifier");
            assert_eq!(is_string, expected == "string", "{dialect}: {text} as a string");
        }
    }
}

fn recorded() -> BTreeMap<String, Value> {
    serde_json::from_str(include_str!("../oracle/recorded/identifiers.json")).expect("what sqlglot answered")
}
