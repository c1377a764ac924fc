//! Findings and effects as Markdown lists.

use super::super::difference::lines;
use super::super::escape::{code, diff_block, link, place, prose, shorten};
use super::super::paths;
use super::super::summary::Entry;
use super::super::told;
use super::super::ways::{Way, ways};
use super::super::words;
use super::Sections;
use crate::impact::Finding;

/// The longest expression and message, in characters.
const MAX_TEXT: usize = 600;

/// Effects printed of one model.
const MAX_EFFECTS: usize = 12;

/// One item: model, code, message, place, both expressions, path.
pub fn finding_item(sections: &Sections<'_, '_>, finding: &Finding) -> String {
    same_findings_item(sections, &[finding])
}

/// A finding with all the places where it was made.
pub fn same_findings_item(sections: &Sections<'_, '_>, findings: &[&Finding]) -> String {
    let Some((finding, others)) = findings.split_first() else { return String::new() };
    let mut item = format!(
        "- {} ({}, {}) {}  \n  {}{}\n",
        code(&finding.model),
        code(&finding.code),
        words::severity(finding.severity),
        prose(&shorten(&finding.message, MAX_TEXT)),
        link(sections.link_base, &finding.path, finding.line, finding.col),
        told::further_places(others, sections.all),
    );
    let (before, after) = lines(finding.before.as_deref(), finding.after.as_deref());
    let (before, after, context) =
        if told::stands_as_before(finding) { (None, None, after) } else { (before, after, None) };
    if let Some(text) = context {
        item += &format!("\n  {}\n", code(&shorten(&text, MAX_TEXT)));
    }
    if before.is_some() || after.is_some() {
        let short = |text: &String| shorten(text, MAX_TEXT).into_owned();
        let block = diff_block(before.as_ref().map(short).as_deref(), after.as_ref().map(short).as_deref(), "  ");
        item = item + "\n" + &block;
    }
    if !finding.via.is_empty() {
        item += &format!("\n  via {}\n", paths::joined(&finding.via, sections.all, code));
    }
    if let Some(origin) = paths::origin(sections.summary, finding) {
        let at = link(sections.link_base, &origin.path, origin.line, origin.col);
        item += &format!("\n  because of {} at {at}\n", code(&origin.code));
    }
    item
}

/// An entry that will fail: all its findings, or its name alone.
pub fn failing_item(sections: &Sections<'_, '_>, entry: &Entry<'_>) -> String {
    if entry.findings.is_empty() {
        return format!("- {}\n", code(entry.name));
    }
    told::told(entry, sections.all).iter().map(|findings| same_findings_item(sections, findings)).collect()
}

/// An edited model: what was done to it, the findings of one code cut short.
pub fn edited_item(sections: &Sections<'_, '_>, entry: &Entry<'_>) -> String {
    let (told, left) = told::chosen(told::told(entry, sections.all), sections.all);
    let mut item: String = told.iter().map(|findings| same_findings_item(sections, findings)).collect();
    if !left.is_empty() {
        item += &format!("- {}: … and {}\n", code(entry.name), told::counted(&left));
    }
    item
}

/// A reached model with the way of every effect.
pub fn reached_item(sections: &Sections<'_, '_>, entry: &Entry<'_>) -> String {
    let effects = paths::effects(sections.summary, entry);
    let ways = ways(sections.summary, &effects, sections.all);
    let shown = super::super::shown(ways.len(), MAX_EFFECTS, sections.all);
    let mut item = format!("- {}\n", code(entry.name));
    for way in ways.iter().take(shown) {
        item += &way_item(sections, way);
    }
    if shown < ways.len() {
        item += &format!("  - … {} more\n", ways.len() - shown);
    }
    for finding in paths::uncited(entry) {
        item += &finding_item(sections, finding);
    }
    item
}

fn way_item(sections: &Sections<'_, '_>, way: &Way<'_>) -> String {
    let columns: Vec<String> = way.columns.iter().map(|column| (*column).to_owned()).collect();
    let subject = if columns.is_empty() { "rows".to_owned() } else { super::name_list(&columns, sections.all) };
    let reason = match way.finding {
        Some(finding) if !way.path.is_empty() => {
            format!(": via {} ({})", paths::joined(&way.path, sections.all, code), code(&finding.code))
        }
        Some(finding) => format!(
            ": from {} at {} ({})",
            code(&finding.model),
            code(&place(&finding.path, finding.line, finding.col)),
            code(&finding.code)
        ),
        None => String::new(),
    };
    format!("  - {subject} {}{reason}\n", way.what)
}
