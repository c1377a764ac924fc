//! Who is reached, and by which path of columns. Effects on rows and effects on columns stay apart.

use unicode_width::UnicodeWidthStr;

use super::super::escape::{fit, place};
use super::super::paths::{self, Effect};
use super::super::summary::{Class, Entry};
use super::super::ways::{Way, ways};
use super::super::words;
use super::findings::{finding_block, groups, plain_name};
use super::page::{Line, Role};
use super::{Sections, verdict_role};

/// Models printed.
const MAX_MODELS: usize = 12;

/// Effects printed of one model.
const MAX_EFFECTS: usize = 8;

/// The widest that the name of a column is printed here.
const MAX_NAME: usize = 28;

/// The models that a change upstream reaches.
pub fn reached(sections: &mut Sections<'_, '_, '_>) {
    let entries = sections.summary.of(Class::Reached);
    if entries.is_empty() {
        return;
    }
    sections.page.heading(Role::Strong, "Reached");
    groups(sections, &entries, MAX_MODELS, block);
}

fn block(sections: &mut Sections<'_, '_, '_>, entry: &Entry<'_>) {
    let mut title = Line::new().name(Role::Strong, entry.name);
    if let Some(model) = entry.model {
        title = title
            .plain("  ")
            .with(verdict_role(model.verdict), words::model_verdict(model))
            .plain("  ")
            .name(Role::Dim, &model.path);
    }
    sections.page.line(2, 2, &title);
    let effects = paths::effects(sections.summary, entry);
    effect_lines(sections, 4, &effects);
    for finding in paths::uncited(entry) {
        finding_block(sections, finding);
    }
}

/// A line for each way that effects came: `.total  changed  via raw.orders.amount  C201`.
pub fn effect_lines(sections: &mut Sections<'_, '_, '_>, indent: usize, effects: &[Effect<'_>]) {
    let ways = ways(sections.summary, effects, sections.all);
    let shown = sections.shown(ways.len(), MAX_EFFECTS);
    let printed = ways.get(..shown).unwrap_or(&ways);
    let limit = if sections.all { sections.page.width() / 2 } else { MAX_NAME };
    let subjects: Vec<(String, bool)> = printed.iter().map(|way| subject(way, limit)).collect();
    let subject_width = subjects.iter().map(|(subject, _)| subject.width()).max().unwrap_or(0);
    let what_width = printed.iter().map(|way| way.what.len()).max().unwrap_or(0);
    for ((subject, is_whole), way) in subjects.iter().zip(printed) {
        let line =
            Line::new().plain(subject).pad(subject_width + 2).plain(way.what).pad(subject_width + what_width + 4);
        let columns = words::row(way.columns.iter().map(|column| plain_name(column)), sections.all);
        way_lines(sections, indent, line, way, (!is_whole).then_some(columns));
    }
    sections.folded(indent, ways.len(), shown);
}

/// The way behind what it does, or below where there isn't room; and the columns, if the line only counts them.
fn way_lines(sections: &mut Sections<'_, '_, '_>, indent: usize, line: Line, way: &Way<'_>, columns: Option<String>) {
    let code = way.finding.map(|finding| plain_name(&finding.code)).unwrap_or_default();
    let came = match way.finding {
        _ if !way.path.is_empty() => format!("via {}", paths::joined(&way.path, sections.all, plain_name)),
        Some(finding) => {
            let at = place(&finding.path, finding.line, finding.col);
            format!("from {} at {at}", plain_name(&finding.model))
        }
        None => String::new(),
    };
    let hang = line.width();
    let has_room = indent + hang + came.width() + 2 + code.width() <= sections.page.width();
    let line = if has_room { line.dim(&came).plain("  ").dim(&code) } else { line.dim(&code) };
    sections.page.line(indent, hang, &line);
    if let Some(columns) = columns {
        sections.page.line(indent + 2, 2, &Line::new().plain(&columns));
    }
    if !has_room {
        sections.page.line(indent + 2, 2, &Line::new().dim(&came));
    }
}

/// The columns by name where there is room, else their number. Rows are set apart from a column that happens to have that
/// name. Also: does it name them in full?
fn subject(way: &Way<'_>, limit: usize) -> (String, bool) {
    let names: Vec<String> = way.columns.iter().map(|column| format!(".{column}")).collect();
    match names.as_slice() {
        [] => ("rows".to_owned(), true),
        [only] => (fit(only, limit), true),
        several => {
            let text = several.join(", ");
            if text.width() <= limit {
                (fit(&text, limit), true)
            } else {
                (format!("{} columns", several.len()), false)
            }
        }
    }
}
