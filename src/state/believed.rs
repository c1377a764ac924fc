//! What SQLMesh believes of a model's columns, and whether it optimizes the query.
//!
//! In: an analysed model and what SQLMesh believes of its parents. Out: [`Believed`]. One follows from the other: a query
//! is optimized only if the columns of all it reads are known, and a star is expanded only in an optimized query.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::belief::{self, Belief, Beliefs, DataType, Schemas};
use crate::dialect::Dialect;
use crate::names::ModelName;
use crate::project::{Body, DeclaredColumn, Model, header};
use crate::resolve::{Block, BlockKind, Output, Resolved, Schema};
use crate::sql::tree::{Op, Tree};

use super::{AnalysedModel, Query, refused, unseen};

/// SQLMesh's belief about one model.
#[derive(Debug, Clone, Default)]
pub struct Believed {
    /// Its `columns_to_types`; `None` where it doesn't know them.
    pub columns: Option<Arc<Belief>>,
    /// `QueryRenderer._optimize_query` does something.
    pub is_optimized: bool,
    /// What it was worked out from.
    parents: BTreeMap<ModelName, Option<Arc<Belief>>>,
}

/// What is known of a model before its belief.
pub(super) struct Known<'a> {
    pub model: &'a Arc<Model>,
    pub query: Option<&'a Arc<Query>>,
    pub schema: &'a Schema,
    pub possible: &'a BTreeSet<ModelName>,
}

/// The belief about a model; that of the other state if all it follows from is the same.
pub(super) fn believed(
    known: &Known<'_>,
    done: &BTreeMap<ModelName, Arc<AnalysedModel>>,
    other: Option<&Arc<AnalysedModel>>,
) -> Believed {
    let resolved = known.query.and_then(|query| query.resolved.as_ref());
    let read = resolved.iter().flat_map(|resolved| &resolved.tables).chain(known.possible);
    let read = read.filter(|name| **name != known.model.name);
    let belief = |name: &ModelName| done.get(name).and_then(|parent| parent.believed.columns.clone());
    let parents: BTreeMap<ModelName, Option<Arc<Belief>>> = read.map(|name| (name.clone(), belief(name))).collect();
    if let Some(other) = other.filter(|other| is_same(known, other, &parents)) {
        return other.believed.clone();
    }
    let unseen = unseen::of_tables(parents.keys(), done);
    let is_optimized =
        may_optimize(known, resolved, &parents) && !resolved.is_some_and(|resolved| unseen::is_read(resolved, &unseen));
    let open_above = || parents.keys().filter_map(|name| done.get(name)).any(|parent| parent.schema.open);
    let is_known = has_known_columns(known, resolved, is_optimized) || hides_columns(known, is_optimized, open_above);
    let columns = is_known.then(|| {
        let mut belief = columns(known, resolved, is_optimized, &parents);
        let hidden = resolved.filter(|_| known.model.columns.is_none());
        let hidden = hidden.and_then(|resolved| unseen::outputs(resolved, &unseen).remove(&resolved.root));
        belief.columns.retain(|(name, _)| !hidden.as_ref().is_some_and(|hidden| hidden.contains(name)));
        Arc::new(belief)
    });
    Believed { columns, is_optimized, parents }
}

fn is_same(known: &Known<'_>, other: &AnalysedModel, parents: &BTreeMap<ModelName, Option<Arc<Belief>>>) -> bool {
    let same_query = match (known.query, &other.query) {
        (Some(query), Some(other)) => Arc::ptr_eq(query, other),
        (None, None) => true,
        _ => false,
    };
    same_query && Arc::ptr_eq(known.model, &other.model) && *parents == other.believed.parents
}

fn may_optimize(
    known: &Known<'_>,
    resolved: Option<&Resolved>,
    parents: &BTreeMap<ModelName, Option<Arc<Belief>>>,
) -> bool {
    let Some(resolved) = resolved.filter(|_| !is_off(known.model)) else { return false };
    // What only the header names doesn't count.
    let text = known.query.map_or("", |query| &query.rendered.rendered.sql);
    parents.values().all(Option::is_some)
        && !refused::is_refused(resolved, text, known.model.dialect)
        && !known.query.is_some_and(|query| recurs_without_saying(resolved, query))
}

/// Does the model switch the optimizer off?
pub(crate) fn is_off(model: &Model) -> bool {
    model.header.get("optimize_query").is_some_and(|property| header::truth(&property.value) == Some(false))
}

/// Does a CTE read itself where no `RECURSIVE` stands? SQLMesh takes that for a table of which nothing is known.
fn recurs_without_saying(resolved: &Resolved, query: &Query) -> bool {
    let says = |tree: &Tree| {
        let mut found = false;
        tree.walk(&mut |node| {
            found |= node.op == Op::With(true);
            !found
        });
        found
    };
    !resolved.recursions.is_empty() && !query.rendered.parsed().is_some_and(says)
}

