//! An analysis in the order in which a person reads it: what fails, what changes, who is reached.
//!
//! In: an [`Analysis`]. Out: a [`Summary`] that borrows from it. Every listed model stands in exactly one group, so
//! the numbers of the headline add up; every finding belongs to an entry, so none is lost.

use std::collections::BTreeMap;

use super::words::{count, headline_verdict};
use crate::impact::{
    Analysis, Change, ColumnEffect, Disagreement, Finding, FindingSeverity, ModelImpact, RebuildAction, RowEffect,
    SqlmeshReason, Verdict,
};

/// The group an entry stands in, in the order of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Its query will fail.
    Fails,
    /// The change itself: edited, added or removed, and its data changes.
    Changes,
    /// Reached by a change upstream.
    Reached,
    /// Only its metadata changed.
    Metadata,
    /// Edited or listed by SQLMesh, and proved the same.
    Same,
}

/// A model with the findings that stand in it.
#[derive(Debug)]
pub struct Entry<'a> {
    pub name: &'a str,
    /// `None` for a finding whose place is not a listed model (a standalone audit).
    pub model: Option<&'a ModelImpact>,
    /// Worst first.
    pub findings: Vec<&'a Finding>,
    pub class: Class,
    /// Its own text, or a setting it reads, was edited.
    pub edited: bool,
}

/// What every format prints.
#[derive(Debug)]
pub struct Summary<'a> {
    pub analysis: &'a Analysis,
    /// Models that aren't listed may change too: only some were asked for.
    selected: bool,
    /// By class, then worst verdict first, then by name.
    pub entries: Vec<Entry<'a>>,
    /// Every finding by its id.
    pub findings: BTreeMap<u32, &'a Finding>,
    /// Where a column's own change stands, by `model.column`.
    pub origins: BTreeMap<String, &'a Finding>,
}

impl<'a> Summary<'a> {
    /// Groups and sorts; reads the analysis once.
    pub fn new(analysis: &'a Analysis, selected: bool) -> Self {
        Summary {
            analysis,
            selected,
            entries: entries(analysis),
            findings: analysis.findings.iter().map(|finding| (finding.id, finding)).collect(),
            origins: origins(analysis),
        }
    }

