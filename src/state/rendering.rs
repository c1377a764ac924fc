//! All models' queries rendered and parsed, in parallel.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::belief;
use crate::diagnostic::{Diagnostic, Location};
use crate::dialect::Dialect;
use crate::hash::{Print, hash};
use crate::lex::lex_code;
use crate::names::ModelName;
use crate::project::codes::QUERY_MISSING;
use crate::project::lines::Lines;
use crate::project::{Body, Model, Project, SqlBody, Statement};
use crate::render::{Environment, Hole, Rendered, TableColumn, Tables, quoted_identifier, render};
use crate::resolve::{Column, Schema};
use crate::sql::harmless::is_harmless;
use crate::sql::tree::{Span, Tree};
use crate::sql::{self, ParseFailure};

use super::holes::Behind;
use super::{AnalysedModel, State, UNPARSED, shape};

/// A model's query as plain SQL, and its tree.
#[derive(Debug)]
pub struct RenderedQuery {
    pub path: Arc<str>,
    /// The file that the query stands in.
    pub source: Arc<str>,
    pub rendered: Rendered,
    /// `None` if the text is one hole.
    pub tree: Option<Result<Tree, ParseFailure>>,
    /// What the holes stand for, definitions included.
    pub holes: Vec<Print>,
    /// What the holes stand for, by what is called only.
    pub hole_names: Vec<Print>,
    /// Equal keys: equal text, variables, macros.
    key: Print,
    /// A macro asks for parents' columns.
    asks: bool,
    /// The parents' columns under which it was rendered, if it asks for any.
    columns: Option<Print>,
    /// Where the lines of the source are, once somebody asks.
    lines: OnceLock<Lines>,
    /// Where all of it stands, if a Python function made it.
    place: Option<Location>,
}

impl RenderedQuery {
    /// The place in the model's file behind a range of the rendered text.
    pub fn location(&self, span: Span) -> Location {
        if let Some(place) = &self.place {
            return place.clone();
        }
        let range = self.source_range(span);
        let lines = self.lines.get_or_init(|| Lines::of(&self.source));
        lines.location(&self.path, &self.source, range.start, range.end)
    }

    /// The text behind a range of the rendered text, as the user wrote it.
    pub fn snippet(&self, span: Span) -> &str {
        let range = self.source_range(span);
        self.source.get(range).unwrap_or("")
    }

    /// The text of a Jinja expression belongs to the file only with its braces.
    fn source_range(&self, span: Span) -> Range<usize> {
        let mut range = self.rendered.map.source(span.range());
        let before = self.source.get(..range.start).unwrap_or("");
        if let Some(rest) = before.trim_end_matches([' ', '-']).strip_suffix("{{") {
            range.start = rest.len();
        }
        let after = self.source.get(range.end..).unwrap_or("");
        if let Some(rest) = after.trim_start_matches([' ', '-']).strip_prefix("}}") {
            range.end = self.source.len() - rest.len();
        }
        range
    }

    /// The tree, if the text could be parsed.
    pub fn parsed(&self) -> Option<&Tree> {
        self.tree.as_ref().and_then(|tree| tree.as_ref().ok())
    }

    pub(super) fn diagnostics(&self, dialect: Dialect) -> Vec<Diagnostic> {
        let mut diagnostics = self.rendered.diagnostics.clone();
        if let Some(Err(failure)) = &self.tree {
            let location = self.location(Span::new(failure.start, failure.end));
            let found = Diagnostic::error(UNPARSED, location, failure.message.clone()).with_help(failure.help());
            diagnostics.push(Diagnostic { refused: shape::is_unbalanced(&self.rendered.sql, dialect), ..found });
        }
        if let Some(second) = shape::second_statement(&self.rendered.sql, dialect) {
            let message = "this template makes a second statement; SQLMesh takes one query";
            let location = self.location(Span::new(second, second));
            diagnostics.push(Diagnostic::refusal(QUERY_MISSING, location, message));
        }
        diagnostics
    }
}

