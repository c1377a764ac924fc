//! The report for a person at a terminal: the verdict first, then what fails, what changes, who is reached, what
//! SQLMesh would do, and what could not be understood.
//!
//! In: an [`Analysis`] and [`Options`]. Out: text with ANSI styles if wanted. Works without colours: no meaning is in
//! a colour alone.

mod findings;
mod page;
mod reached;
mod sqlmesh;
mod understood;

use super::Options;
use super::escape::name;
use super::summary::{Class, Summary};
use super::words::count;
use crate::impact::{Analysis, Disagreement, Revision, Verdict};
use page::{Line, Page, Role};

/// The whole report.
pub fn render(analysis: &Analysis, options: &Options) -> String {
    let summary = Summary::new(analysis, options.selected);
    let mut page = Page::new(options.width, options.color);
    if summary.is_empty() {
        page.line(0, 0, &Line::new().with(Role::Good, &summary.nothing()));
        revisions(&mut page, analysis);
    } else {
        headline(&mut page, &summary);
        let mut sections = Sections { page: &mut page, summary: &summary, all: options.all };
        findings::failing(&mut sections);
        findings::changing(&mut sections);
        reached::reached(&mut sections);
        sqlmesh::sqlmesh(&mut sections);
    }
    let mut sections = Sections { page: &mut page, summary: &summary, all: options.all };
    sqlmesh::reasons(&mut sections, &options.explained);
    understood::understood(&mut sections);
    hint(&mut page, &summary);
    page.into_text()
}

/// What every section needs.
struct Sections<'p, 's, 'a> {
    page: &'p mut Page,
    summary: &'s Summary<'a>,
    all: bool,
}

impl Sections<'_, '_, '_> {
    /// How many entries of a list are printed.
    fn shown(&self, total: usize, limit: usize) -> usize {
        super::shown(total, limit, self.all)
    }

    /// Says how many entries are not printed.
    fn folded(&mut self, indent: usize, total: usize, shown: usize) {
        if total > shown {
            let text = format!("… {} more (--all shows them)", total - shown);
            self.page.line(indent, 0, &Line::new().dim(&text));
        }
    }
}

/// How a verdict is coloured.
fn verdict_role(verdict: Verdict) -> Role {
    match verdict {
        Verdict::Breaking => Role::Bad,
        Verdict::Unknown => Role::Caution,
        Verdict::NonBreaking | Verdict::Equivalent | Verdict::Metadata => Role::Good,
    }
}

fn headline(page: &mut Page, summary: &Summary<'_>) {
    let (word, numbers) = summary.headline();
    let role = if summary.of(Class::Fails).is_empty() { verdict_role(summary.analysis.verdict) } else { Role::Bad };
    page.line(0, 2, &Line::new().with(role, word).plain(": ").plain(&numbers));
    let unsafe_models = summary.disagreeing(Disagreement::SqlmeshUnsafe).len();
    if unsafe_models > 0 {
        let what = format!(": SQLMesh underrates {} whose data changes", count(unsafe_models, "model", "models"));
        page.line(0, 2, &Line::new().with(Role::Caution, "Unsafe").plain(&what));
    }
    revisions(page, summary.analysis);
}

fn revisions(page: &mut Page, analysis: &Analysis) {
    let text = format!("{} → {}", revision(&analysis.base), revision(&analysis.head));
    page.line(0, 2, &Line::new().dim(&text));
}

/// A revision as typed, with the start of its commit where that says more.
fn revision(revision: &Revision) -> String {
    match revision.commit.as_deref().and_then(|commit| commit.get(..8)) {
        Some(commit) if !revision.rev.starts_with(commit) => format!("{} ({commit})", name(&revision.rev)),
        _ => name(&revision.rev).into_owned(),
    }
}

/// How to learn what a code means, once.
fn hint(page: &mut Page, summary: &Summary<'_>) {
    let finding = summary.entries.iter().find_map(|entry| entry.findings.first());
    if let Some(finding) = finding {
        let command = format!("impact explain {}", name(&finding.code));
        page.gap();
        page.line(0, 0, &Line::new().dim("What a code means: ").plain(&command));
    }
}
