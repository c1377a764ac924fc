//! The column lineage of a whole project, as printed: what `impact lineage` shows.
//!
//! The JSON of `impact lineage` is these structs, serialized as they are; their field names are a promise.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::belief::{self, DataType};
use crate::lineage::{ColumnRef, Derivation, Flow, Lineage, Role, derivation};
use crate::names::ModelName;

use super::{AnalysedModel, State};

/// Lineage of every model. Serialized, it is the JSON output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProjectLineage {
    pub schema_version: u32,
    pub models: BTreeMap<String, ModelLineage>,
}

/// Lineage of one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ModelLineage {
    pub path: String,
    pub kind: String,
    /// The tables it reads.
    pub depends_on: Vec<String>,
    /// In the model's own order.
    #[serde(serialize_with = "as_map")]
    #[schemars(with = "BTreeMap<String, ColumnLineage>")]
    pub columns: Vec<(String, ColumnLineage)>,
}

/// Lineage of one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ColumnLineage {
    /// `null` where it isn't known.
    #[serde(rename = "type")]
    pub data_type: Option<String>,
    /// Columns whose values flow in.
    pub sources: Vec<SourceColumn>,
    /// Columns that decide rows, groups or order.
    pub influences: Vec<Influence>,
    /// How its values come from the sources.
    #[serde(skip)]
    pub derivation: Derivation,
    /// The line of the model's file that computes it; 0 if it isn't known.
    #[serde(skip)]
    pub line: u32,
}

/// A column of a parent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct SourceColumn {
    pub model: String,
    /// `*` stands for any column of a table whose columns aren't known.
    pub column: String,
}

/// A column of a parent with what it decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Influence {
    pub model: String,
    pub column: String,
    pub role: Role,
}

/// Which way to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Upstream,
    Downstream,
    Both,
}

/// A model, or a column of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Focus {
    pub model: String,
    pub column: Option<String>,
}

impl ProjectLineage {
    /// The lineage of an analysed project.
    pub fn new(state: &State) -> Self {
        let models = state.models.iter().map(|(name, model)| (name.to_string(), model_lineage(model)));
        ProjectLineage { schema_version: 1, models: models.collect() }
    }

    /// The model or column with this name, in any case.
    pub fn find(&self, name: &str) -> Option<Focus> {
        let model = |name: &str| self.models.keys().find(|known| known.eq_ignore_ascii_case(name)).cloned();
        if let Some(model) = model(name) {
            return Some(Focus { model, column: None });
        }
        let (table, column) = name.rsplit_once('.')?;
        let model = model(table)?;
        let columns = &self.models.get(&model)?.columns;
        let column = columns.iter().map(|(known, _)| known).find(|known| known.eq_ignore_ascii_case(column))?.clone();
        Some(Focus { model, column: Some(column) })
    }

    /// The lineage of a column, or nothing.
    pub fn column(&self, model: &str, column: &str) -> Option<&ColumnLineage> {
        self.models.get(model)?.columns.iter().find(|(name, _)| name == column).map(|(_, lineage)| lineage)
    }

    /// The columns that read this one, by value or otherwise.
    pub fn readers(&self) -> BTreeMap<SourceColumn, BTreeSet<SourceColumn>> {
        let mut readers: BTreeMap<SourceColumn, BTreeSet<SourceColumn>> = BTreeMap::new();
        for (model, lineage) in &self.models {
            for (column, found) in &lineage.columns {
                for source in &found.sources {
                    let reader = SourceColumn { model: model.clone(), column: column.clone() };
                    readers.entry(source.clone()).or_default().insert(reader);
                }
            }
        }
        readers
    }

    /// Only the models that the focus reaches by values, in the given direction; all without a focus.
    pub fn around(&self, focus: Option<&Focus>, direction: Direction) -> ProjectLineage {
        let Some(focus) = focus else { return self.clone() };
        let readers = self.readers();
        let mut kept: BTreeSet<SourceColumn> = self.starts(focus).into_iter().collect();
        let start: Vec<SourceColumn> = kept.iter().cloned().collect();
        if direction != Direction::Downstream {
            self.follow(&start, &mut kept, |column| {
                self.column(&column.model, &column.column).map(|found| found.sources.clone()).unwrap_or_default()
            });
        }
        if direction != Direction::Upstream {
            self.follow(&start, &mut kept, |column| readers.get(column).into_iter().flatten().cloned().collect());
        }
        let models = self.models.iter().filter_map(|(name, lineage)| {
            let mut lineage = lineage.clone();
            lineage
                .columns
                .retain(|(column, _)| kept.contains(&SourceColumn { model: name.clone(), column: column.clone() }));
            (!lineage.columns.is_empty() || *name == focus.model).then(|| (name.clone(), lineage))
        });
        ProjectLineage { schema_version: self.schema_version, models: models.collect() }
    }

    /// The columns that a focus stands for.
    pub fn starts(&self, focus: &Focus) -> Vec<SourceColumn> {
        let columns = self.models.get(&focus.model).map(|lineage| lineage.columns.as_slice()).unwrap_or_default();
        let chosen = columns.iter().filter(|(name, _)| focus.column.as_ref().is_none_or(|column| column == name));
        chosen.map(|(name, _)| SourceColumn { model: focus.model.clone(), column: name.clone() }).collect()
    }

