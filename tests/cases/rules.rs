//! Which rule fires in which case: one snapshot per family, so that a new false positive shows up at once.

use std::collections::{BTreeMap, BTreeSet};

use impact::changes::RULES;

use crate::analysed;
use crate::book::Case;
use impact::impact::Disagreement;

/// Names of cases by rule.
fn fired() -> (BTreeMap<&'static str, BTreeSet<String>>, usize) {
    let cases = Case::all();
    let mut fired: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for case in &cases {
        let analysis = analysed(&case.before, &case.after);
        for rule in RULES {
            let cases = fired.entry(rule.code).or_default();
            if analysis.findings.iter().any(|finding| finding.code == rule.code) {
                cases.insert(case.name.clone());
            }
        }
    }
    (fired, cases.len())
}

#[test]
fn every_rule_fires_in_some_cases_and_not_in_others() {
    let (fired, all) = fired();
    let never: Vec<&str> = fired.iter().filter(|(_, cases)| cases.is_empty()).map(|(code, _)| *code).collect();
    let always: Vec<&str> = fired.iter().filter(|(_, cases)| cases.len() == all).map(|(code, _)| *code).collect();
    assert!(never.is_empty(), "no case fires {never:?}");
    assert!(always.is_empty(), "no case leaves {always:?} silent");
}

#[test]
fn each_rule_fires_exactly_in_these_cases() {
    let (fired, _) = fired();
    let families: BTreeSet<char> = RULES.iter().filter_map(|rule| rule.code.chars().next()).collect();
    for family in families {
        let rules = RULES.iter().filter(|rule| rule.code.starts_with(family));
        let listed = rules.map(|rule| {
            let cases = fired.get(rule.code).into_iter().flatten().map(|case| format!("\n  {case}"));
            format!("{} {}{}\n", rule.code, rule.name, cases.collect::<String>())
        });
        insta::assert_snapshot!(format!("family_{family}"), listed.collect::<String>());
    }
}

/// Where SQLMesh would keep a table whose data changes, a page says what to tell it instead.
#[test]
fn every_unsafe_change_has_a_page_that_says_what_to_do() {
    let advice = ["--no-auto-categorization", "--restate-model"];
    let mut mute = Vec::new();
    for case in Case::all() {
        let analysis = analysed(&case.before, &case.after);
        let is_unsafe = |model: &&impact::impact::ModelImpact| model.disagreement == Some(Disagreement::SqlmeshUnsafe);
        if !analysis.models.iter().any(|model| is_unsafe(&model)) {
            continue;
        }
        let pages = analysis.findings.iter().filter_map(|finding| impact::changes::rule(&finding.code));
        let advised = pages.filter(|rule| {
            let what_to_do = rule.page.split("## What to do").nth(1).unwrap_or("");
            advice.iter().any(|option| what_to_do.contains(option))
        });
        if advised.count() == 0 {
            mute.push(case.name.clone());
        }
    }
    assert!(mute.is_empty(), "no page says what to tell `sqlmesh plan` in {mute:?}");
}
