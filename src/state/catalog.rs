//! Which model a table's name stands for, and what columns it has.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::dialect::Dialect;
use crate::names::ModelName;
use crate::project::Body;
use crate::resolve::{Schema, Schemas};
use crate::sql::tree::Name;

use super::AnalysedModel;

/// The tables that one model's query can name.
pub struct Catalog<'a> {
    pub dialect: Dialect,
    pub default_catalog: Option<&'a str>,
    pub models: &'a BTreeMap<ModelName, Arc<AnalysedModel>>,
}

impl Catalog<'_> {
    /// The model that normalized parts of a name stand for.
    pub fn name(&self, parts: &[Name]) -> ModelName {
        match parts {
            [catalog, rest @ ..] if rest.len() == 2 && self.is_default(catalog) => ModelName::from_parts(rest),
            all => ModelName::from_parts(all),
        }
    }

    fn is_default(&self, catalog: &str) -> bool {
        self.default_catalog
            .is_some_and(|default| default == catalog || self.dialect.normalize(default, false) == catalog)
    }
}

impl Schemas for Catalog<'_> {
    fn table(&self, parts: &[Name]) -> (ModelName, Arc<Schema>) {
        let name = self.name(parts);
        let schema = self.models.get(&name).map_or_else(Schema::unknown, |model| model.schema.clone());
        (name, schema)
    }

    /// SQLMesh folds the names in every query that it runs, and so those of the tables that it makes.
    fn folds_columns(&self, model: Option<&ModelName>) -> bool {
        let is_made = |model: &Arc<AnalysedModel>| matches!(model.model.body, Body::Sql(_) | Body::Seed(_));
        model.is_none_or(|name| self.models.get(name).is_some_and(is_made))
    }

    fn is_declared(&self, parts: &[Name]) -> bool {
        self.models.contains_key(&self.name(parts))
    }
}
