//! How two versions of a model differ in the inputs of SQLMesh's data hash and metadata hash.
//!
//! In: two versions of a model. Out: the entries that differ, and why the change isn't one of metadata only if it isn't
//! (`is_metadata_only_change`).

use std::collections::BTreeMap;

use crate::belief;
use crate::dialect::Family;
use crate::names::ColumnName;
use crate::project::{Body, Model};
use crate::state::{AnalysedModel, State};

use super::certainty::hangs_on_code;
use super::columns::Columns;
use super::entries::{data, differing, metadata};
use super::environment::environment;
use super::parents;
use super::queries::{Match, compare};
use super::reread::reads_otherwise;
use super::statements::{Place, around, effective, stored};

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// The entries of the data hash that differ.
    pub(super) data: Vec<String>,
    /// Those of the metadata hash.
    pub(super) metadata: Vec<String>,
    /// Why SQLMesh lists the model as directly modified, if it does.
    pub(super) direct: Option<Direct>,
    /// The property that alone makes it so, because SQLMesh reads it otherwise from its state.
    pub(super) reads_otherwise: Option<&'static str>,
    /// How the queries compare.
    pub(super) query: Match,
    /// Only running code would tell whether it is so.
    pub(super) hangs_on_code: bool,
}

impl Difference {
    /// Does anything of the model's own differ?
    pub(super) fn is_any(&self) -> bool {
        !self.data.is_empty() || !self.metadata.is_empty()
    }
}

/// The first condition of `is_metadata_only_change` that doesn't hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direct {
    /// The metadata is the same.
    SameMetadata,
    /// The data hash differs in more than texts.
    DataProperties,
    Statements,
    /// The model is of another type.
    ModelType,
    Query,
}

/// One state, with what SQLMesh knows of columns in it.
#[derive(Clone, Copy)]
pub(super) struct Version<'s> {
    pub(super) state: &'s State,
    pub(super) columns: &'s Columns<'s>,
}

/// Compares two versions of a model, each in its project. `reread` is the earlier one as the later configuration reads it,
/// `owner` the name of the project that the later one belongs to.
pub(super) fn difference(
    (before, old): (Version<'_>, &AnalysedModel),
    reread: &AnalysedModel,
    (after, new): (Version<'_>, &AnalysedModel),
    owner: &str,
) -> Difference {
    let columns = (before.columns, after.columns);
    let same_parents = parents_schemas(before.state, old) == parents_schemas(after.state, new);
    let (before, after) = ((before.state, old), (after.state, new));
    let environments = (environment(before.0, old), environment(after.0, new));
    let texts = differing_texts(texts(before), texts(after), &old.model, &new.model);
    let properties = differing(&data(before, &environments.0), &data(after, &environments.1));
    let same_surroundings = same_parents && environments.0 == environments.1;
    let query = compare((columns.0, reread), (columns.1, new), (same_parents, same_surroundings));
    let own = &before.0.project.config_of(&old.model.name).project;
    let mut metadata = differing(&metadata(before, &environments.0, own), &metadata(after, &environments.1, owner));
    metadata.extend((!same_parents).then(|| "mapping_schema".to_owned()));
    metadata.extend(texts.iter().map(|place| (*place).to_owned()));
    let hashed = texts.iter().filter(|place| **place != Place::OnVirtualUpdate.property());
    let mut data: Vec<String> = properties.iter().cloned().chain(hashed.map(|place| (*place).to_owned())).collect();
    data.sort();
    metadata.sort();
    // Statements are read from the state by the later configuration, too.
    let statements = |side, from_state| [Place::Before, Place::After].map(|place| effective(side, place, from_state));
    let reads_otherwise = reads_otherwise(&before.0.project, &old.model);
    let is_other_type = std::mem::discriminant(&old.model.body) != std::mem::discriminant(&new.model.body);
    let direct = if data.is_empty() && metadata.is_empty() {
        None
    } else if metadata.is_empty() {
        Some(Direct::SameMetadata)
    } else if !properties.is_empty() || reads_otherwise.is_some() {
        Some(Direct::DataProperties)
    } else if statements((before.0, reread), true) != statements(after, false) {
        Some(Direct::Statements)
    } else if is_other_type {
        Some(Direct::ModelType)
    } else {
        (query != Match::Equal).then_some(Direct::Query)
    };
    let reads_otherwise = reads_otherwise.filter(|_| direct == Some(Direct::DataProperties) && properties.is_empty());
    let hangs_on_code = hangs_on_code(before, after, same_surroundings);
    Difference { data, metadata, direct, reads_otherwise, query, hangs_on_code }
}

/// The statements as SQLMesh stores them, by place.
fn texts((state, analysed): (&State, &AnalysedModel)) -> [(Place, Vec<String>); 3] {
    [Place::Before, Place::After, Place::OnVirtualUpdate].map(|place| {
        let around = around(&state.project, &analysed.model, place);
        (place, around.into_iter().map(|statement| statement.stored).collect())
    })
}

/// The texts that differ: statements and the query.
fn differing_texts(
    before: [(Place, Vec<String>); 3],
    after: [(Place, Vec<String>); 3],
    old: &Model,
    new: &Model,
) -> Vec<&'static str> {
    let pairs = before.into_iter().zip(after);
    let statements = pairs.filter(|(before, after)| before != after).map(|((place, _), _)| place.property());
    statements.chain((!same_query_text(old, new)).then_some("query")).collect()
}

/// Is the same text stored for both? Athena's is written anew, which a query in one line with single blanks is taken to
/// survive.
fn same_query_text(old: &Model, new: &Model) -> bool {
    let is_athena = |model: &Model| model.dialect.family == Family::Athena;
    let (plain, athena) = match (is_athena(old), is_athena(new)) {
        (false, true) => (old, new),
        (true, false) => (new, old),
        _ => return query_text(old) == query_text(new),
    };
    let anew = query_text(&Model { dialect: athena.dialect, ..plain.clone() });
    let is_plain = query_text(plain).is_none_or(|text| !text.contains('\n') && !text.contains("  "));
    is_plain && anew == query_text(athena)
}

fn query_text(model: &Model) -> Option<String> {
    let Body::Sql(body) = &model.body else { return None };
    Some(stored(&body.text, &body.query?, model.dialect))
}

/// The columns of the parents that exist and have some that SQLMesh knows, with types as the model's dialect writes them.
fn parents_schemas(state: &State, analysed: &AnalysedModel) -> BTreeMap<String, BTreeMap<ColumnName, Option<String>>> {
    let dialect = analysed.model.dialect;
    let schema = |name: &crate::names::ModelName| {
        let belief = state.models.get(name)?.believed.columns.as_ref()?;
        // The order of columns isn't in SQLMesh's hash, though a star is expanded in it.
        let columns = belief.columns.iter().map(|(column, found)| (column.clone(), belief::text(found, dialect)));
        Some((name.to_string(), columns.collect()))
    };
    parents::read(analysed).iter().filter_map(schema).collect()
}
