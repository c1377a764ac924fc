//! Which steps of SQLMesh's reasoning decided over a model.
//!
//! In: a finished plan. Out: sentences for each model that it lists, in the order in which SQLMesh comes to them, each
//! with the name of its step. Nothing is decided here: what is said is read off the steps that `plan` took.

mod parts;
mod place;

use std::collections::BTreeMap;

use crate::impact::{Category, Change, SqlmeshReason};
use crate::names::ModelName;
use crate::project::Model;
use crate::project::config::CategorizerMode;
use crate::state::AnalysedModel;

use super::columns::Columns;
use super::queries::{Match, is_one_only_in_cache};
use super::rebuild::{Step, is_forward_only, step};
use super::{Planner, Prediction, is_materialized_view};

/// How many parents are named.
const MAX_NAMES: usize = 4;

/// The reasons for every model that the plan lists.
pub(super) fn reasons(
    plan: &Planner<'_>,
    listed: &BTreeMap<ModelName, Prediction>,
) -> BTreeMap<ModelName, Vec<SqlmeshReason>> {
    let mut found = BTreeMap::new();
    for (name, prediction) in listed {
        let mut explanation = Explanation { plan, listed, name, prediction, reasons: Vec::new() };
        explanation.whole();
        found.insert(name.clone(), explanation.reasons);
    }
    found
}

struct Explanation<'p, 's> {
    plan: &'p Planner<'s>,
    listed: &'p BTreeMap<ModelName, Prediction>,
    name: &'p ModelName,
    prediction: &'p Prediction,
    reasons: Vec<SqlmeshReason>,
}

impl Explanation<'_, '_> {
    fn say(&mut self, step: &str, text: impl Into<String>) {
        self.reasons.push(SqlmeshReason { step: step.to_owned(), text: text.into() });
    }

    fn whole(&mut self) {
        let (before, after) = (self.plan.before.models.get(self.name), self.plan.after.models.get(self.name));
        match (self.prediction.change, before, after) {
            (Change::Removed, ..) => self.say("removed", "removed: it is only in the environment"),
            (Change::Direct, Some(before), Some(after)) => self.direct(before, after),
            (Change::Metadata, Some(before), Some(after)) => self.metadata(before, after),
            (Change::Indirect, _, Some(after)) => self.indirect(&after.model),
            _ => self.say("added", "added: it isn't in the environment, which counts as BREAKING"),
        }
        if let Some(after) = after {
            self.version(&after.model);
        }
    }

    fn direct(&mut self, before: &AnalysedModel, after: &AnalysedModel) {
        let parts = parts::differing((self.plan.before, before), (self.plan.after, after));
        let difference = self.plan.differences.get(self.name);
        let hash = if difference.is_some_and(|found| found.data_hash) { "data" } else { "metadata" };
        let directly = match (difference.and_then(|found| found.reads_otherwise), parts.as_slice()) {
            (Some(property), _) => format!(
                "directly modified: its {hash} hash differs, and SQLMesh reads `{property}` otherwise from its state than from \
                 the file, which it takes for a change of data"
            ),
            (None, []) => {
                "directly modified: nothing of its own changed, but over the columns that its parents have now its \
                           query renders differently"
                    .to_owned()
            }
            (None, parts) => format!("directly modified: its {hash} hash differs in {}", parts.join(", ")),
        };
        self.say("directly_modified", directly);
        if self.plan.is_breaking_kind_change(&before.model, &after.model) {
            return self.say(
                "kind_change",
                "BREAKING: the kind (or the virtual environment mode) changed in a way that needs another table",
            );
        }
        let mode = self.plan.mode(&after.model);
        if let Some(unknown) = self.plan.unknown_columns(self.name) {
            let text = format!("the columns of {unknown} aren't known to SQLMesh, so the queries aren't compared");
            self.say("columns_unknown", text);
        } else if mode == CategorizerMode::Off {
            self.say(
                "categorizer_off",
                "the categorizer is off for this type of model, so the queries aren't compared",
            );
        } else {
            self.compared(before, after, difference.map_or(Match::Different, |difference| difference.query));
        }
        if self.prediction.category == Some(Category::NonBreaking) {
            return;
        }
        match mode {
            CategorizerMode::Full => {
                self.say(
                    "categorizer_full",
                    "BREAKING: the categorizer's mode is full, so what isn't shown to be safe is breaking",
                );
            }
            CategorizerMode::Semi | CategorizerMode::Off => {
                self.say("categorizer_asks", "undecided: the categorizer's mode leaves it to the user");
            }
        }
    }

