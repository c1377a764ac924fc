//! What could not be read, and how much of the project was understood.

use super::super::escape::{one_line, place};
use super::super::words;
use super::Sections;
use super::page::{Line, Role};
use crate::diagnostic::Severity;
use crate::impact::ReportedDiagnostic;

/// Diagnostics printed.
const MAX_DIAGNOSTICS: usize = 6;

/// Diagnostics, worst first, and the coverage. Silent where everything was understood.
pub fn understood(sections: &mut Sections<'_, '_, '_>) {
    let analysis = sections.summary.analysis;
    let complete = analysis.coverage.analysed == analysis.coverage.models && sections.summary.unknown_columns() == 0;
    let (notes, mut diagnostics): (Vec<&ReportedDiagnostic>, Vec<&ReportedDiagnostic>) =
        analysis.diagnostics.iter().partition(|diagnostic| diagnostic.severity == Severity::Info && !sections.all);
    if diagnostics.is_empty() && notes.is_empty() && complete {
        return;
    }
    let coverage = format!("{}{}", sections.summary.coverage(), words::more_notes(notes.len()));
    if diagnostics.is_empty() {
        sections.page.gap();
        sections.page.line(0, 2, &Line::new().dim(&format!("{coverage}.")));
        return;
    }
    sections.page.heading(Role::Strong, "Not understood");
    sections.page.gap();
    sections.page.line(2, 2, &Line::new().plain(&format!("{coverage}.")));
    diagnostics.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
    let shown = sections.shown(diagnostics.len(), MAX_DIAGNOSTICS);
    for diagnostic in diagnostics.iter().take(shown) {
        sections.page.gap();
        block(sections, diagnostic);
    }
    if shown < diagnostics.len() {
        sections.page.gap();
    }
    sections.folded(2, diagnostics.len(), shown);
}

fn block(sections: &mut Sections<'_, '_, '_>, diagnostic: &ReportedDiagnostic) {
    let role = match diagnostic.severity {
        Severity::Error | Severity::Warning => Role::Caution,
        Severity::Info => Role::Plain,
    };
    let heading = Line::new()
        .name(Role::Strong, &diagnostic.code)
        .plain(" ")
        .with(role, words::diagnostic(diagnostic.severity))
        .plain(": ")
        .plain(&one_line(&diagnostic.message));
    sections.page.line(2, 2, &heading);
    let at = place(&diagnostic.path, diagnostic.line, diagnostic.col);
    if !at.is_empty() {
        sections.page.line(4, 2, &Line::new().dim(&at));
    }
    if let Some(help) = &diagnostic.help {
        sections.page.line(4, 2, &Line::new().plain("help: ").plain(&one_line(help)));
    }
}