    fn follow(
        &self,
        start: &[SourceColumn],
        kept: &mut BTreeSet<SourceColumn>,
        next: impl Fn(&SourceColumn) -> Vec<SourceColumn>,
    ) {
        let mut pending = start.to_vec();
        let mut seen: BTreeSet<SourceColumn> = BTreeSet::new();
        while let Some(column) = pending.pop() {
            if seen.insert(column.clone()) {
                pending.extend(next(&column));
                kept.insert(column);
            }
        }
    }
}

/// How many influences one model's columns may take over from its rows, all columns together, before each parent's
/// columns are summed up as `*`.
const WIDTH: usize = 200_000;

fn model_lineage(model: &AnalysedModel) -> ModelLineage {
    let rows = model.lineage().map(|lineage| row_influences(lineage, model.schema.columns.len())).unwrap_or_default();
    let flows: FxHashMap<&str, &Flow> = first_of_each(
        model.lineage().into_iter().flat_map(|lineage| lineage.columns.iter().map(|(name, flow)| (&**name, flow))),
    );
    let open = model.lineage().map(|lineage| &lineage.open);
    let lines = lines(model);
    let derivations = derivations(model).unwrap_or_default();
    let nothing = Flow::default();
    // What SQLMesh knows is shown as it shows it; of a model whose columns it doesn't know, what is certain.
    let belief = model.believed.columns.iter().flat_map(|belief| &belief.columns);
    let types: FxHashMap<&str, &DataType> = first_of_each(belief.map(|(name, found)| (&**name, found)));
    let believed = |found: &DataType| belief::text(found, model.model.dialect);
    let columns = model.schema.columns.iter().map(|column| {
        let certain = || column.data_type.as_ref().map(ToString::to_string);
        let flow = flows.get(&*column.name).copied().or(open).unwrap_or(&nothing);
        let mut influences = rows.clone();
        influences.extend(flow.influences.iter().cloned());
        let found = ColumnLineage {
            data_type: types.get(&*column.name).copied().map_or_else(certain, believed),
            sources: flow.sources.iter().map(source).collect(),
            influences: influences.into_iter().map(|(column, role)| influence(&column, role)).collect(),
            derivation: derivations.get(&*column.name).copied().unwrap_or_default(),
            line: lines.get(&*column.name).copied().unwrap_or(model.model.location.line),
        };
        (column.name.to_string(), found)
    });
    ModelLineage {
        path: model.model.path.to_string(),
        kind: model.model.kind.name.clone(),
        depends_on: model.parents.iter().map(ModelName::to_string).collect(),
        columns: columns.collect(),
    }
}

/// What decides the rows, and so every column.
fn row_influences(lineage: &Lineage, columns: usize) -> BTreeSet<(ColumnRef, Role)> {
    let mut rows = lineage.rows.clone();
    rows.influences.extend(lineage.order.sources.iter().map(|source| (source.clone(), Role::Order)));
    let is_wide = rows.influences.len().saturating_mul(columns) > WIDTH;
    if is_wide { rows.widened().influences } else { rows.influences }
}

fn first_of_each<'k, V>(pairs: impl Iterator<Item = (&'k str, V)>) -> FxHashMap<&'k str, V> {
    let mut first = FxHashMap::default();
    for (name, value) in pairs {
        first.entry(name).or_insert(value);
    }
    first
}

/// The line of each column: where the query computes it, or where the header declares it.
fn lines(model: &AnalysedModel) -> FxHashMap<&str, u32> {
    let mut lines = in_query(model).unwrap_or_default();
    for declared in model.model.columns.iter().flatten() {
        lines.entry(&declared.name).or_insert(declared.location.line);
    }
    lines
}

fn in_query(model: &AnalysedModel) -> Option<FxHashMap<&str, u32>> {
    let rendered = &model.query.as_ref()?.rendered;
    let ends: Vec<usize> =
        rendered.source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
    let line = |output: &crate::resolve::Output| {
        let start = rendered.rendered.map.source(output.span.range()).start;
        ends.partition_point(|&end| end < start) as u32 + 1
    };
    let outputs = &model.resolved()?.root()?.outputs;
    Some(first_of_each(outputs.iter().map(|output| (&*output.name, line(output)))))
}

fn derivations(model: &AnalysedModel) -> Option<FxHashMap<&str, Derivation>> {
    let resolved = model.resolved()?;
    let outputs = resolved.root()?.outputs.iter().enumerate();
    Some(first_of_each(outputs.map(|(at, output)| (&*output.name, derivation(resolved, at)))))
}

fn source(column: &ColumnRef) -> SourceColumn {
    SourceColumn { model: column.model.to_string(), column: column.column.to_string() }
}

fn influence(column: &ColumnRef, role: Role) -> Influence {
    Influence { model: column.model.to_string(), column: column.column.to_string(), role }
}

fn as_map<S: Serializer>(columns: &[(String, ColumnLineage)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(columns.len()))?;
    for (name, lineage) in columns {
        map.serialize_entry(name, lineage)?;
    }
    map.end()
}
