//! What SQLMesh would do, and where it is wrong: what it would miss first, then what it would rebuild for nothing.

use unicode_width::UnicodeWidthStr;

use super::super::escape::fit;
use super::super::summary::{intervals, is_rebuilt};
use super::super::words;
use super::page::{Line, Role};
use super::{Sections, verdict_role};
use crate::impact::{Disagreement, ModelImpact, Verdict};

/// Models printed that SQLMesh would miss: more than of anything else, as each is wrong data.
const MAX_UNSAFE: usize = 30;

/// Models printed that SQLMesh would rebuild for nothing.
const MAX_OVER_BROAD: usize = 8;

/// Models printed about which there is no disagreement.
const MAX_AGREED: usize = 8;

/// The table, worst first.
pub fn sqlmesh(sections: &mut Sections<'_, '_, '_>) {
    let analysis = sections.summary.analysis;
    if analysis.models.is_empty() {
        return;
    }
    sections.page.heading(Role::Strong, "SQLMesh");
    sections.page.gap();
    sections.page.line(2, 2, &Line::new().plain(&sections.summary.rebuilds()));

    let groups = [
        (sections.summary.disagreeing(Disagreement::SqlmeshUnsafe), MAX_UNSAFE),
        (sections.summary.disagreeing(Disagreement::SqlmeshOverBroad), MAX_OVER_BROAD),
        (analysis.models.iter().filter(|model| model.disagreement.is_none()).collect(), MAX_AGREED),
    ];
    let table = Table::new(sections, &groups);
    for (models, limit) in groups {
        rows(sections, &table, &models, limit);
    }
}

/// Which steps of SQLMesh's reasoning decided over the models that were asked about.
pub fn reasons(sections: &mut Sections<'_, '_, '_>, asked: &[String]) {
    if asked.is_empty() {
        return;
    }
    sections.page.heading(Role::Strong, "Why SQLMesh says so");
    for (name, reasons) in sections.summary.explained(asked) {
        sections.page.gap();
        sections.page.line(2, 2, &Line::new().name(Role::Strong, name));
        if reasons.is_empty() {
            sections.page.line(4, 2, &Line::new().plain("the plan doesn't list it"));
        }
        for reason in reasons {
            sections.page.line(4, 2, &Line::new().dim(&reason.step).plain("  ").plain(&reason.text));
        }
    }
}

/// The widths of the columns, the same for all groups.
struct Table {
    name: usize,
    category: usize,
    verdict: usize,
    intervals: usize,
}

impl Table {
    fn new(sections: &Sections<'_, '_, '_>, groups: &[(Vec<&ModelImpact>, usize)]) -> Self {
        let printed =
            groups.iter().flat_map(|(models, limit)| models.iter().take(sections.shown(models.len(), *limit)));
        let mut table = Table { name: 0, category: 0, verdict: 0, intervals: 0 };
        for model in printed.clone() {
            table.category = table.category.max(words::category(model).len());
            table.verdict = table.verdict.max(words::model_verdict(model).len());
            table.intervals = table.intervals.max(interval_count(model).len());
        }
        // The note at the end needs room too, but has a line of its own where there is little.
        let width = sections.page.width();
        let rest = width.saturating_sub(table.category + table.verdict + table.intervals + 6);
        let widest_name = (width / 3).max(20).max(rest.min(40));
        let names = printed.map(|model| fit(&model.name, widest_name).width());
        table.name = names.max().unwrap_or(0);
        table
    }

    /// The model's line, and the width at which a note would stand in it.
    fn row(&self, model: &ModelImpact) -> (Line, usize) {
        let (name_end, category_end) = (self.name + 2, self.name + self.category + 4);
        let line = Line::new()
            .plain(&fit(&model.name, self.name))
            .pad(name_end)
            .dim(&words::category(model))
            .pad(category_end)
            .with(verdict_role(model.verdict), words::model_verdict(model));
        let verdict_end = category_end + self.verdict + 2;
        if self.intervals == 0 {
            return (line, verdict_end);
        }
        (line.pad(verdict_end).dim(&interval_count(model)), verdict_end + self.intervals + 2)
    }
}

/// How many intervals SQLMesh would compute, where that was asked for.
fn interval_count(model: &ModelImpact) -> String {
    model.rebuild.intervals.filter(|count| *count > 0).map_or_else(String::new, intervals)
}

/// What is wrong with SQLMesh's answer. A model that SQLMesh rebuilds may still be rated wrongly: its readers
/// follow from its category.
fn note(model: &ModelImpact) -> Option<(&'static str, Role)> {
    let note = match (model.disagreement?, is_rebuilt(model), model.verdict) {
        (Disagreement::SqlmeshUnsafe, true, _) => ("UNSAFE: readers may keep old data", Role::Caution),
        (Disagreement::SqlmeshUnsafe, false, _) => ("UNSAFE: data changes, not rebuilt", Role::Caution),
        (Disagreement::SqlmeshOverBroad, true, Verdict::Equivalent | Verdict::Metadata) => {
            ("rebuilt for nothing", Role::Plain)
        }
        (Disagreement::SqlmeshOverBroad, ..) => ("rated worse than it is", Role::Plain),
    };
    Some(note)
}

/// Prints a model; the note gets a line of its own where the terminal is too narrow.
fn row(sections: &mut Sections<'_, '_, '_>, table: &Table, model: &ModelImpact) {
    let (line, note_at) = table.row(model);
    match note(model) {
        None => sections.page.line(2, 4, &line),
        Some((text, role)) if 2 + note_at + text.width() <= sections.page.width() => {
            sections.page.line(2, 4, &line.pad(note_at).with(role, text));
        }
        Some((text, role)) => {
            sections.page.line(2, 4, &line);
            sections.page.line(6, 0, &Line::new().with(role, text));
        }
    }
}

fn rows(sections: &mut Sections<'_, '_, '_>, table: &Table, models: &[&ModelImpact], limit: usize) {
    if models.is_empty() {
        return;
    }
    sections.page.gap();
    let shown = sections.shown(models.len(), limit);
    for model in models.iter().take(shown) {
        row(sections, table, model);
    }
    sections.folded(2, models.len(), shown);
}
