//! What will fail, and what changes and why: findings with their evidence, grouped by model.

use super::super::alike::alike;
use super::super::difference::{Segment, elide, lines, segments};
use super::super::escape::{name, one_line, place};
use super::super::paths;
use super::super::summary::{Class, Entry, column_groups, rows_affected};
use super::super::told;
use super::super::words;
use super::page::{Line, Role};
use super::{Sections, verdict_role};
use crate::impact::{Change, Finding, FindingSeverity, ModelImpact};

/// Models printed of the ones that fail, and of the ones that change.
const MAX_MODELS: usize = 15;

/// The queries that will fail.
pub fn failing(sections: &mut Sections<'_, '_, '_>) {
    let entries = sections.summary.of(Class::Fails);
    section(sections, Role::Bad, "Will fail", &entries);
}

/// The models whose own text was edited.
pub fn changing(sections: &mut Sections<'_, '_, '_>) {
    let entries = sections.summary.edited();
    section(sections, Role::Strong, "Changes", &entries);
}

fn section(sections: &mut Sections<'_, '_, '_>, role: Role, title: &str, entries: &[&Entry<'_>]) {
    if entries.is_empty() {
        return;
    }
    sections.page.heading(role, title);
    groups(sections, entries, MAX_MODELS, entry_block);
}

/// A block for each group of models of which the same is to be told, and how many models are left out.
pub fn groups(
    sections: &mut Sections<'_, '_, '_>,
    entries: &[&Entry<'_>],
    limit: usize,
    block: fn(&mut Sections<'_, '_, '_>, &Entry<'_>),
) {
    let groups = alike(sections.summary, entries, sections.all);
    let shown = sections.shown(groups.len(), limit);
    let mut models = 0;
    for group in groups.iter().take(shown) {
        let Some((first, others)) = group.split_first() else { continue };
        models += group.len();
        sections.page.gap();
        block(sections, first);
        if !others.is_empty() {
            let names = words::row(others.iter().map(|entry| plain_name(entry.name)), sections.all);
            let line = Line::new().dim(&format!("the same in {} more: ", others.len())).plain(&names);
            sections.page.line(4, 2, &line);
        }
    }
    if models < entries.len() {
        sections.page.gap();
    }
    sections.folded(2, entries.len(), models);
}

fn entry_block(sections: &mut Sections<'_, '_, '_>, entry: &Entry<'_>) {
    sections.page.line(2, 2, &title(entry));
    // That it fails says more than what would come out of it.
    if let Some(model) = entry.model.filter(|_| entry.class != Class::Fails || sections.all) {
        effects_line(sections, model);
    }
    let foreign = paths::foreign_effects(sections.summary, entry);
    super::reached::effect_lines(sections, 4, &foreign);
    let (told, left) = told::chosen(told::told(entry, sections.all), sections.all);
    for findings in &told {
        same_findings(sections, findings);
    }
    if !left.is_empty() {
        let text = format!("… and {} (--all shows them)", told::counted(&left));
        sections.page.line(4, 2, &Line::new().dim(&text));
    }
}

/// `silver.orders  edited, breaking  INCREMENTAL_BY_TIME_RANGE`
fn title(entry: &Entry<'_>) -> Line {
    let line = Line::new().name(Role::Strong, entry.name);
    let Some(model) = entry.model else {
        return line;
    };
    let line = line.plain("  ").plain(words::change(model.change)).plain(", ");
    let line = match entry.class {
        Class::Fails => line.with(Role::Bad, "fails"),
        _ => line.with(verdict_role(model.verdict), words::model_verdict(model)),
    };
    line.plain("  ").name(Role::Dim, &model.kind)
}

/// A name, made safe.
pub fn plain_name(text: &str) -> String {
    name(text).into_owned()
}

/// `rows change; changed: amount; added: discount`
fn effects_line(sections: &mut Sections<'_, '_, '_>, model: &ModelImpact) {
    // All columns of an added or removed model are added or removed: saying so again is noise.
    if matches!(model.change, Change::Added | Change::Removed) && !sections.all {
        return;
    }
    let mut parts = Vec::new();
    if rows_affected(model) {
        parts.push(format!("rows {}", words::rows(model.rows.effect)));
    }
    for (what, names) in column_groups(model) {
        let text = words::row(names.iter().map(|name| plain_name(name)), sections.all);
        parts.push(format!("{what}: {text}"));
    }
    if !parts.is_empty() {
        sections.page.line(4, 2, &Line::new().plain(&parts.join("; ")));
    }
}

/// Code, message, place, both expressions, and the path to here.
pub fn finding_block(sections: &mut Sections<'_, '_, '_>, finding: &Finding) {
    same_findings(sections, &[finding]);
}

/// A finding with all the places where it was made.
fn same_findings(sections: &mut Sections<'_, '_, '_>, findings: &[&Finding]) {
    let Some((finding, others)) = findings.split_first() else { return };
    let heading = Line::new()
        .name(Role::Strong, &finding.code)
        .plain(" ")
        .with(severity_role(finding.severity), words::severity(finding.severity))
        .plain(": ")
        .plain(&one_line(&finding.message));
    sections.page.line(4, 2, &heading);
    let at = place(&finding.path, finding.line, finding.col);
    let also = told::further_places(others, sections.all);
    sections.page.line(6, 2, &Line::new().dim(&at).dim(&also));
    expressions(sections, finding);
    if !finding.via.is_empty() {
        let path = paths::joined(&finding.via, sections.all, plain_name);
        sections.page.line(6, 4, &Line::new().dim("via ").dim(&path));
    }
    if let Some(origin) = paths::origin(sections.summary, finding) {
        let from = format!("{} at {}", plain_name(&origin.code), place(&origin.path, origin.line, origin.col));
        sections.page.line(6, 4, &Line::new().dim("because of ").dim(&from));
    }
}

fn severity_role(severity: FindingSeverity) -> Role {
    match severity {
        FindingSeverity::Failing | FindingSeverity::Breaking => Role::Bad,
        FindingSeverity::Unknown => Role::Caution,
        FindingSeverity::NonBreaking | FindingSeverity::Info => Role::Good,
    }
}

/// The old and the new expression, one line each, with what differs emphasised.
fn expressions(sections: &mut Sections<'_, '_, '_>, finding: &Finding) {
    let (old, new) = lines(finding.before.as_deref(), finding.after.as_deref());
    let whole = |text: &str| vec![Segment { text: text.to_owned(), changed: false }];
    if let Some(text) = new.as_deref().filter(|_| told::stands_as_before(finding)) {
        expression(sections, "  ", whole(text), Role::Dim, Role::Dim);
        return;
    }
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) => {
            let (old, new) = segments(&old, &new);
            (Some(old), Some(new))
        }
        (old, new) => (old.as_deref().map(whole), new.as_deref().map(whole)),
    };
    if let Some(old) = old {
        expression(sections, "- ", old, Role::Removed, Role::RemovedPart);
    }
    if let Some(new) = new {
        expression(sections, "+ ", new, Role::Added, Role::AddedPart);
    }
}

fn expression(sections: &mut Sections<'_, '_, '_>, mark: &str, side: Vec<Segment>, kept: Role, differs: Role) {
    let room = sections.page.width().saturating_sub(9);
    let side = if sections.all { side } else { elide(side, room) };
    let line = Line::new().with(kept, mark);
    let line =
        side.iter().fold(line, |line, segment| line.with(if segment.changed { differs } else { kept }, &segment.text));
    sections.page.line(6, 2, &line);
}