/// Renders and parses the query of every SQL model.
pub(super) fn render_all(project: &Project, other: Option<&State>) -> BTreeMap<ModelName, Arc<RenderedQuery>> {
    let models: Vec<&Arc<Model>> = project.models.values().collect();
    let place = |model: &Model| (project.owner(&model.name), model.gateway.clone());
    let mut shared: BTreeMap<(Option<usize>, Option<String>), Print> = BTreeMap::new();
    for (name, model) in &project.models {
        shared.entry(place(model)).or_insert_with(|| surroundings(project, name));
    }
    models
        .par_iter()
        .filter_map(|model| {
            let expanded = project.expanded.as_ref().and_then(|expanded| expanded.get(&model.name));
            let body = match (&model.body, expanded) {
                (Body::Python(_), Some(sql)) => {
                    return Some((model.name.clone(), Arc::new(made_by_python(model, sql))));
                }
                (Body::Sql(body), _) => body,
                _ => return None,
            };
            body.query?;
            let key = hash((shared.get(&place(model)), model_key(model), expanded));
            let known = other.and_then(|other| other.models.get(&model.name)?.query.as_ref());
            let query = match known {
                Some(known) if known.rendered.key == key => known.rendered.clone(),
                _ => Arc::new(render_query(project, model, body, (key, None))),
            };
            Some((model.name.clone(), query))
        })
        .collect()
}

/// Everything of its project that a model's rendering may depend on.
pub(super) fn surroundings(project: &Project, model: &ModelName) -> Print {
    let variables: Vec<(&String, String)> =
        project.variables_of(model).iter().map(|(name, value)| (name, value.to_string())).collect();
    let macros: Vec<(&String, Print)> =
        project.macros_of(model).iter().map(|(name, found)| (name, found.definition)).collect();
    let catalog = &project.config.default_catalog;
    hash((variables, macros, jinja_macros(project, model), project.gateway_of(model), catalog))
}

fn model_key(model: &Model) -> Print {
    let gateway = model.header.get("gateway").map(|property| property.value.clone());
    hash((model.content, &model.path, &model.name, model.dialect, &model.blueprint, &model.kind.name, gateway))
}

/// The query with what its macros make of the parents' columns, now that these are known.
pub(super) fn with_columns(
    project: &Project,
    model: &Model,
    first: &Arc<RenderedQuery>,
    parents: &BTreeMap<ModelName, Arc<Schema>>,
    done: &BTreeMap<ModelName, Arc<AnalysedModel>>,
) -> Arc<RenderedQuery> {
    let Body::Sql(body) = &model.body else { return first.clone() };
    if !first.asks {
        return first.clone();
    }
    let tables = tables(model, parents, done);
    let columns = hash(parents.iter().map(|(name, schema)| (name, schema.open, tables.get(name))).collect::<Vec<_>>());
    if first.columns == Some(columns) {
        return first.clone();
    }
    Arc::new(render_query(project, model, body, (first.key, Some((columns, &tables)))))
}

/// The parents of which every column is known, with the types that SQLMesh believes in, as the model's dialect writes them.
fn tables(
    model: &Model,
    parents: &BTreeMap<ModelName, Arc<Schema>>,
    done: &BTreeMap<ModelName, Arc<AnalysedModel>>,
) -> Tables {
    let known = parents.iter().filter(|(_, schema)| !schema.open && !schema.columns.is_empty());
    let columns = |(name, schema): (&ModelName, &Arc<Schema>)| {
        let belief = done.get(name).and_then(|parent| parent.believed.columns.as_deref());
        let data_type = |at: usize| {
            let (_, found) = belief?.columns.get(at)?;
            let found = belief::reread(found, model.dialect);
            belief::text(&found, model.dialect).filter(|_| found.is_known()).map(Into::into)
        };
        let column =
            |(at, column): (usize, &Column)| TableColumn { name: column.name.clone(), data_type: data_type(at) };
        (name.clone(), schema.columns.iter().enumerate().map(column).collect())
    };
    known.map(columns).collect()
}

