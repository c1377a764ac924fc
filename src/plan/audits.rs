//! Standalone audits, which are nodes of SQLMesh's graph below the models that they read.
//!
//! In: a plan whose models are categorized. Out: the audits that it lists. They have no data: an audit is never directly
//! modified (`StandaloneAudit.data_hash` is the same for all).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::hash::hash;
use crate::impact::{Category, Change};
use crate::project::{Audit, Body};
use crate::state::{AnalysedModel, State};

use super::environment::of_standalone;
use super::statements::stored;
use super::values::{Item, raw_items};
use super::{Planner, parents};

/// SQLMesh's answer about a standalone audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPrediction {
    /// The file that defines it in the new state (in the old one if it is removed).
    pub path: Arc<str>,
    pub change: Change,
    /// `None` if it is removed.
    pub category: Option<Category>,
}

/// Properties in the metadata hash.
const PROPERTIES: [&str; 6] = ["owner", "description", "tags", "stamp", "cron", "cron_tz"];

/// The audits that the plan lists.
pub(super) fn audits(plan: &Planner<'_>) -> BTreeMap<String, AuditPrediction> {
    let (before, after) = (standalone(plan.before), standalone(plan.after));
    let mut found = BTreeMap::new();
    for (name, audit) in &after {
        let listed = match before.get(name) {
            None => Some((Change::Added, Category::Breaking)),
            Some(old) => modified(plan, old, audit),
        };
        if let Some((change, category)) = listed {
            let prediction = AuditPrediction { path: audit.path.clone(), change, category: Some(category) };
            found.insert((*name).to_owned(), prediction);
        }
    }
    for (name, audit) in before.into_iter().filter(|(name, _)| !after.contains_key(name)) {
        let prediction = AuditPrediction { path: audit.path.clone(), change: Change::Removed, category: None };
        found.insert(name.to_owned(), prediction);
    }
    found
}

fn standalone(state: &State) -> BTreeMap<&str, &Audit> {
    let own = state.project.audits.values().filter(|audit| audit.standalone && audit.model.is_none());
    own.map(|audit| (audit.name.as_str(), &**audit)).collect()
}

fn modified(plan: &Planner<'_>, old: &Audit, new: &Audit) -> Option<(Change, Category)> {
    let (before, after) = (plan.before.standalone(old), plan.after.standalone(new));
    let read = parents::read(&after);
    let others = plan.parents_changed(&parents::read(&before), &read);
    if others || !read.is_disjoint(&plan.data_differs) {
        return Some((Change::Indirect, plan.below(&parents::of_snapshot(plan.after, &after))));
    }
    let differs = metadata(plan.before, old, &before) != metadata(plan.after, new, &after);
    (differs || !read.is_disjoint(&plan.metadata_differs)).then_some((Change::Metadata, Category::Metadata))
}

/// `StandaloneAudit.metadata_hash`
fn metadata(state: &State, audit: &Audit, analysed: &AnalysedModel) -> u128 {
    let property = |name: &str| -> Vec<Item> {
        let property = audit.header.get(name);
        let mut items = property.map_or_else(Vec::new, |property| raw_items(property, audit.dialect));
        items.sort();
        items
    };
    let Body::Sql(body) = &analysed.model.body else { return 0 };
    let statements = body.pre_statements.iter().chain(&body.query).chain(&body.post_statements);
    let texts: Vec<String> = statements.map(|part| stored(&body.text, part, audit.dialect)).collect();
    hash((PROPERTIES.map(property), texts, of_standalone(state, analysed)))
}
