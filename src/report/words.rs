//! The words of the reports, the same in every format.

use crate::diagnostic::Severity;
use crate::impact::{Change, ColumnEffect, FindingSeverity, ModelImpact, RowEffect, Verdict};

/// `1 model`, `2 models`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Names printed in a row before the rest is counted.
const MAX_NAMES: usize = 6;

/// Names in a row, the last ones counted unless `all` are wanted. They must be safe.
pub fn row(names: impl ExactSizeIterator<Item = String>, all: bool) -> String {
    let (total, shown) = (names.len(), super::shown(names.len(), MAX_NAMES, all));
    let mut text = names.take(shown).collect::<Vec<_>>().join(", ");
    if shown < total {
        text += &format!(", … {} more", total - shown);
    }
    text
}

/// The verdict as the first word of a report.
pub fn headline_verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Metadata => "Metadata only",
        Verdict::Equivalent => "Equivalent",
        Verdict::NonBreaking => "Non-breaking",
        Verdict::Unknown => "Unknown",
        Verdict::Breaking => "Breaking",
    }
}

/// The verdict inside a line.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Metadata => "metadata only",
        Verdict::Equivalent => "equivalent",
        Verdict::NonBreaking => "non-breaking",
        Verdict::Unknown => "unknown",
        Verdict::Breaking => "breaking",
    }
}

/// A model's verdict inside a line. Of one that wasn't edited there is no metadata to speak of.
pub fn model_verdict(model: &ModelImpact) -> &'static str {
    match (model.verdict, model.change) {
        (Verdict::Metadata | Verdict::Equivalent, Change::Indirect | Change::None) => "unchanged",
        (known, _) => verdict(known),
    }
}

/// What was done to a model.
pub fn change(change: Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Direct | Change::Metadata => "modified",
        Change::Indirect => "downstream",
        Change::None => "reached",
    }
}

/// SQLMesh's own spelling; where it has no answer it asks. What hangs on code has a `?`.
pub fn category(model: &ModelImpact) -> String {
    let word = match model.sqlmesh {
        Some(category) => category.name(),
        None if model.change == Change::Removed => "removed",
        None if model.change == Change::None => "not listed",
        None => "asks",
    };
    format!("{word}{}", if model.sqlmesh_certain { "" } else { "?" })
}

/// What a finding means to a reader of the model.
pub fn severity(severity: FindingSeverity) -> &'static str {
    match severity {
        FindingSeverity::Failing => "fails",
        FindingSeverity::Breaking => "breaking",
        FindingSeverity::Unknown => "unknown",
        FindingSeverity::NonBreaking => "non-breaking",
        FindingSeverity::Info => "info",
    }
}

/// A diagnostic's severity.
pub fn diagnostic(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// What the rows do.
pub fn rows(effect: RowEffect) -> &'static str {
    match effect {
        RowEffect::Same => "same",
        RowEffect::Changed => "change",
        RowEffect::Unknown => "unknown",
    }
}

/// What happens to a column.
pub fn column(effect: ColumnEffect) -> &'static str {
    match effect {
        ColumnEffect::Same => "same",
        ColumnEffect::Added => "added",
        ColumnEffect::Removed => "removed",
        ColumnEffect::Renamed => "renamed",
        ColumnEffect::Value => "changed",
        ColumnEffect::Type => "retyped",
        ColumnEffect::Unknown => "unknown",
    }
}

/// Says how many notes are left out, behind a sentence that has no full stop yet; nothing for none.
pub fn more_notes(notes: usize) -> String {
    match notes {
        0 => String::new(),
        n => format!("; {} with --all", count(n, "note", "notes")),
    }
}