/// Not with a star that isn't expanded, nor with two columns of one name. What a Python function returns as a query is
/// known to SQLMesh, which runs it.
fn has_known_columns(known: &Known<'_>, resolved: Option<&Resolved>, is_optimized: bool) -> bool {
    if matches!(&known.model.body, Body::Python(body) if body.is_sql) {
        return true;
    }
    let is_open = known.schema.open || known.schema.columns.is_empty();
    let declared = known.model.columns.is_some();
    let has_star = || resolved.is_some_and(selects_star);
    let lacks_columns = || has_star() || resolved.is_some_and(has_nameless);
    if is_open || !declared && !is_optimized && lacks_columns() {
        return false;
    }
    let mut names: Vec<&str> = known.schema.columns.iter().map(|column| &*column.name).collect();
    names.sort_unstable();
    names.windows(2).all(|pair| matches!(pair, [a, b] if a != b))
}

/// Are columns unknown here that SQLMesh knows, because it runs the code behind a hole, of this model or of one above?
fn hides_columns(known: &Known<'_>, is_optimized: bool, open_above: impl Fn() -> bool) -> bool {
    let has_holes = known.query.is_some_and(|query| !query.rendered.holes.is_empty());
    known.schema.open && (has_holes || is_optimized && open_above())
}

/// Has the query's first SELECT a star?
fn selects_star(resolved: &Resolved) -> bool {
    first_select(resolved).is_some_and(|block| block.outputs.iter().any(|output| output.from_star))
}

/// Has the query's first SELECT an expression without a name, which only the optimizer would give it?
fn has_nameless(resolved: &Resolved) -> bool {
    let is_nameless =
        |(at, output): (usize, &Output)| output.is_unnamed && !output.is_open && *output.name == *format!("_col_{at}");
    first_select(resolved).is_some_and(|block| block.outputs.iter().enumerate().any(is_nameless))
}

fn first_select(resolved: &Resolved) -> Option<&Block> {
    let mut id = resolved.root;
    // Each step goes to another block, so there are no more of them than blocks.
    for _ in 0..=resolved.blocks.len() {
        let block = resolved.block(id)?;
        match &block.kind {
            BlockKind::SetOperation { left, .. } => id = *left,
            BlockKind::Wrapped(inner) => id = *inner,
            BlockKind::Select(_) | BlockKind::Values(_) | BlockKind::Opaque => return Some(block),
        }
    }
    None
}

/// The columns in the order of the model's schema.
fn columns(
    known: &Known<'_>,
    resolved: Option<&Resolved>,
    is_optimized: bool,
    parents: &BTreeMap<ModelName, Option<Arc<Belief>>>,
) -> Belief {
    let model = known.model;
    let mut types = match (&model.columns, resolved, &model.body) {
        (Some(columns), _, body) => {
            let is_external = matches!(body, Body::External);
            columns.iter().map(|column| declared(column, model.dialect, is_external)).collect()
        }
        (None, Some(resolved), _) => of_query(known, resolved, is_optimized, parents),
        (None, None, Body::Seed(seed)) => {
            let columns = seed.content.iter().flat_map(|content| &content.columns);
            columns.map(|column| belief::parse(column.data_type, Dialect::default())).collect()
        }
        (None, None, Body::Sql(_) | Body::Python(_) | Body::External | Body::Unreadable) => vec![],
    };
    // Those that SCD type 2 adds.
    let time = || validity(model);
    types.resize_with(known.schema.columns.len(), time);
    let names = known.schema.columns.iter().map(|column| column.name.clone());
    Belief { columns: names.zip(types).collect() }
}

fn declared(column: &DeclaredColumn, dialect: Dialect, is_external: bool) -> DataType {
    match column.data_type.as_str() {
        "" => DataType::unknown(),
        // What stands in a file of external models is written and read once more.
        text if is_external => belief::reread(&belief::parse(text, dialect), dialect),
        text => belief::parse(text, dialect),
    }
}

/// The type of the columns that SCD type 2 adds.
fn validity(model: &Model) -> DataType {
    if !model.kind.name.starts_with("SCD_TYPE_2") {
        return DataType::unknown();
    }
    let written = model.kind.get("time_data_type").map(|property| property.value.trim_matches(['\'', '"']));
    match written {
        Some(text) => belief::parse(text, model.dialect),
        None => belief::parse("TIMESTAMP", Dialect::default()),
    }
}

fn of_query(
    known: &Known<'_>,
    resolved: &Resolved,
    is_optimized: bool,
    parents: &BTreeMap<ModelName, Option<Arc<Belief>>>,
) -> Vec<DataType> {
    let sql = known.query.map_or("", |query| &query.rendered.rendered.sql);
    let schemas = match is_optimized {
        true => Schemas::Known,
        false if is_off(known.model) => Schemas::Untouched,
        false => Schemas::Unknown,
    };
    let types = belief::outputs(resolved, sql, known.model.dialect, schemas, &Parents(parents));
    let outputs = resolved.root().map(|block| block.outputs.as_slice()).unwrap_or_default();
    outputs.iter().zip(types).filter(|(output, _)| !output.is_open).map(|(_, found)| found).collect()
}

struct Parents<'p>(&'p BTreeMap<ModelName, Option<Arc<Belief>>>);

impl Beliefs for Parents<'_> {
    fn table(&self, name: &ModelName) -> Option<&Belief> {
        self.0.get(name)?.as_deref()
    }
}
