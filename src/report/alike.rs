//! Models of which the same is to be told: nine equal edits are one block with nine names.
//!
//! In: entries in their order. Out: groups of entries, in the order of their first.

use std::collections::BTreeMap;

use super::paths;
use super::summary::{Entry, Summary, column_groups, rows_affected};
use super::ways::ways;

/// Groups entries that read alike; with `all`, each stands alone.
pub fn alike<'e, 'm>(summary: &Summary<'_>, entries: &[&'e Entry<'m>], all: bool) -> Vec<Vec<&'e Entry<'m>>> {
    let mut groups: Vec<Vec<&Entry<'_>>> = Vec::new();
    let mut known = BTreeMap::new();
    for &entry in entries {
        let at = if all { groups.len() } else { *known.entry(told(summary, entry)).or_insert(groups.len()) };
        match groups.get_mut(at) {
            Some(group) => group.push(entry),
            None => groups.push(vec![entry]),
        }
    }
    groups
}

/// Everything that is told of an entry but its name and its places.
fn told(summary: &Summary<'_>, entry: &Entry<'_>) -> String {
    let model = entry.model.map(|model| {
        (
            model.change,
            model.verdict,
            &model.kind,
            model.fails,
            rows_affected(model),
            model.rows.effect,
            column_groups(model),
        )
    });
    let findings = entry.findings.iter().map(|finding| {
        (&finding.code, finding.severity, &finding.message, &finding.before, &finding.after, &finding.via)
    });
    let effects = paths::effects(summary, entry);
    // An effect of the model's own finding is told by that.
    let foreign = ways(summary, &effects, true).into_iter().filter(|way| !way.path.is_empty());
    let foreign = foreign.map(|way| (way.columns, way.what, way.path, way.finding.map(|finding| &finding.code)));
    format!("{:?}", (entry.class, model, findings.collect::<Vec<_>>(), foreign.collect::<Vec<_>>()))
}
