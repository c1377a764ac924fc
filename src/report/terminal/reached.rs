//! Who is reached, and by which path of columns. Effects on rows and effects on columns stay apart.

use unicode_width::UnicodeWidthStr;

use super::super::escape::fit;
use super::super::paths::{self, Effect};
use super::super::summary::{Class, Entry};
use super::super::words;
use super::findings::{finding_block, reason_text};
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
    let shown = sections.shown(entries.len(), MAX_MODELS);
    for entry in entries.iter().take(shown) {
        sections.page.gap();
        block(sections, entry);
    }
    if shown < entries.len() {
        sections.page.gap();
    }
    sections.folded(2, entries.len(), shown);
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

/// One line per effect: `total  changed  raw.orders.amount → gold.revenue.total  C120`.
pub fn effect_lines(sections: &mut Sections<'_, '_, '_>, indent: usize, effects: &[Effect<'_>]) {
    let shown = sections.shown(effects.len(), MAX_EFFECTS);
    let printed = effects.get(..shown).unwrap_or(effects);
    let limit = if sections.all { sections.page.width() / 2 } else { MAX_NAME };
    let names: Vec<String> = printed.iter().map(|effect| fit(&subject(effect), limit)).collect();
    let name_width = names.iter().map(|name| name.width()).max().unwrap_or(0);
    let what_width = printed.iter().map(|effect| effect.what.len()).max().unwrap_or(0);
    for (name, effect) in names.iter().zip(printed) {
        let (reason, code) = reason_text(&effect.reason, sections.all);
        let line = Line::new().plain(name).pad(name_width + 2).plain(effect.what).pad(name_width + what_width + 4);
        let hang = line.width();
        let line = line.dim(&reason);
        let line = code.iter().fold(line, |line, code| line.plain("  ").dim(code));
        sections.page.line(indent, hang, &line);
    }
    sections.folded(indent, effects.len(), shown);
}

/// Rows are set apart from a column that happens to have that name.
fn subject(effect: &Effect<'_>) -> String {
    match effect.column {
        None => "rows".to_owned(),
        Some(column) => format!(".{column}"),
    }
}
