//! The queries of audits, as they run on a model.
//!
//! In: an analysed [`State`], an audit, the model that names it and the arguments that it gives. Out: the audit's query,
//! rendered and resolved against the state's columns, or nothing if it couldn't be read. It is no part of the graph.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::project::{Audit, Body, Model, header};
use crate::resolve::{Resolved, Schemas, resolve};
use crate::sql;
use crate::sql::tree::Name;

use super::rendering::render_query;
use super::{AnalysedModel, Believed, Catalog, Query, State, model};

impl State {
    /// The query of a user-defined audit. A standalone audit has no model.
    pub fn audit_query(
        &self,
        audit: &Audit,
        audited: Option<&AnalysedModel>,
        arguments: &[(String, String)],
    ) -> Option<Arc<Query>> {
        let model = as_model(audit, audited, arguments);
        let Body::Sql(body) = &model.body else { return None };
        body.query?;
        let rendered = Arc::new(render_query(&self.project, &model, body, (0, None)));
        let catalog = self.catalog_of(&model);
        let mut parents: BTreeSet<_> = rendered.rendered.tables.iter().cloned().collect();
        parents.extend(rendered.parsed().into_iter().flat_map(|tree| model::tables(tree, &catalog, &self.project)));
        Some(model::query(&self.project, &model, &rendered, &parents, &self.models, None))
    }

    /// A standalone audit as a model below the models that it reads, which it is to SQLMesh.
    pub fn standalone(&self, audit: &Audit) -> AnalysedModel {
        let model = as_model(audit, None, &[]);
        let query = self.audit_query(audit, None, &[]);
        let catalog = self.catalog_of(&model);
        let rendered = query.as_ref().map(|query| &query.rendered);
        let mut parents: BTreeSet<_> = rendered.iter().flat_map(|query| &query.rendered.tables).cloned().collect();
        let tree = rendered.and_then(|query| query.parsed());
        parents.extend(tree.into_iter().flat_map(|tree| model::tables(tree, &catalog, &self.project)));
        let named = audit.header.properties.iter().filter(|property| property.name == "depends_on");
        let named = named.flat_map(|property| header::items(&property.value, audit.dialect.lexical()));
        let parts =
            |name: &str| -> Vec<Name> { name.split('.').map(|part| part.trim().trim_matches('"').into()).collect() };
        parents.extend(named.map(|name| catalog.table(&parts(name)).0));
        let model = Arc::new(model);
        AnalysedModel {
            model,
            query,
            schema: Arc::default(),
            believed: Believed::default(),
            parents,
            possible: BTreeSet::new(),
            reads_unwritten: false,
            around: 0,
        }
    }

    /// Expressions over a model's columns, resolved: those that a built-in audit gets as its arguments.
    pub fn over_model(&self, audited: &AnalysedModel, expressions: &[&str]) -> Option<Resolved> {
        let model = &audited.model;
        let parts = model.name.parts().iter();
        let table: Vec<String> = parts.map(|part| crate::render::quoted_identifier(part, model.dialect)).collect();
        let text = format!("SELECT {} FROM {}", expressions.join(", "), table.join("."));
        let tree = sql::query(&text, model.dialect).ok()?;
        Some(resolve(&tree, model.dialect, &self.catalog_of(model)))
    }

    /// The names of tables as this model's dialect writes them.
    pub fn catalog_of(&self, model: &Model) -> Catalog<'_> {
        model::catalog(&self.project, model, &self.models)
    }
}

/// An audit's query is rendered as if it were that of the model, its arguments being variables.
fn as_model(audit: &Audit, audited: Option<&AnalysedModel>, arguments: &[(String, String)]) -> Model {
    let defaults = audit.header.get("defaults");
    let defaults = defaults.map(|property| header::pairs(&property.value, audit.dialect.lexical())).unwrap_or_default();
    let own = audited.map(|audited| audited.model.blueprint.clone()).unwrap_or_default();
    let given = defaults.into_iter().chain(arguments.iter().cloned());
    let blueprint: BTreeMap<String, String> = own.into_iter().chain(given).collect();
    let name = match audited {
        Some(audited) => audited.model.name.clone(),
        None => crate::names::ModelName::from_parts([&audit.name]),
    };
    Model {
        name,
        path: audit.path.clone(),
        content: crate::source::ContentId([0; 20]),
        location: audit.location.clone(),
        dialect: audit.dialect,
        header: audit.header.clone(),
        kind: header::ModelKind::named("AUDIT"),
        columns: None,
        depends_on: vec![],
        blueprint,
        gateway: None,
        body: Body::Sql(audit.body.clone()),
    }
}