fn jinja_macros<'p>(project: &'p Project, model: &ModelName) -> Vec<(&'p str, &'p str)> {
    project.jinja_macros_of(model).iter().map(|(path, text)| (&**path, &**text)).collect()
}

/// What of a model's query only running code would tell, as far as it is known without its parents' columns.
pub(super) fn holes(project: &Project, model: &Model, body: &SqlBody) -> Vec<Hole> {
    let jinja = jinja_macros(project, &model.name);
    let environment = environment(project, model, &jinja);
    body.query.map(|query| render(&body.text, query, &body.pre_statements, &environment).holes).unwrap_or_default()
}

pub(super) fn render_query(
    project: &Project,
    model: &Model,
    body: &SqlBody,
    (key, columns): (Print, Option<(Print, &Tables)>),
) -> RenderedQuery {
    let none = Tables::new();
    let tables = columns.map_or(&none, |(_, tables)| tables);
    let columns = columns.map(|(print, _)| print);
    let jinja = jinja_macros(project, &model.name);
    let environment = Environment { tables, ..environment(project, model, &jinja) };
    let expanded = project.expanded.as_ref().and_then(|expanded| expanded.get(&model.name));
    let rendered = match (body.query, expanded) {
        (Some(query), None) => render(&body.text, query, &body.pre_statements, &environment),
        (Some(query), Some(sql)) => {
            render(&body.text, query, &body.pre_statements, &environment).expanded(sql, query.start..query.end)
        }
        (None, _) => Rendered::default(),
    };
    let tree = (!rendered.sql.trim().is_empty()).then(|| sql::lenient_query(&rendered.sql, model.dialect));
    let behind = Behind { project, model, body, columns };
    let asks = !rendered.tables.is_empty() || rendered.holes.iter().any(|hole| behind.asks_for_columns(hole));
    let name = |hole: &Hole| {
        let text = if hole.arguments_known { None } else { Some(squeezed(&hole.text)) };
        hash((&hole.name, text))
    };
    let hole_names: Vec<Print> = rendered.holes.iter().map(name).collect();
    let holes = rendered.holes.iter().zip(&hole_names).map(|(hole, name)| hash((name, behind.print(hole)))).collect();
    RenderedQuery {
        path: model.path.clone(),
        source: body.text.clone(),
        rendered,
        tree,
        holes,
        hole_names,
        key,
        asks,
        columns,
        lines: OnceLock::new(),
        place: None,
    }
}

/// The query that a Python function makes, as SQLMesh rendered it.
fn made_by_python(model: &Model, sql: &str) -> RenderedQuery {
    RenderedQuery {
        path: model.path.clone(),
        source: "".into(),
        rendered: Rendered { sql: sql.to_owned(), ..Rendered::default() },
        tree: Some(sql::lenient_query(sql, model.dialect)),
        holes: vec![],
        hole_names: vec![],
        key: hash((model_key(model), sql)),
        asks: false,
        columns: None,
        lines: OnceLock::new(),
        place: Some(model.location.clone()),
    }
}

/// Runs of white space as one blank.
pub(super) fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a model's statements are rendered in.
pub(crate) fn environment<'a>(
    project: &'a Project,
    model: &'a Model,
    jinja: &'a [(&'a str, &'a str)],
) -> Environment<'a> {
    let catalog = project.config.default_catalog.as_deref().filter(|_| model.name.parts().len() == 2);
    let catalog = catalog.map(|catalog| model.dialect.normalize(catalog, false).into_owned());
    let parts = catalog.iter().map(String::as_str).chain(model.name.parts().iter().map(|part| &**part));
    let parts = parts.map(|part| quoted_identifier(part, model.dialect));
    Environment {
        path: &model.path,
        dialect: model.dialect,
        variables: project.variables_of(&model.name),
        blueprint: &model.blueprint,
        gateway: project.gateway_of(&model.name),
        default_catalog: project.config.default_catalog.as_deref(),
        this_model: Some(parts.collect::<Vec<_>>().join(".")),
        execution_time_only: matches!(model.kind.name.as_str(), "VIEW" | "FULL"),
        user_macros: project.macros_of(&model.name),
        jinja_macros: jinja,
        tables: &NO_TABLES,
    }
}