    /// Nothing at all is listed.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries of a group.
    pub fn of(&self, class: Class) -> Vec<&Entry<'a>> {
        self.entries.iter().filter(|entry| entry.class == class).collect()
    }

    /// The entries whose own text or setting was edited and that don't fail.
    pub fn edited(&self) -> Vec<&Entry<'a>> {
        let fails_or_reached = [Class::Fails, Class::Reached];
        self.entries.iter().filter(|entry| entry.edited && !fails_or_reached.contains(&entry.class)).collect()
    }

    /// Models of the new state that are known to be untouched.
    fn untouched(&self) -> usize {
        if self.selected {
            return 0;
        }
        let models = &self.analysis.models;
        let listed = models.iter().filter(|model| model.change != Change::Removed).count();
        self.analysis.coverage.models.saturating_sub(listed)
    }

    /// The models on which SQLMesh and the analysis part in this way.
    pub fn disagreeing(&self, disagreement: Disagreement) -> Vec<&'a ModelImpact> {
        let models = self.analysis.models.iter();
        models.filter(|model| model.disagreement == Some(disagreement)).collect()
    }

    /// The verdict and the numbers after it.
    pub fn headline(&self) -> (&'static str, String) {
        (headline_verdict(self.analysis.verdict), self.numbers().join(", "))
    }

    fn numbers(&self) -> Vec<String> {
        let failing = self.of(Class::Fails).into_iter().filter(|entry| !is_only_refused(entry)).count();
        let mut parts = Vec::new();
        if self.is_refused() {
            parts.push("the project will not load".to_owned());
        }
        if failing > 0 {
            parts.push(format!("{} will fail", count(failing, "query", "queries")));
        }
        let mut named = false;
        let counted = [
            (self.decided(Class::Changes, true), "changes", "change"),
            (self.decided(Class::Changes, false), "may change", "may change"),
            (self.decided(Class::Reached, true), "is reached", "are reached"),
            (self.decided(Class::Reached, false), "may be reached", "may be reached"),
            (self.of(Class::Metadata).len(), "changes metadata only", "change metadata only"),
            (self.of(Class::Same).len(), "stays the same", "stay the same"),
            (self.untouched(), "untouched", "untouched"),
        ];
        for (n, one, many) in counted.into_iter().filter(|(n, ..)| *n > 0) {
            // The noun once is enough: "3 models change, 5 are reached".
            let subject = if named { n.to_string() } else { count(n, "model", "models") };
            parts.push(format!("{subject} {}", if n == 1 { one } else { many }));
            named = true;
        }
        parts
    }

    /// Does SQLMesh refuse to load the project?
    fn is_refused(&self) -> bool {
        self.analysis.findings.iter().any(is_refusal)
    }

    /// How many entries of a group have a verdict, or have none.
    fn decided(&self, class: Class, decided: bool) -> usize {
        let unknown = |entry: &&&Entry<'_>| entry.model.is_some_and(|model| model.verdict == Verdict::Unknown);
        self.of(class).iter().filter(|entry| unknown(entry) != decided).count()
    }

    /// The sentence for a project in which nothing changes.
    pub fn nothing(&self) -> String {
        match self.analysis.coverage.models {
            _ if self.selected => "Nothing changes in the selected models.".to_owned(),
            0 => "Nothing changes: the project has no models.".to_owned(),
            1 => "Nothing changes: the one model keeps its rows and columns.".to_owned(),
            n => format!("Nothing changes: all {n} models keep their rows and columns."),
        }
    }

    /// What SQLMesh would rebuild, against where data changes.
    pub fn rebuilds(&self) -> String {
        let built = || self.analysis.models.iter().filter(|model| is_built(model));
        let rebuilt = built().filter(|model| is_rebuilt(model)).count();
        let asked = built().filter(|model| asks(model)).count();
        let changed =
            built().filter(|model| model.verdict == Verdict::Breaking || model.verdict == Verdict::NonBreaking);
        let changed = changed.count();
        let unknown = built().filter(|model| model.verdict == Verdict::Unknown).count();

        let once = if self.is_refused() { "Once the project loads, " } else { "" };
        let mut text = format!("{once}SQLMesh would rebuild {}", count(rebuilt, "model", "models"));
        if asked > 0 {
            text += &format!(" and ask about {asked}");
        }
        text += &match (changed, unknown) {
            (0, 0) => "; data changes in none".to_owned(),
            (changed, 0) => format!("; data changes in {changed}"),
            (0, unknown) => format!("; data may change in {unknown}"),
            (changed, unknown) => format!("; data changes in {changed} and may change in {unknown} more"),
        };
        text + "." + &self.intervals() + &self.audits() + &self.uncertain()
    }

    /// How many of SQLMesh's answers hang on code that wasn't run.
    fn uncertain(&self) -> String {
        match self.analysis.models.iter().filter(|model| !model.sqlmesh_certain).count() {
            0 => String::new(),
            1 => " What it says of 1 model (?) hangs on the project's code, which wasn't run.".to_owned(),
            n => format!(" What it says of {n} models (?) hangs on the project's code, which wasn't run."),
        }
    }

    /// The standalone audits that SQLMesh would list beside the models.
    fn audits(&self) -> String {
        let listed = &self.analysis.standalone_audits;
        let of = |change: Change| listed.iter().filter(|audit| audit.change == change).count();
        if listed.is_empty() {
            return String::new();
        }
        let (added, removed) = (of(Change::Added), of(Change::Removed));
        let parts = [(added, "added"), (removed, "removed"), (listed.len() - added - removed, "modified")];
        let told = parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
        let told: Vec<String> = told.collect();
        format!(" It lists {}: {}.", count(listed.len(), "standalone audit", "standalone audits"), told.join(", "))
    }

    /// How many intervals that is, where an instant was given.
    fn intervals(&self) -> String {
        let rebuild = &self.analysis.rebuild;
        match (rebuild.sqlmesh_intervals, rebuild.needed_intervals) {
            _ if rebuild.now.is_none() => String::new(),
            (Some(computed), Some(needed)) => {
                format!(" It would compute {}; {needed} would do.", intervals(computed))
            }
            (Some(computed), None) => format!(" It would compute {}.", intervals(computed)),
            (None, _) => " How many intervals that is can't be told for all of them.".to_owned(),
        }
    }

    /// The models about which `--explain-sqlmesh` asks, with the reasons; none for one that isn't listed.
    pub fn explained<'o>(&self, asked: &'o [String]) -> Vec<(&'o str, &'a [SqlmeshReason])> {
        let reasons = |name: &str| {
            let model = self.analysis.models.iter().find(|model| model.name.eq_ignore_ascii_case(name));
            model.map_or(&[][..], |model| model.sqlmesh_because.as_slice())
        };
        asked.iter().map(|name| (name.as_str(), reasons(name))).collect()
    }

    /// How many columns of listed models are unknown. Those of failing ones are understood well enough.
    pub fn unknown_columns(&self) -> usize {
        let columns = self.analysis.models.iter().filter(|model| !model.fails).flat_map(|model| &model.columns);
        columns.filter(|column| column.effect == ColumnEffect::Unknown).count()
    }

    /// How much of the project was understood.
    pub fn coverage(&self) -> String {
        let coverage = self.analysis.coverage;
        let mut text =
            format!("{} of {} fully understood", coverage.analysed, count(coverage.models, "model", "models"));
        for (n, what) in [(coverage.partial, "in part"), (coverage.opaque, "not at all")] {
            if n > 0 {
                text += &format!(", {n} {what}");
            }
        }
        match self.unknown_columns() {
            0 => text,
            n => format!("{text}; {} unknown", count(n, "column", "columns")),
        }
    }
}

