//! Which steps of SQLMesh's reasoning decided over a model.
//!
//! In: a finished plan. Out: sentences for each model that it lists, in the order in which SQLMesh comes to them, each
//! with the name of its step. Nothing is decided here: what is said is read off the steps that `plan` took.

mod place;

use std::collections::BTreeMap;

use crate::impact::{Category, Change, SqlmeshReason};
use crate::names::ModelName;
use crate::project::config::CategorizerMode;
use crate::project::{Body, Model};
use crate::state::AnalysedModel;

use super::categories::{Unknown, lookback};
use super::columns::Columns;
use super::difference::{Difference, Direct};
use super::entries::has_query;
use super::queries::{Match, is_one_only_in_cache, sides};
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
        self.say_about(step, vec![], text);
    }

    fn say_about(&mut self, step: &str, about: Vec<String>, text: impl Into<String>) {
        self.reasons.push(SqlmeshReason { step: step.to_owned(), about, text: text.into() });
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

    /// Which of its own hashes differ, and in what.
    fn hashes(&mut self) {
        let Some(difference) = self.plan.differences.get(self.name) else { return };
        for (step, hash, entries) in
            [("data_hash", "data", &difference.data), ("metadata_hash", "metadata", &difference.metadata)]
        {
            if !entries.is_empty() {
                let text = format!("its {hash} hash differs in {}", in_words(entries));
                self.say_about(step, entries.clone(), text);
            }
        }
    }

    fn direct(&mut self, before: &AnalysedModel, after: &AnalysedModel) {
        self.hashes();
        let difference = self.plan.differences.get(self.name);
        if let Some(difference) = difference {
            let (code, why) = directly(difference);
            self.say_about("directly_modified", vec![code.to_owned()], format!("directly modified: {why}"));
        }
        if self.plan.is_breaking_kind_change(&before.model, &after.model) {
            return self.say(
                "kind_change",
                "BREAKING: the kind (or the virtual environment mode) changed in a way that needs another table",
            );
        }
        let mode = self.plan.mode(&after.model);
        if let Some(unknown) = self.plan.unknown_columns(self.name) {
            let (whose, text) = match unknown {
                Unknown::Itself => ("itself", "the model"),
                Unknown::Downstream => ("downstream", "a model downstream"),
            };
            let text = format!("the columns of {text} aren't known to SQLMesh, so the queries aren't compared");
            self.say_about("columns_unknown", vec![whose.to_owned()], text);
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

    /// `is_breaking_change` of the four types of models.
    fn compared(&mut self, before: &AnalysedModel, after: &AnalysedModel, query: Match) {
        let is_safe = self.prediction.category == Some(Category::NonBreaking);
        let (step, text) = match (&before.model.body, &after.model.body) {
            (Body::Seed(_), Body::Seed(_)) if is_safe => {
                ("seed_kept", "NON_BREAKING: the seed has all its columns with their values still")
            }
            (Body::Seed(_), Body::Seed(_)) => ("seed_differs", "a column of the seed is gone or has other values"),
            (Body::External, Body::External) if is_safe => {
                ("columns_kept", "NON_BREAKING: all columns are still there with their types")
            }
            (Body::External, Body::External) => ("columns_differ", "a column is gone or has another type"),
            (Body::Python(old), Body::Python(new)) if !old.is_sql && !new.is_sql => {
                ("python_code", "what Python code gives isn't compared")
            }
            (old, new) if has_query(old) != has_query(new) || !has_query(new) => {
                ("model_type", "a model of another type isn't compared")
            }
            _ if lookback(before) != lookback(after) => {
                ("lookback", "the queries aren't compared, because `lookback` differs")
            }
            _ => return self.queries(before, after, query),
        };
        self.say(step, text);
    }

    fn queries(&mut self, before: &AnalysedModel, after: &AnalysedModel, query: Match) {
        let columns = Columns::of(self.plan.before);
        let before = self.plan.reread(self.name).unwrap_or(before);
        let place = || place::first(&sides((&columns, before), (&self.plan.columns, after))?);
        let (step, place, text) = match query {
            Match::Equal if self.is_one_only_in_cache(before, after) => {
                let text = "NON_BREAKING: SQLMesh's cache of optimized queries takes both queries for one";
                ("queries_equal", None, text.to_owned())
            }
            Match::Equal => ("queries_equal", None, "NON_BREAKING: the rendered queries are equal".to_owned()),
            Match::Additions => {
                let text = "NON_BREAKING: the rendered queries differ only by added projections";
                ("additions", None, text.to_owned())
            }
            Match::AddsRows => {
                let place = place();
                let what = place.as_deref().unwrap_or("an added projection");
                let text = format!("a projection is added that may give rows; the first place that differs is {what}");
                ("set_returning_added", place, text)
            }
            Match::ShiftsOrdinals => {
                let place = place();
                let what = place.as_deref().unwrap_or("an added projection");
                let text = format!("{what} is added before others, to which numbers in ORDER BY refer");
                ("ordinals_shifted", place, text)
            }
            Match::Different => {
                let place = place();
                let text = match &place {
                    Some(place) => format!("the first place where the trees differ is {place}"),
                    None => "the rendered queries differ".to_owned(),
                };
                ("queries_differ", place, text)
            }
        };
        self.say_about(step, place.into_iter().collect(), text);
    }

    fn metadata(&mut self, before: &AnalysedModel, after: &AnalysedModel) {
        self.hashes();
        if !self.plan.differences.get(self.name).is_some_and(Difference::is_any) {
            return self.say("metadata_upstream", "METADATA: only the metadata of models that it reads differs");
        }
        let text = if self.is_one_only_in_cache(before, after) {
            "METADATA: the rendered queries differ, too; but SQLMesh keeps optimized queries under names that don't tell \
             these two apart (the dialect, NOT before LIKE, SYMMETRIC, SAFE_OFFSET aren't in them), and takes them for one"
        } else if differ_in_case(before, after) {
            "METADATA: the rendered queries, the statements and the data properties are equal as SQLMesh compares them, \
             which is without looking at case in all but names and plain texts: not in paths into JSON, in raw texts, in those \
             with escapes or in dollars"
        } else {
            "METADATA: the rendered queries, the statements and the data properties are equal"
        };
        self.say("metadata_only", text);
    }

    fn is_one_only_in_cache(&self, before: &AnalysedModel, after: &AnalysedModel) -> bool {
        let columns = Columns::of(self.plan.before);
        let is_equal = self.plan.differences.get(self.name).is_some_and(|found| found.query == Match::Equal);
        is_equal && is_one_only_in_cache((&columns, before), (&self.plan.columns, after))
    }

    fn indirect(&mut self, after: &Model) {
        self.hashes();
        self.say("indirectly_modified", "indirectly modified: the data hash of a model upstream differs");
        if is_materialized_view(after) && !self.prediction.forward_only {
            return self.say("materialized_view", "INDIRECT_BREAKING: a materialized view is always made again");
        }
        let parents = self.plan.parents.get(self.name).into_iter().flatten();
        let parents: Vec<(&ModelName, Option<Category>)> =
            parents.filter_map(|parent| Some((parent, self.listed.get(parent)?.category))).collect();
        if parents.is_empty() {
            return self.say(
                "orphaned",
                "INDIRECT_BREAKING: a model that it reads is new to it or gone, and no listed one explains it",
            );
        }
        let is_breaking = |(_, category): &&(&ModelName, Option<Category>)| {
            matches!(category, Some(Category::Breaking | Category::IndirectBreaking))
        };
        let breaking: Vec<String> = parents.iter().filter(is_breaking).map(|(name, _)| name.to_string()).collect();
        let named = |parents: &mut dyn Iterator<Item = &(&ModelName, Option<Category>)>, between: &str| {
            let named = parents.take(MAX_NAMES).map(|(name, category)| format!("{name} is {}", word(*category)));
            named.collect::<Vec<_>>().join(between)
        };
        let (step, text) = match self.prediction.category {
            Some(Category::IndirectBreaking) => {
                let named = named(&mut parents.iter().filter(is_breaking), "; its parent ");
                ("breaking_above", format!("INDIRECT_BREAKING: its parent {named}"))
            }
            Some(Category::Metadata) => {
                ("metadata_above", "METADATA: everything that is listed upstream is METADATA".to_owned())
            }
            _ => {
                let named = named(&mut parents.iter(), ", ");
                ("not_breaking_above", format!("INDIRECT_NON_BREAKING: no parent is breaking ({named})"))
            }
        };
        self.say_about(step, breaking, text);
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

/// Why a model is directly modified, as a code and in words.
fn directly(difference: &Difference) -> (&'static str, String) {
    let words = match (difference.direct, difference.reads_otherwise) {
        (_, Some(property)) => {
            return (
                "data_properties",
                format!(
                    "SQLMesh reads `{property}` otherwise from its state than from the file, which it takes for a change of data"
                ),
            );
        }
        (Some(Direct::SameMetadata), _) => ("same_metadata", "its data hash alone differs"),
        (Some(Direct::DataProperties), _) => ("data_properties", "its data hash differs in more than texts"),
        (Some(Direct::Statements), _) => ("statements", "the statements around its query differ once rendered"),
        (Some(Direct::ModelType), _) => ("model_type", "it is another type of model"),
        (Some(Direct::Query) | None, _) => ("query", "its query differs once rendered"),
    };
    (words.0, words.1.to_owned())
}

/// Entries of a hash in words.
fn in_words(entries: &[String]) -> String {
    let word = |entry: &String| match entry.as_str() {
        "query" => "the query".to_owned(),
        "pre_statements" => "statements before the query".to_owned(),
        "post_statements" => "statements after the query".to_owned(),
        "on_virtual_update" => "statements on virtual updates".to_owned(),
        "python_env" => "macros, variables, signals or code".to_owned(),
        "jinja_macros" => "Jinja macros".to_owned(),
        "mapping_schema" => "the columns of the models that it reads".to_owned(),
        "seed" => "the seed's content".to_owned(),
        property => format!("`{property}`"),
    };
    entries.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn word(category: Option<Category>) -> &'static str {
    category.map_or("undecided", Category::name)
}

/// Do the rendered queries differ in nothing but case?
fn differ_in_case(before: &AnalysedModel, after: &AnalysedModel) -> bool {
    let text = |model: &AnalysedModel| model.query.as_ref().map(|query| query.rendered.rendered.sql.clone());
    let (Some(before), Some(after)) = (text(before), text(after)) else { return false };
    before != after && before.eq_ignore_ascii_case(&after)
}