    fn compared(&mut self, before: &AnalysedModel, after: &AnalysedModel, query: Match) {
        if self.prediction.category == Some(Category::NonBreaking) {
            let why = match query {
                _ if after.query.is_none() => "NON_BREAKING: nothing that a reader could see is gone or differs",
                Match::Equal if self.is_one_only_in_cache(before, after) => {
                    "NON_BREAKING: SQLMesh's cache of optimized queries takes both queries for one"
                }
                Match::Equal => "NON_BREAKING: the rendered queries are equal",
                _ => "NON_BREAKING: the rendered queries differ only by added projections",
            };
            return self.say("queries_compared", why);
        }
        if query != Match::Different || before.query.is_none() || after.query.is_none() {
            return self.say("not_safe", "the change is none that the categorizer lets through");
        }
        let is_optimized = self.plan.columns.is_optimized(self.name);
        self.say(
            "queries_compared",
            match place::first(before, after, (is_optimized, is_optimized)) {
                Some(place) => format!("the first place where the trees differ is {place}"),
                None => "the rendered queries differ".to_owned(),
            },
        );
    }

    fn metadata(&mut self, before: &AnalysedModel, after: &AnalysedModel) {
        let own = self.plan.differences.get(self.name);
        let own = own.is_some_and(|difference| difference.data_hash || difference.metadata_hash);
        if !own {
            return self.say("metadata_upstream", "METADATA: only the metadata of models that it reads differs");
        }
        let parts = parts::differing((self.plan.before, before), (self.plan.after, after));
        let what = if parts.is_empty() { "what it reads".to_owned() } else { parts.join(", ") };
        if self.is_one_only_in_cache(before, after) {
            let text = format!(
                "METADATA: {what} differs, and so do the rendered queries; but SQLMesh keeps optimized queries under names \
                 that don't tell these two apart (the dialect, NOT before LIKE, SYMMETRIC, SAFE_OFFSET aren't in them), and \
                 takes them for one"
            );
            return self.say("optimized_query_cache", text);
        }
        let text = format!("METADATA: {what} differs, but the rendered queries and the data properties are equal");
        self.say("metadata_only", text);
    }

    fn is_one_only_in_cache(&self, before: &AnalysedModel, after: &AnalysedModel) -> bool {
        let columns = Columns::of(self.plan.before);
        let is_equal = self.plan.differences.get(self.name).is_some_and(|found| found.query == Match::Equal);
        is_equal && is_one_only_in_cache((&columns, before), (&self.plan.columns, after))
    }

    fn indirect(&mut self, after: &Model) {
        self.say("indirectly_modified", "indirectly modified: only the data hash of a model upstream differs");
        if is_materialized_view(after) && self.prediction.category == Some(Category::IndirectBreaking) {
            return self.say("materialized_view", "INDIRECT_BREAKING: a materialized view is always made again");
        }
        let parents = self.plan.parents.get(self.name).into_iter().flatten();
        let parents: Vec<(&ModelName, Option<Category>)> =
            parents.filter_map(|parent| Some((parent, self.listed.get(parent)?.category))).collect();
        let breaking =
            |category: Option<Category>| matches!(category, Some(Category::Breaking | Category::IndirectBreaking));
        let named: Vec<String> = parents
            .iter()
            .filter(|(_, category)| self.prediction.category != Some(Category::IndirectBreaking) || breaking(*category))
            .take(MAX_NAMES)
            .map(|(name, category)| format!("{name} is {}", word(*category)))
            .collect();
        let text = match self.prediction.category {
            Some(Category::IndirectBreaking) if named.is_empty() => {
                "INDIRECT_BREAKING: a model that it reads is new to it or gone, and no listed one explains it"
                    .to_owned()
            }
            Some(Category::IndirectBreaking) => {
                format!("INDIRECT_BREAKING: its parent {}", named.join("; its parent "))
            }
            Some(Category::Metadata) => "METADATA: everything that is listed upstream is METADATA".to_owned(),
            _ => format!("INDIRECT_NON_BREAKING: no parent is breaking ({})", named.join(", ")),
        };
        self.say("parents", text);
    }

    /// What becomes of the table.
    fn version(&mut self, after: &Model) {
        if self.prediction.forward_only {
            self.say(
                "forward_only",
                match is_forward_only(after) {
                    true => "forward-only: the model's kind says so; the table stays",
                    false => "forward-only: the plan, or everything listed upstream, is; the table stays",
                },
            );
        }
        if matches!(after.kind.name.as_str(), "EXTERNAL" | "EMBEDDED") {
            return;
        }
        let text = match step(self.plan, self.name, after, self.prediction) {
            Step::Asks => return,
            Step::NewVersion => "a new version: another table, with no intervals",
            Step::Forced => "the same version, but its intervals are cleared: the table is filled again",
            Step::Kept => "the same version: the table and its intervals are taken over",
        };
        self.say("version", text);
    }
}

fn word(category: Option<Category>) -> &'static str {
    category.map_or("undecided", Category::name)
}
