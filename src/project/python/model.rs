//! `@model(...)` functions.
//!
//! In: a Python file below `models/`. Out: its models, as far as the decorator's arguments and the function's source
//! tell. Nothing is run.

use std::collections::BTreeMap;
use std::sync::Arc;

use ruff_python_ast::{Decorator, Expr, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::PythonBody;
use super::definition::Definitions;
use super::evaluate::{Environment, Inputs};
use super::module::Module;
use super::modules::Modules;
use crate::diagnostic::Location;
use crate::dialect::Dialect;
use crate::names::ModelName;
use crate::project::context::{Context, Output};
use crate::project::header::{self, property_from_text, substitute};
use crate::project::literal::{Literal, Object, Value};
use crate::project::{Body, DeclaredColumn, Header, Model, ModelKind, Property, blueprint, codes, external};
use crate::source::Entry;

/// What is known of the project's Python.
pub(crate) struct Python<'p> {
    pub modules: &'p Modules,
    pub definitions: &'p Definitions<'p>,
    pub env: &'p BTreeMap<String, String>,
    pub variables: &'p BTreeMap<String, Literal>,
}

/// Reads one file.
pub(crate) fn load(context: &Context<'_>, python: &Python<'_>, entry: &Entry) -> Output {
    let mut output = Output::default();
    let Some((module_name, module)) = python.modules.of_file(context.root, &entry.path) else {
        return output;
    };
    let functions: Vec<(&StmtFunctionDef, &Decorator)> = module
        .functions()
        .into_iter()
        .filter_map(|function| Some((function, module.sqlmesh_decorator(function, "model")?)))
        .collect();
    report_hidden(module, &mut output);
    if functions.is_empty() {
        return output;
    }
    let inputs = Inputs { env: python.env, variables: python.variables };
    let environment = Environment::of_module(module, inputs);
    for (function, decorator) in functions {
        let reader = Reader { context, python, entry, module_name, module, function, environment: &environment };
        reader.load(decorator, &mut output);
    }
    output
}

/// Models that are declared in loops or functions can't be counted without running code.
fn report_hidden(module: &Module, output: &mut Output) {
    for stmt in &module.body {
        if !matches!(stmt, Stmt::For(_) | Stmt::While(_) | Stmt::FunctionDef(_)) {
            continue;
        }
        let mut nested = Nested { module, found: Vec::new() };
        nested.search(stmt);
        for location in nested.found {
            output.warn(
                codes::PYTHON_NOT_STATIC,
                location,
                "models declared in a loop or function are only known when code runs; they are not read",
            );
        }
    }
}

struct Nested<'m> {
    module: &'m Module,
    found: Vec<Location>,
}

impl<'m> Nested<'m> {
    fn search(&mut self, stmt: &'m Stmt) {
        ruff_python_ast::statement_visitor::walk_stmt(self, stmt);
    }
}

impl<'m> ruff_python_ast::statement_visitor::StatementVisitor<'m> for Nested<'m> {
    fn visit_stmt(&mut self, stmt: &'m Stmt) {
        if let Stmt::FunctionDef(function) = stmt
            && self.module.sqlmesh_decorator(function, "model").is_some()
        {
            self.found.push(self.module.location(function.name.range()));
        }
        ruff_python_ast::statement_visitor::walk_stmt(self, stmt);
    }
}

/// How the names in one model are read.
pub(super) struct Names<'n> {
    pub dialect: Dialect,
    pub catalog: Option<&'n str>,
    pub blueprint: &'n BTreeMap<String, String>,
}

/// Reads one decorated function.
pub(super) struct Reader<'r> {
    pub context: &'r Context<'r>,
    pub python: &'r Python<'r>,
    pub entry: &'r Entry,
    pub module_name: &'r str,
    pub module: &'r Module,
    pub function: &'r StmtFunctionDef,
    pub environment: &'r Environment<'r>,
}

