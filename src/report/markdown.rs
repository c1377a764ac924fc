//! The report as one comment on a pull request.
//!
//! In: an [`Analysis`] and [`Options`]. Out: Markdown that begins with [`MARKER`], by which a workflow finds the
//! comment to update, and that is never longer than GitHub accepts. All text of the project is data in it, never markup.

mod comment;
mod findings;

use super::Options;
use super::alike::alike;
use super::escape::{code, link, prose, shorten};
use super::summary::{Class, Entry, Summary, column_groups, intervals, rows_affected};
use super::{shown, words};
use crate::diagnostic::Severity;
use crate::impact::{Analysis, Disagreement, ModelImpact, ReportedDiagnostic, Revision, RowEffect};
use comment::Comment;

/// The first line of every comment; invisible when shown.
pub const MARKER: &str = "<!-- impact -->";

/// Rows of the table that stand in the open.
const MAX_ROWS: usize = 25;

/// Entries of a list.
const MAX_ITEMS: usize = 50;

/// The longest diagnostic message, in characters.
const MAX_TEXT: usize = 600;

/// What every section needs.
struct Sections<'s, 'a> {
    summary: &'s Summary<'a>,
    all: bool,
    link_base: Option<&'s str>,
}

/// The whole comment.
pub fn render(analysis: &Analysis, options: &Options) -> String {
    let summary = Summary::new(analysis, options.selected);
    let sections = Sections { summary: &summary, all: options.all, link_base: options.link_base.as_deref() };
    let mut comment = Comment::default();
    headline(&mut comment, &sections);
    unsafe_models(&mut comment, &summary);
    failing(&mut comment, &sections);
    table(&mut comment, &sections);
    changes(&mut comment, &sections);
    reached(&mut comment, &sections);
    reasons(&mut comment, &summary, &options.explained);
    understood(&mut comment, &sections);
    comment.finish()
}

fn headline(comment: &mut Comment, sections: &Sections<'_, '_>) {
    let summary = sections.summary;
    let text = if summary.is_empty() {
        summary.nothing()
    } else {
        let (word, numbers) = summary.headline();
        format!("{word}: {numbers}")
    };
    let analysis = summary.analysis;
    let (base, head) = (revision(&analysis.base), revision(&analysis.head));
    comment.push(&format!("{MARKER}\n### {text}\n\n{base} → {head}\n"));
}

fn revision(revision: &Revision) -> String {
    match revision.commit.as_deref().and_then(|commit| commit.get(..8)) {
        Some(commit) if !revision.rev.starts_with(commit) => format!("{} ({})", code(&revision.rev), code(commit)),
        _ => code(&revision.rev),
    }
}

/// What SQLMesh would miss, where it can't be overlooked.
fn unsafe_models(comment: &mut Comment, summary: &Summary<'_>) {
    let models = summary.disagreeing(Disagreement::SqlmeshUnsafe);
    if models.is_empty() {
        return;
    }
    let names: Vec<String> = models.iter().map(|model| model.name.clone()).collect();
    comment.push(&format!(
        "\n> [!WARNING]\n> **Unsafe:** SQLMesh underrates {} whose data changes: {}\n",
        words::count(models.len(), "model", "models"),
        name_list(&names, false),
    ));
}

fn name_list(names: &[String], all: bool) -> String {
    words::row(names.iter().map(|name| code(name)), all)
}

fn failing(comment: &mut Comment, sections: &Sections<'_, '_>) {
    let entries = sections.summary.of(Class::Fails);
    if entries.is_empty() {
        return;
    }
    comment.push("\n#### Will fail\n\n");
    let items = entries.iter().map(|entry| findings::failing_item(sections, entry));
    list(comment, sections, entries.len(), items);
}

/// Pushes items up to the limit, one block each, and says how many are missing.
fn list(comment: &mut Comment, sections: &Sections<'_, '_>, total: usize, items: impl Iterator<Item = String>) {
    let shown = shown(total, MAX_ITEMS, sections.all);
    for item in items.take(shown) {
        comment.push(&item);
    }
    if shown < total {
        comment.push(&format!("- … {} more\n", total - shown));
    }
}

fn table(comment: &mut Comment, sections: &Sections<'_, '_>) {
    let models: Vec<&ModelImpact> = sections.summary.entries.iter().filter_map(|entry| entry.model).collect();
    if models.is_empty() {
        return;
    }
    comment.push(&format!("\n#### Models\n\n{}\n\n", sections.summary.rebuilds()));
    let in_the_open = shown(models.len(), MAX_ROWS, sections.all);
    let (open, folded) = models.split_at_checked(in_the_open).unwrap_or((&models, &[]));
    table_rows(comment, sections, open);
    if !folded.is_empty() {
        comment.open(&format!("{} more", words::count(folded.len(), "model", "models")));
        table_rows(comment, sections, folded);
        comment.close();
    }
}