static NO_TABLES: Tables = Tables::new();

/// The statements around a model's query, rendered; those that only define macros are left out.
#[derive(Debug, Default)]
pub struct Statements {
    pub pre: Vec<Rendered>,
    pub post: Vec<Rendered>,
    pub on_virtual_update: Vec<Rendered>,
}

/// Renders the statements around a model's query.
pub(super) fn statements(project: &Project, model: &Model) -> Statements {
    let Body::Sql(body) = &model.body else { return Statements::default() };
    let jinja = jinja_macros(project, &model.name);
    let environment = Environment { execution_time_only: false, ..environment(project, model, &jinja) };
    let all = |statements: &[Statement]| {
        let statements = statements.iter().filter(|statement| !is_definition(&body.text, **statement, model.dialect));
        statements.map(|statement| render(&body.text, *statement, &body.pre_statements, &environment)).collect()
    };
    Statements {
        pre: all(&body.pre_statements),
        post: all(&body.post_statements),
        on_virtual_update: all(&body.on_virtual_update),
    }
}

/// Renders one of the statements around a model's query.
pub(super) fn statement(project: &Project, model: &Model, statement: Statement) -> Option<Rendered> {
    let Body::Sql(body) = &model.body else { return None };
    let jinja = jinja_macros(project, &model.name);
    let environment = Environment { execution_time_only: false, ..environment(project, model, &jinja) };
    Some(render(&body.text, statement, &body.pre_statements, &environment))
}

/// A print of what macros, variables and templates make of the statements before and after a model's query that may change data.
pub(super) fn around(project: &Project, model: &Model) -> Print {
    let Body::Sql(body) = &model.body else { return hash(()) };
    let text = |statement: &&Statement| body.text.get(statement.start..statement.end).unwrap_or("");
    let all = || body.pre_statements.iter().chain(&body.post_statements);
    let statements = || all().filter(|statement| !is_harmless(text(statement), model.dialect));
    let has_macros = |statement: &&Statement| text(statement).contains(['@', '{']);
    if !statements().any(|statement| has_macros(&statement)) {
        return hash(());
    }
    let jinja = jinja_macros(project, &model.name);
    let environment = Environment { execution_time_only: false, ..environment(project, model, &jinja) };
    let behind = Behind { project, model, body, columns: None };
    let print = |statement: &Statement| {
        let rendered = render(&body.text, *statement, &body.pre_statements, &environment);
        let tokens = lex_code(&rendered.sql, model.dialect.lexical());
        let tokens: Vec<&str> = tokens.iter().map(|token| token.text(&rendered.sql)).collect();
        hash((tokens, rendered.holes.iter().map(|hole| behind.print(hole)).collect::<Vec<_>>()))
    };
    let is_plain = |statement: &&Statement| !is_definition(&body.text, **statement, model.dialect);
    hash(statements().filter(has_macros).filter(is_plain).map(print).collect::<Vec<_>>())
}

fn is_definition(text: &str, statement: Statement, dialect: Dialect) -> bool {
    let text = text.get(statement.start..statement.end).unwrap_or("");
    let tokens = lex_code(text, dialect.lexical());
    matches!(tokens.as_slice(), [at, name, open, ..] if at.is_symbol('@') && name.is_word(text, "def") && open.is_symbol('('))
}
