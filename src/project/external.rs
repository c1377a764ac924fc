//! External models: YAML files that declare the columns of tables somebody else fills.

use std::sync::Arc;

use super::config::yaml;
use super::context::{Context, Output};
use super::header::property_from_text;
use super::literal::{Literal, Value};
use super::{Body, DeclaredColumn, Header, Model, ModelKind, codes, files, header};
use crate::diagnostic::{Diagnostic, Location};
use crate::dialect::Dialect;
use crate::source::Entry;

/// The files that hold external models.
pub(crate) fn entries<'a>(context: &Context<'a>) -> Vec<&'a Entry> {
    let at = |name: &str| context.tree.find(&files::join(context.root, name));
    let single = at("external_models.yaml").or_else(|| at("schema.yaml"));
    let below = context.tree.below(&files::join(context.root, "external_models"));
    let inside = below.iter().filter(|entry| entry.path.ends_with(".yaml"));
    single.into_iter().chain(inside).collect()
}

/// Reads one file. Each model comes with the gateway that it is meant for.
pub(crate) fn load(context: &Context<'_>, entry: &Entry) -> Output {
    let mut output = Output::default();
    let rows = match rows(context, entry) {
        Ok(rows) => rows,
        Err(diagnostic) => {
            output.diagnostics.push(diagnostic);
            return output;
        }
    };
    for row in rows.elements() {
        if let Some(model) = model(context, entry, row, &mut output) {
            output.models.push(Arc::new(model));
            output.gateways.push(row.given("gateway").and_then(Literal::text).map(str::to_lowercase));
        }
    }
    output
}

fn rows(context: &Context<'_>, entry: &Entry) -> Result<Literal, Diagnostic> {
    let text = files::read_text(context.tree, entry)?;
    let fail = |line: u32, message: &str| {
        let location = files::line_location(&entry.path, line);
        let found = Diagnostic::error(codes::EXTERNAL_UNREADABLE, location, format!("external models: {message}"));
        Diagnostic { refused: !files::is_template(&text), ..found }
    };
    let rows = yaml::parse(&text).map_err(|error| fail(error.line, error.message))?;
    match rows.value {
        Value::List(_) | Value::Null => Ok(rows),
        _ => Err(fail(rows.line, "a list of models was expected")),
    }
}

fn model(context: &Context<'_>, entry: &Entry, row: &Literal, output: &mut Output) -> Option<Model> {
    let location = files::line_location(&entry.path, row.line);
    let config = context.config;
    let dialect = row.given("dialect").and_then(Literal::text).and_then(Dialect::parse).unwrap_or(config.dialect);
    let written = row.given("name").and_then(Literal::text);
    let name = written.and_then(|written| context.model_name(written, dialect, config.default_catalog.as_deref()));
    let Some(name) = name else {
        let message = "the name of this external model could not be read";
        match row.entries().iter().any(|(key, _)| key == "name") {
            true => output.error(codes::NAME_UNKNOWN, location, message),
            false => output.refuse(codes::NAME_UNKNOWN, location, "this external model has no name"),
        }
        return None;
    };
    let kind = ModelKind::named("EXTERNAL");
    let mut properties = Header::default();
    for (key, value) in row.entries() {
        let place = files::line_location(&entry.path, value.line);
        let text = header::spelled(key, value, header::Origin::External).unwrap_or_default();
        properties.properties.push(property_from_text(key, &text, dialect.lexical(), place));
    }
    header::add_defaults(&mut properties, None, config, dialect, &["gateway", "optimize_query"]);
    Some(Model {
        name,
        path: entry.path.clone(),
        content: entry.id,
        location,
        dialect,
        header: properties,
        kind,
        columns: row.given("columns").map(|columns| declared(columns, dialect, &entry.path)),
        depends_on: Vec::new(),
        gateway: None,
        blueprint: std::collections::BTreeMap::new(),
        body: Body::External,
    })
}

/// Columns from a mapping of names to types.
pub(crate) fn declared(columns: &Literal, dialect: Dialect, path: &Arc<str>) -> Vec<DeclaredColumn> {
    columns
        .entries()
        .iter()
        .map(|(name, data_type)| DeclaredColumn {
            name: column_name(name, dialect).into(),
            data_type: data_type.to_sql().filter(|_| data_type.value != Value::Null).unwrap_or_default(),
            location: place(path, data_type.line),
        })
        .collect()
}

fn place(path: &Arc<str>, line: u32) -> Location {
    files::line_location(path, line)
}

/// A key of a mapping is an identifier, quoted or not; one that needs quotes counts as quoted.
pub(crate) fn column_name(key: &str, dialect: Dialect) -> String {
    match header::identifiers(key, dialect).as_deref() {
        Some([identifier]) => dialect.normalize(&identifier.text, identifier.quoted).into_owned(),
        _ => dialect.normalize(key, true).into_owned(),
    }
}