fn table_rows(comment: &mut Comment, sections: &Sections<'_, '_>, models: &[&ModelImpact]) {
    comment.push("| Model | Change | Rows | Columns | SQLMesh |\n|---|---|---|---|---|\n");
    for model in models {
        comment.push(&table_row(sections, model));
    }
}

fn table_row(sections: &Sections<'_, '_>, model: &ModelImpact) -> String {
    let verdict = if model.fails { "**fails**" } else { words::model_verdict(model) };
    let columns: Vec<String> = column_groups(model)
        .iter()
        .map(|(what, names)| format!("{what}: {}", name_list(names, sections.all)))
        .collect();
    let disagreement = match model.disagreement {
        Some(Disagreement::SqlmeshUnsafe) => ", **unsafe**",
        Some(Disagreement::SqlmeshOverBroad) => ", for nothing",
        None => "",
    };
    let count = model.rebuild.intervals.filter(|count| *count > 0);
    let count = count.map_or_else(String::new, |count| format!(", {}", intervals(count)));
    format!(
        "| {} | {}, {verdict} | {} | {} | {}{disagreement}{count} |\n",
        code(&model.name),
        words::change(model.change),
        words::rows(if rows_affected(model) { model.rows.effect } else { RowEffect::Same }),
        columns.join("; "),
        words::category(model).replace('_', " ").to_lowercase(),
    )
}

fn changes(comment: &mut Comment, sections: &Sections<'_, '_>) {
    let mut entries = sections.summary.edited();
    entries.retain(|entry| !entry.findings.is_empty());
    grouped(comment, sections, "What changes, and why", &entries, findings::edited_item);
}

fn reached(comment: &mut Comment, sections: &Sections<'_, '_>) {
    let entries = sections.summary.of(Class::Reached);
    grouped(comment, sections, "Who is reached, and how", &entries, findings::reached_item);
}

/// A part with an item for each group of models of which the same is to be told.
fn grouped(
    comment: &mut Comment,
    sections: &Sections<'_, '_>,
    title: &str,
    entries: &[&Entry<'_>],
    item: fn(&Sections<'_, '_>, &Entry<'_>) -> String,
) {
    if entries.is_empty() {
        return;
    }
    comment.open(&format!("{title} ({})", words::count(entries.len(), "model", "models")));
    let groups = alike(sections.summary, entries, sections.all);
    let items = groups.iter().filter_map(|group| {
        let (first, others) = group.split_first()?;
        let names: Vec<String> = others.iter().map(|entry| entry.name.to_owned()).collect();
        let also = match names.len() {
            0 => String::new(),
            count => format!("- the same in {count} more: {}\n", name_list(&names, sections.all)),
        };
        Some(item(sections, first) + &also)
    });
    list(comment, sections, groups.len(), items);
    comment.close();
}

/// Which steps of SQLMesh's reasoning decided over the models that were asked about.
fn reasons(comment: &mut Comment, summary: &Summary<'_>, asked: &[String]) {
    if asked.is_empty() {
        return;
    }
    comment.push("\n#### Why SQLMesh says so\n");
    for (name, reasons) in summary.explained(asked) {
        comment.push(&format!("\n{}\n\n", code(name)));
        if reasons.is_empty() {
            comment.push("- the plan doesn't list it\n");
        }
        for reason in reasons {
            comment.push(&format!("- {}: {}\n", code(&reason.step), prose(&shorten(&reason.text, MAX_TEXT))));
        }
    }
}

fn understood(comment: &mut Comment, sections: &Sections<'_, '_>) {
    let analysis = sections.summary.analysis;
    let complete = analysis.coverage.analysed == analysis.coverage.models && sections.summary.unknown_columns() == 0;
    let (notes, mut diagnostics): (Vec<&ReportedDiagnostic>, Vec<&ReportedDiagnostic>) =
        analysis.diagnostics.iter().partition(|diagnostic| diagnostic.severity == Severity::Info && !sections.all);
    if diagnostics.is_empty() && notes.is_empty() && complete {
        return;
    }
    let coverage = format!("{}{}", sections.summary.coverage(), words::more_notes(notes.len()));
    if diagnostics.is_empty() {
        comment.push(&format!("\n{coverage}.\n"));
        return;
    }
    comment.open(&format!("Not understood: {coverage}"));
    diagnostics.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
    let items = diagnostics.iter().map(|diagnostic| diagnostic_item(sections, diagnostic));
    list(comment, sections, diagnostics.len(), items);
    comment.close();
}

fn diagnostic_item(sections: &Sections<'_, '_>, diagnostic: &ReportedDiagnostic) -> String {
    let mut item = format!(
        "- {} {}: {}  \n  {}\n",
        code(&diagnostic.code),
        words::diagnostic(diagnostic.severity),
        prose(&shorten(&diagnostic.message, MAX_TEXT)),
        link(sections.link_base, &diagnostic.path, diagnostic.line, diagnostic.col),
    );
    if let Some(help) = &diagnostic.help {
        item += &format!("\n  Help: {}\n", prose(&shorten(help, MAX_TEXT)));
    }
    item
}
