//! Findings and effects as Markdown lists.

use super::super::difference::lines;
use super::super::escape::{code, diff_block, link, place, prose, shorten};
use super::super::paths::{self, Effect, Reason};
use super::super::summary::Entry;
use super::super::told;
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

/// A reached model with the way to every effect.
pub fn reached_item(sections: &Sections<'_, '_>, entry: &Entry<'_>) -> String {
    let effects = paths::effects(sections.summary, entry);
    let shown = super::super::shown(effects.len(), MAX_EFFECTS, sections.all);
    let mut item = format!("- {}\n", code(entry.name));
    for effect in effects.iter().take(shown) {
        item += &effect_item(sections, effect);
    }
    if shown < effects.len() {
        item += &format!("  - … {} more\n", effects.len() - shown);
    }
    for finding in paths::uncited(entry) {
        item += &finding_item(sections, finding);
    }
    item
}

fn effect_item(sections: &Sections<'_, '_>, effect: &Effect<'_>) -> String {
    let subject = effect.column.map_or_else(|| "rows".to_owned(), code);
    let reason = match &effect.reason {
        Reason::Path(path, finding) => {
            format!(": {} ({})", paths::joined(path, sections.all, code), code(&finding.code))
        }
        Reason::Finding(finding) => format!(
            ": from {} at {} ({})",
            code(&finding.model),
            code(&place(&finding.path, finding.line, finding.col)),
            code(&finding.code)
        ),
        Reason::None => String::new(),
    };
    format!("  - {subject} {}{reason}\n", effect.what)
}
