//! Which findings of a model are worth telling, and how their evidence is to be read.
//!
//! In: an [`Entry`]. Out: groups of its findings, each told once with all its places. Nothing is lost where everything
//! is asked for.

use std::collections::BTreeMap;

use super::summary::{Class, Entry};
use crate::impact::{Finding, FindingSeverity};

/// Further places printed of one finding.
const MAX_PLACES: usize = 4;

/// The findings, those that say the same at several places together. Of a model that fails only why: what else differs
/// in it follows from that.
pub fn told<'a>(entry: &Entry<'a>, all: bool) -> Vec<Vec<&'a Finding>> {
    let explains = |finding: &&&Finding| finding.severity == FindingSeverity::Failing;
    // Where only an audit or a test of the model fails, what was done to the model is the reason.
    let fails = entry.class == Class::Fails && entry.model.is_none_or(|model| model.fails);
    let only_failing = !all && fails && entry.findings.iter().any(|finding| explains(&finding));
    let mut told: Vec<Vec<&Finding>> = Vec::new();
    for &finding in entry.findings.iter().filter(|finding| !only_failing || explains(finding)) {
        let same = |known: &&mut Vec<&Finding>| known.first().is_some_and(|first| says_the_same(first, finding));
        match told.iter_mut().find(same) {
            Some(known) => known.push(finding),
            None => told.push(vec![finding]),
        }
    }
    told
}

/// How many findings are told of one model, and of one code in it.
const MAX_FINDINGS: usize = 8;
const MAX_OF_A_CODE: usize = 3;

/// The groups that are printed, and how many of which code are not.
pub fn chosen<'a>(told: Vec<Vec<&'a Finding>>, all: bool) -> (Vec<Vec<&'a Finding>>, Vec<(&'a str, usize)>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let code = |group: &[&'a Finding]| group.first().map_or("", |finding| finding.code.as_str());
    for group in &told {
        *counts.entry(code(group)).or_default() += 1;
    }
    let most = super::shown(told.len(), MAX_FINDINGS, all);
    let mut printed: Vec<Vec<&Finding>> = Vec::new();
    let mut left: Vec<(&str, usize)> = Vec::new();
    for group in told {
        let code = code(&group);
        let of_code = printed.iter().filter(|known| known.first().is_some_and(|first| first.code == code)).count();
        let allowed = super::shown(counts.get(code).copied().unwrap_or_default(), MAX_OF_A_CODE, all);
        if printed.len() < most && of_code < allowed {
            printed.push(group);
        } else if let Some((_, count)) = left.iter_mut().find(|(known, _)| *known == code) {
            *count += 1;
        } else {
            left.push((code, 1));
        }
    }
    (printed, left)
}

/// `152 R202, 2 C104`: findings that are not printed.
pub fn counted(left: &[(&str, usize)]) -> String {
    left.iter().map(|(code, count)| format!("{count} {code}")).collect::<Vec<_>>().join(", ")
}

fn says_the_same(a: &Finding, b: &Finding) -> bool {
    (&a.code, &a.message, &a.path, &a.via) == (&b.code, &b.message, &b.path, &b.via)
        && (&a.before, &a.after, a.severity) == (&b.before, &b.after, b.severity)
}

/// `, 8:21, 9:3`: the places of further findings in the same file.
pub fn further_places(others: &[&Finding], all: bool) -> String {
    let shown = super::shown(others.len(), MAX_PLACES, all);
    let mut text: String = others.iter().take(shown).map(|other| format!(", {}:{}", other.line, other.col)).collect();
    if shown < others.len() {
        text += &format!(", … {} more", others.len() - shown);
    }
    text
}

/// The expression stands there as it did: it is what a change elsewhere hits.
pub fn stands_as_before(finding: &Finding) -> bool {
    finding.before == finding.after || (finding.before.is_none() && finding.severity == FindingSeverity::Failing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(severity: FindingSeverity, line: u32) -> Finding {
        Finding {
            id: line,
            code: "S101".into(),
            severity,
            model: "shop.revenue".into(),
            column: None,
            path: "models/revenue.sql".into(),
            line,
            col: 3,
            end_line: line,
            end_col: 9,
            message: "shop.orders no longer has the column amount".into(),
            before: None,
            after: Some("amount".into()),
            via: vec![],
        }
    }

    fn entry(findings: &[Finding]) -> Entry<'_> {
        Entry {
            name: "shop.revenue",
            model: None,
            findings: findings.iter().collect(),
            class: Class::Fails,
            edited: false,
        }
    }

    #[test]
    fn what_fails_twice_is_told_once_with_both_places() {
        let findings = [finding(FindingSeverity::Failing, 3), finding(FindingSeverity::Failing, 8)];
        let told = told(&entry(&findings), false);
        assert_eq!(told.len(), 1);
        assert_eq!(further_places(&told[0][1..], false), ", 8:3");
        assert!(stands_as_before(told[0][0]));
    }

    #[test]
    fn what_follows_from_a_failure_is_told_on_request() {
        let findings = [finding(FindingSeverity::Failing, 3), finding(FindingSeverity::Breaking, 8)];
        assert_eq!(told(&entry(&findings), false).len(), 1);
        assert_eq!(told(&entry(&findings), true).len(), 1 + 1);
        assert_eq!(told(&entry(&findings[1..]), false).len(), 1, "a failure without a reason keeps what it has");
    }

    #[test]
    fn many_findings_of_one_code_leave_room_for_others() {
        let mut findings: Vec<Finding> = (1..=20).map(|line| finding(FindingSeverity::Breaking, line)).collect();
        for finding in &mut findings {
            finding.message = format!("number {}", finding.line);
        }
        findings[19].code = "R101".into();
        let (printed, left) = chosen(told(&entry(&findings), false), false);
        let codes: Vec<&str> = printed.iter().map(|group| group[0].code.as_str()).collect();
        assert_eq!(codes, ["S101", "S101", "S101", "R101"]);
        assert_eq!(counted(&left), "16 S101");
        assert_eq!(chosen(told(&entry(&findings), true), true).0.len(), 20);
    }
}