impl Reader<'_> {
    fn load(&self, decorator: &Decorator, output: &mut Output) {
        let place = self.module.location(decorator.range());
        let Some(arguments) = self.arguments(decorator, &place, output) else {
            return;
        };
        let blueprints = self.blueprints(&arguments, &place, output);
        // Each may evaluate the module once more.
        let cost = self.module.text.len() / 64 + 1;
        for blueprint in blueprint::limited(blueprints, cost, &place, output) {
            self.build(&arguments, blueprint, &place, output);
        }
    }

    /// The decorator's arguments by name, the first positional one as `name`, the second as `is_sql`.
    fn arguments(&self, decorator: &Decorator, place: &Location, output: &mut Output) -> Option<Literal> {
        let mut entries = Vec::new();
        if let Expr::Call(call) = &decorator.expression {
            for (argument, name) in call.arguments.args.iter().zip(["name", "is_sql"]) {
                entries.push((name.to_owned(), self.environment.evaluate(argument)));
            }
            for keyword in &call.arguments.keywords {
                let value = self.environment.evaluate(&keyword.value);
                match (&keyword.arg, value.value) {
                    (Some(name), value_of) => entries.push((name.to_string(), Literal::new(value_of, value.line))),
                    (None, Value::Map(inner)) => entries.extend(inner),
                    (None, _) => {
                        let message = "some arguments of this decorator are only known when code runs";
                        output.warn(codes::PYTHON_NOT_STATIC, place.clone(), message);
                    }
                }
            }
        }
        Some(Literal::new(Value::Map(entries), place.line))
    }

    fn blueprints(&self, arguments: &Literal, place: &Location, output: &mut Output) -> Vec<BTreeMap<String, String>> {
        let Some(blueprints) = arguments.given("blueprints") else {
            return vec![BTreeMap::new()];
        };
        let read: Option<Vec<BTreeMap<String, String>>> = match &blueprints.value {
            Value::List(items) => items.iter().map(blueprint_values).collect(),
            _ => None,
        };
        read.unwrap_or_else(|| {
            let message = "these blueprints are only known when code runs; their models could not be read";
            output.warn(codes::BLUEPRINTS_UNREADABLE, place.clone(), message);
            Vec::new()
        })
    }

    fn build(&self, arguments: &Literal, blueprint: BTreeMap<String, String>, place: &Location, output: &mut Output) {
        let context = self.context;
        let variables = context.variables(&blueprint);
        let own = arguments.given("dialect").and_then(Literal::text).and_then(Dialect::parse);
        let dialect = own.unwrap_or(context.config.dialect);
        let gateway = arguments.given("gateway").and_then(Literal::text).map(str::to_owned);
        let gateway = gateway.or_else(|| Some(context.config.model_defaults.get("gateway")?.as_str()?.to_owned()));
        let catalog = context.catalog(gateway.as_deref());
        let Some(name) = self.name(arguments, dialect, catalog, &variables) else {
            let message = "the name of this model is only known when code runs, or is not a table's name";
            output.error(codes::NAME_UNKNOWN, place.clone(), message);
            return;
        };
        let is_sql = arguments.given("is_sql").and_then(Literal::boolean).unwrap_or(false);
        let mut kind = self.kind(arguments, is_sql, dialect, place, output);
        let mut header = self.header(arguments, dialect, output);
        header::add_defaults(&mut header, &mut kind, context.config, dialect, &["optimize_query"]);
        if header::is_enabled(&header, dialect, &variables) == Some(false) {
            return;
        }
        let names = Names { dialect, catalog, blueprint: &blueprint };
        let own_tables = (!is_sql).then_some(&name);
        let depends_on = self.depends_on(arguments, own_tables, &names, output);
        let entrypoint = self.function.name.to_string();
        let mut said = self.python.definitions.said(self.module_name, &entrypoint);
        said.variables.extend(self.arguments_of_function());
        let columns = self.columns(arguments, dialect, place, output);
        output.models.push(Arc::new(Model {
            name,
            path: self.entry.path.clone(),
            content: self.entry.id,
            location: place.clone(),
            dialect,
            columns,
            depends_on,
            header,
            kind,
            blueprint,
            body: Body::Python(PythonBody {
                definition: self.python.definitions.hash(self.module_name, &entrypoint),
                is_sql,
                entrypoint,
                strings: said.strings.into_iter().collect(),
                variables: said.variables,
            }),
        }));
    }

    /// SQLMesh passes variables to arguments of their names.
    fn arguments_of_function(&self) -> impl Iterator<Item = String> {
        let parameters = &self.function.parameters;
        let all = parameters.args.iter().chain(&parameters.kwonlyargs);
        all.map(|parameter| parameter.parameter.name.to_lowercase()).filter(|name| name != "context")
    }

    fn name(
        &self,
        arguments: &Literal,
        dialect: Dialect,
        catalog: Option<&str>,
        variables: &header::Variables,
    ) -> Option<ModelName> {
        let written = match arguments.given("name") {
            Some(literal) => literal.text()?.to_owned(),
            None => self.context.inferred_name(&self.entry.path)?,
        };
        let known = substitute(&written, dialect, variables)?;
        self.context.model_name(&known, dialect, catalog)
    }

    /// The kind given, or the configured default, or the one that SQLMesh has for such a model.
    fn kind(
        &self,
        arguments: &Literal,
        is_sql: bool,
        dialect: Dialect,
        place: &Location,
        output: &mut Output,
    ) -> ModelKind {
        let Some(literal) = arguments.given("kind") else {
            let default = self.context.config.model_defaults.get("kind").and_then(default_kind);
            return default.unwrap_or_else(|| ModelKind::named(if is_sql { "VIEW" } else { "FULL" }));
        };
        kind(literal, dialect, &self.entry.path).unwrap_or_else(|| {
            let message = "the kind of this model is only known when code runs";
            output.warn(codes::PYTHON_NOT_STATIC, place.clone(), message);
            ModelKind::named(ModelKind::UNKNOWN)
        })
    }

    /// The other arguments as properties. What isn't static stands with its source text.
    fn header(&self, arguments: &Literal, dialect: Dialect, output: &mut Output) -> Header {
        let mut header = Header::default();
        for (name, literal) in arguments.entries() {
            if matches!(name.as_str(), "blueprints" | "columns" | "is_sql") || literal.value == Value::Null {
                continue;
            }
            let location = crate::project::files::line_location(&self.entry.path, literal.line);
            let text = match literal.to_sql() {
                Some(text) => text,
                None => self.source_of(name).unwrap_or_default(),
            };
            if name == "depends_on" && literal.has_unknown() {
                let message = "the dependencies of this model are only known when code runs";
                output.warn(codes::DEPENDENCY_NOT_STATIC, location.clone(), message);
            }
            header.properties.push(property_from_text(name, &text, dialect.lexical(), location));
        }
        header
    }

    /// The source of a keyword argument of the decorator, on one line.
    fn source_of(&self, name: &str) -> Option<String> {
        let decorator = self.module.sqlmesh_decorator(self.function, "model")?;
        let Expr::Call(call) = &decorator.expression else {
            return None;
        };
        let keyword = call.arguments.find_keyword(name)?;
        let source = self.module.source(keyword.value.range());
        Some(source.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn columns(
        &self,
        arguments: &Literal,
        dialect: Dialect,
        place: &Location,
        output: &mut Output,
    ) -> Option<Vec<DeclaredColumn>> {
        let columns = arguments.given("columns")?;
        if !matches!(columns.value, Value::Map(_)) {
            let message = "the columns of this model are only known when code runs";
            output.warn(codes::PYTHON_NOT_STATIC, place.clone(), message);
            return None;
        }
        Some(external::declared(columns, dialect, &self.entry.path))
    }
}

fn blueprint_values(item: &Literal) -> Option<BTreeMap<String, String>> {
    match &item.value {
        Value::Map(entries) => {
            entries.iter().map(|(name, value)| Some((name.to_lowercase(), value.to_sql()?))).collect()
        }
        _ => None,
    }
}

fn default_kind(value: &serde_json::Value) -> Option<ModelKind> {
    let name = value.as_str().or_else(|| value.get("name")?.as_str())?;
    Some(ModelKind::named(&name.to_uppercase()))
}

/// `"FULL"`, `ModelKindName.FULL`, `dict(name=ModelKindName.FULL, …)` or `FullKind(…)`.
fn kind(literal: &Literal, dialect: Dialect, path: &std::sync::Arc<str>) -> Option<ModelKind> {
    let named = |name: &str, entries: &[(String, Literal)]| ModelKind {
        name: name.to_uppercase(),
        properties: entries
            .iter()
            .filter(|(key, _)| key != "name")
            .map(|entry| property(entry, dialect, path))
            .collect(),
    };
    match &literal.value {
        Value::Text(_) | Value::Member { .. } => header::parse_kind(
            literal.text()?,
            dialect.lexical(),
            &crate::project::files::line_location(path, literal.line),
        ),
        Value::Map(entries) => Some(named(literal.get("name")?.text()?, entries)),
        Value::Object(Object { class, fields, .. }) => Some(named(&kind_of_class(class)?, fields)),
        _ => None,
    }
}

fn property((name, literal): &(String, Literal), dialect: Dialect, path: &std::sync::Arc<str>) -> Property {
    let location = crate::project::files::line_location(path, literal.line);
    let text = literal.to_sql().unwrap_or_default();
    property_from_text(name, &text, dialect.lexical(), location)
}

/// `IncrementalByTimeRangeKind` → `INCREMENTAL_BY_TIME_RANGE`
fn kind_of_class(class: &str) -> Option<String> {
    let stem = class.strip_suffix("Kind")?;
    if let Some(rest) = stem.strip_prefix("SCDType2") {
        let rest = snake(rest);
        return Some(if rest.is_empty() { "SCD_TYPE_2".to_owned() } else { format!("SCD_TYPE_2_{rest}") });
    }
    Some(snake(stem))
}

fn snake(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_uppercase());
    }
    out
}
