//! Two outputs that get one name, in engines that make no table or view of such a query.

use std::collections::BTreeMap;

use crate::compare::LocalChange;
use crate::dialect::Family;
use crate::names::ColumnName;
use crate::resolve::Output;
use crate::state::{AnalysedModel, Query};

use super::failures::Failure;

/// The names that more outputs have now than before.
pub(super) fn find(before: Option<&AnalysedModel>, after: &AnalysedModel, query: &Query) -> Vec<Failure> {
    if !refuses(after.model.dialect.family) || after.model.kind.name == "EMBEDDED" {
        return vec![];
    }
    let old = before.map(twins).unwrap_or_default();
    let is_new = |(name, _): &(&ColumnName, &Output)| !old.contains_key(*name);
    twins(after).into_iter().filter(is_new).map(|(name, second)| failure(name, second, query)).collect()
}

/// Engines whose words for it are known. DuckDB and SQLite give the second one another name.
fn refuses(family: Family) -> bool {
    use Family::{
        Athena, BigQuery, Databricks, Fabric, MySql, Oracle, Postgres, Presto, Redshift, Snowflake, Spark, TSql, Trino,
    };
    matches!(
        family,
        Athena
            | BigQuery
            | Databricks
            | Fabric
            | MySql
            | Oracle
            | Postgres
            | Presto
            | Redshift
            | Snowflake
            | Spark
            | TSql
            | Trino
    )
}

/// Names that are written more than once, each with the second output that has it.
fn twins(model: &AnalysedModel) -> BTreeMap<&ColumnName, &Output> {
    let outputs = model.resolved().and_then(|resolved| resolved.root()).map(|root| root.outputs.as_slice());
    let mut seen: BTreeMap<&ColumnName, u32> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for output in outputs.unwrap_or_default().iter().filter(|output| !output.is_unnamed && !output.is_open) {
        let count = seen.entry(&output.name).or_default();
        *count += 1;
        if *count == 2 {
            found.insert(&output.name, output);
        }
    }
    found
}

fn failure(name: &ColumnName, second: &Output, query: &Query) -> Failure {
    let change = LocalChange {
        code: "S110",
        column: Some(name.clone()),
        location: query.rendered.location(second.span),
        before: None,
        after: None,
        message: format!("two columns are called {name}"),
    };
    Failure { change, via: vec![], source: None }
}