/// External and embedded models have no table that SQLMesh would build; removed ones have none any more.
fn is_built(model: &ModelImpact) -> bool {
    model.change != Change::Removed && !matches!(model.kind.as_str(), "EXTERNAL" | "EMBEDDED")
}

/// SQLMesh computes the model's data again: in another table, or all or some of it in place.
pub fn is_rebuilt(model: &ModelImpact) -> bool {
    model.rebuild.sqlmesh.is_some_and(RebuildAction::computes)
}

/// `1 interval`, `365 intervals`
pub fn intervals(n: u64) -> String {
    format!("{n} {}", if n == 1 { "interval" } else { "intervals" })
}

fn asks(model: &ModelImpact) -> bool {
    model.sqlmesh.is_none() && model.change != Change::None
}

fn entries(analysis: &Analysis) -> Vec<Entry<'_>> {
    let mut by_model: BTreeMap<&str, (Option<&ModelImpact>, Vec<&Finding>)> = BTreeMap::new();
    for model in &analysis.models {
        by_model.entry(&model.name).or_default().0 = Some(model);
    }
    for finding in &analysis.findings {
        by_model.entry(&finding.model).or_default().1.push(finding);
    }
    let mut entries: Vec<Entry<'_>> =
        by_model.into_iter().map(|(name, (model, findings))| entry(name, model, findings)).collect();
    entries.sort_by_key(|entry| (entry.class, std::cmp::Reverse(entry.model.map(|model| model.verdict))));
    entries
}

fn entry<'a>(name: &'a str, model: Option<&'a ModelImpact>, mut findings: Vec<&'a Finding>) -> Entry<'a> {
    // What was done here before what comes from elsewhere.
    findings.sort_by_key(|finding| (finding.severity, !finding.via.is_empty(), finding.line, finding.col, finding.id));
    let edited = is_edited(model, &findings);
    Entry { name, model, class: classify(model, &findings, edited), findings, edited }
}

fn is_edited(model: Option<&ModelImpact>, findings: &[&Finding]) -> bool {
    match model.map(|model| model.change) {
        Some(Change::Added | Change::Removed | Change::Direct | Change::Metadata) => true,
        Some(Change::Indirect) => false,
        // SQLMesh doesn't see the change, but it stands here.
        Some(Change::None) | None => findings.iter().any(|finding| finding.via.is_empty()),
    }
}

fn classify(model: Option<&ModelImpact>, findings: &[&Finding], edited: bool) -> Class {
    let worst = findings.iter().map(|finding| finding.severity).min();
    if model.is_some_and(|model| model.fails) || worst == Some(FindingSeverity::Failing) {
        return Class::Fails;
    }
    match (model.map(|model| model.verdict), worst) {
        (Some(Verdict::Metadata), _) if edited => Class::Metadata,
        (Some(Verdict::Metadata | Verdict::Equivalent), _) | (None, Some(FindingSeverity::Info)) => Class::Same,
        _ if edited => Class::Changes,
        _ => Class::Reached,
    }
}

/// SQLMesh doesn't load the project because of it.
fn is_refusal(finding: &Finding) -> bool {
    finding.code == "S111"
}

/// Nothing else is wrong with it.
fn is_only_refused(entry: &Entry<'_>) -> bool {
    let mut failing = entry.findings.iter().filter(|finding| finding.severity == FindingSeverity::Failing).peekable();
    failing.peek().is_some() && failing.all(|finding| is_refusal(finding))
}

fn origins(analysis: &Analysis) -> BTreeMap<String, &Finding> {
    let mut origins = BTreeMap::new();
    for finding in analysis.findings.iter().filter(|finding| finding.via.is_empty()) {
        if let Some(column) = &finding.column {
            origins.entry(format!("{}.{column}", finding.model)).or_insert(finding);
        }
    }
    origins
}

/// The columns that something happens to, by what happens: `("changed", ["amount"])`. A new name is printed with the
/// old one.
pub fn column_groups(model: &ModelImpact) -> Vec<(&'static str, Vec<String>)> {
    let mut groups: BTreeMap<ColumnEffect, Vec<String>> = BTreeMap::new();
    for column in model.columns.iter().filter(|column| column.effect != ColumnEffect::Same) {
        let text = match &column.from {
            Some(from) => format!("{from} → {}", column.name),
            None => column.name.clone(),
        };
        groups.entry(column.effect).or_default().push(text);
    }
    groups.into_iter().map(|(effect, names)| (super::words::column(effect), names)).collect()
}

/// Something happens to the model's rows. Where no column is known the rows are `unknown` by contract, even if nothing was
/// found that could change them: a reader isn't told that.
pub fn rows_affected(model: &ModelImpact) -> bool {
    model.rows.effect != RowEffect::Same && !model.rows.because.is_empty()
}
