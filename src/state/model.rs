//! One model through resolution and lineage.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::lineage::lineage;
use crate::names::ModelName;
use crate::project::{Body, DeclaredColumn, Model, Project};
use crate::resolve::{Column, Resolved, Schema, resolve};
use crate::sql::canonical_type;
use crate::sql::tree::{Op, Tree};

use super::{AnalysedModel, Catalog, Query, RenderedQuery, believed, possible, rendering, unwritten};

/// The graph: the parents of each model.
pub(super) struct Edges {
    pub all: BTreeMap<ModelName, BTreeSet<ModelName>>,
    /// Those of them that only code may read.
    pub possible: BTreeMap<ModelName, BTreeSet<ModelName>>,
}

/// What each model reads, as far as it is part of the project or named in it.
pub(super) fn edges(project: &Project, rendered: &BTreeMap<ModelName, Arc<RenderedQuery>>) -> Edges {
    let none = BTreeMap::new();
    let named = |model: &Arc<Model>| {
        let mut parents: BTreeSet<ModelName> =
            model.depends_on.iter().map(|dependency| dependency.model.clone()).collect();
        if let Some(query) = rendered.get(&model.name) {
            parents.extend(query.rendered.tables.iter().cloned());
            let catalog = catalog(project, model, &none);
            parents.extend(query.parsed().into_iter().flat_map(|tree| tables(tree, &catalog, project)));
        }
        parents
    };
    let mut all = project.models.values().map(|model| (model.name.clone(), named(model))).collect();
    let possible = possible::add(project, rendered, &mut all);
    Edges { all, possible }
}

pub(super) fn catalog<'a>(
    project: &'a Project,
    model: &Model,
    models: &'a BTreeMap<ModelName, Arc<AnalysedModel>>,
) -> Catalog<'a> {
    Catalog { dialect: model.dialect, default_catalog: project.config.default_catalog.as_deref(), models }
}

/// Every table that a tree names; a name that is also a CTE's may be either. Of the words in what isn't understood,
/// those that are models.
pub(super) fn tables(tree: &Tree, catalog: &Catalog<'_>, project: &Project) -> BTreeSet<ModelName> {
    let mut tables = BTreeSet::new();
    tree.walk(&mut |node| {
        if let Op::Opaque(_) = node.op {
            let words = node.kids.iter().filter(|kid| kid.op == Op::Table).map(|kid| catalog.name(&kid.idents()));
            tables.extend(words.filter(|name| project.models.contains_key(name)));
            return false;
        }
        if node.op == Op::Table {
            tables.insert(catalog.name(&node.idents()));
        }
        true
    });
    tables
}

pub(super) fn analyse(
    project: &Project,
    model: &Arc<Model>,
    rendered: Option<&Arc<RenderedQuery>>,
    edges: &Edges,
    done: &BTreeMap<ModelName, Arc<AnalysedModel>>,
    known: Option<&Arc<AnalysedModel>>,
) -> AnalysedModel {
    let of_this =
        |edges: &BTreeMap<ModelName, BTreeSet<ModelName>>| edges.get(&model.name).cloned().unwrap_or_default();
    let (mut parents, mut possible) = (of_this(&edges.all), of_this(&edges.possible));
    let query = rendered.map(|rendered| query(project, model, rendered, &parents, done, known));
    if query.as_ref().is_some_and(|query| query.rendered.holes.is_empty()) {
        // The calls that name them could be expanded after all.
        possible.clear();
    }
    let resolved = query.as_ref().and_then(|query| query.resolved.as_ref());
    if let Some(resolved) = resolved {
        parents = resolved.tables.clone();
        parents.extend(model.depends_on.iter().map(|dependency| dependency.model.clone()));
        parents.extend(possible.iter().cloned());
    }
    let schema = Arc::new(schema(model, resolved));
    let around = rendering::around(project, model);
    let facts = believed::Known { model, query: query.as_ref(), schema: &schema, possible: &possible };
    let believed = believed::believed(&facts, done, known);
    let reads_unwritten =
        query.as_ref().is_some_and(|query| unwritten::reads_unwritten(project, model, &query.rendered));
    AnalysedModel { model: model.clone(), query, schema, believed, parents, possible, reads_unwritten, around }
}

pub(super) fn query(
    project: &Project,
    model: &Model,
    rendered: &Arc<RenderedQuery>,
    parents: &BTreeSet<ModelName>,
    done: &BTreeMap<ModelName, Arc<AnalysedModel>>,
    known: Option<&Arc<AnalysedModel>>,
) -> Arc<Query> {
    let schema_of = |name: &ModelName| done.get(name).map_or_else(Schema::unknown, |parent| parent.schema.clone());
    let inputs: BTreeMap<ModelName, Arc<Schema>> = parents.iter().map(|name| (name.clone(), schema_of(name))).collect();
    let rendered = &rendering::with_columns(project, model, rendered, &inputs, done);
    let known = known.and_then(|known| known.query.as_ref());
    if let Some(known) = known.filter(|known| Arc::ptr_eq(&known.rendered, rendered) && known.inputs == inputs) {
        return known.clone();
    }
    let catalog = catalog(project, model, done);
    let resolved = rendered.parsed().map(|tree| resolve(tree, model.dialect, &catalog));
    let lineage = resolved.as_ref().map(lineage).unwrap_or_default();
    Arc::new(Query { rendered: rendered.clone(), resolved, lineage, inputs })
}

/// The columns that a reader of the model sees: as declared, or as the query gives them.
fn schema(model: &Model, resolved: Option<&Resolved>) -> Schema {
    let mut schema = match (&model.columns, resolved, &model.body) {
        (Some(columns), _, _) => declared(model, columns),
        (None, Some(resolved), _) => resolved.schema(),
        (None, None, Body::Seed(seed)) => seed_schema(seed),
        (None, None, Body::Sql(_) | Body::Python(_) | Body::External | Body::Unreadable) => Schema::new(vec![], true),
    };
    if model.kind.name.starts_with("SCD_TYPE_2") {
        add_validity(model, &mut schema);
    }
    schema
}

fn declared(model: &Model, columns: &[DeclaredColumn]) -> Schema {
    let column = |column: &DeclaredColumn| Column {
        name: column.name.clone(),
        data_type: (!column.data_type.is_empty()).then(|| canonical_type(&column.data_type, model.dialect)),
    };
    Schema::new(columns.iter().map(column).collect(), false)
}

fn seed_schema(seed: &crate::project::seed::Seed) -> Schema {
    match &seed.content {
        None => Schema::new(vec![], true),
        Some(content) => {
            let column =
                |column: &crate::project::seed::SeedColumn| Column { name: column.name.clone(), data_type: None };
            Schema::new(content.columns.iter().map(column).collect(), false)
        }
    }
}

/// SCD type 2 tables have two more columns than their query (`ScdType2Kind.managed_columns`).
fn add_validity(model: &Model, schema: &mut Schema) {
    for (property, default) in [("valid_from_name", "valid_from"), ("valid_to_name", "valid_to")] {
        let written =
            model.kind.get(property).map_or(default, |property| property.value.trim_matches(['"', '`', '\'']));
        let name = model.dialect.normalize(written, false);
        if schema.get(&name).is_none() {
            schema.push(Column { name: name.into(), data_type: Some("TIMESTAMP".into()) });
        }
    }
}
