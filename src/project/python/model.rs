//! `@model(...)` functions.
//!
//! In: a Python file below `models/`. Out: its models, as far as the decorator's arguments and the function's source
//! tell. Nothing is run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{Decorator, Expr, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::PythonBody;
use super::definition::Definitions;
use super::evaluate::{Environment, Imported, Inputs};
use super::kinds;
use super::module::Module;
use super::modules::Modules;
use crate::diagnostic::Location;
use crate::dialect::Dialect;
use crate::hash::{self, Print};
use crate::names::ModelName;
use crate::project::context::{Context, Output};
use crate::project::header::{self, property_from_text, substitute};
use crate::project::literal::{Literal, Value};
use crate::project::unnamed::{Pattern, Unnamed};
use crate::project::{Body, DeclaredColumn, Header, Model, ModelKind, Property, blueprint, codes, external};
use crate::source::Entry;

/// Arguments of `@model` that are statements in models written in SQL.
const STATEMENTS: [&str; 3] = ["pre_statements", "post_statements", "on_virtual_update"];

/// What is known of the project's Python.
pub(crate) struct Python<'p> {
    pub modules: &'p Modules,
    pub definitions: &'p Definitions<'p>,
    pub env: &'p BTreeMap<String, String>,
    pub variables: &'p BTreeMap<String, Literal>,
    pub imported: &'p Imported,
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
    report_hidden(module, entry, &mut output);
    if functions.is_empty() {
        return output;
    }
    let inputs = Inputs { env: python.env, variables: python.variables, imported: python.imported };
    let environment = Environment::of_module(module_name, module, inputs);
    for (function, decorator) in functions {
        let reader = Reader { context, python, entry, module_name, module, function, environment: &environment };
        reader.load(decorator, &mut output);
    }
    output
}

/// Models that are declared in loops or functions can't be counted without running code.
fn report_hidden(module: &Module, entry: &Entry, output: &mut Output) {
    for stmt in &module.body {
        if !matches!(stmt, Stmt::For(_) | Stmt::While(_) | Stmt::FunctionDef(_)) {
            continue;
        }
        let mut nested = Nested { module, found: Vec::new() };
        nested.search(stmt);
        for location in nested.found {
            output.unnamed.push(unnamed(module, entry, Pattern::any(), &location));
            output.warn(
                codes::PYTHON_NOT_STATIC,
                location,
                "models declared in a loop or function are only known when code runs; they are not read",
            );
        }
    }
}

fn unnamed(module: &Module, entry: &Entry, name: Pattern, place: &Location) -> Unnamed {
    Unnamed {
        path: entry.path.clone(),
        location: place.clone(),
        dialect: Dialect::default(),
        name,
        text: (&*module.text).into(),
        has_blueprints: false,
        is_steady: false,
        content: entry.id,
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
    pub gateway: Option<&'n str>,
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
        let of_code = || {
            Some(blueprint::of_code(self.context, &self.entry.path)?.into_iter().map(|found| found.values).collect())
        };
        let Some(blueprints) = self.blueprints(&arguments, output).or_else(of_code) else {
            let name = self.name_pattern(&arguments);
            let source = self.source_of("blueprints").unwrap_or_default();
            blueprint::report_unnamed(&source, &name, &place, output);
            let unnamed = unnamed(self.module, self.entry, name, &place);
            output.unnamed.push(Unnamed { has_blueprints: true, ..unnamed });
            return;
        };
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

    /// `None` if only running the code would tell.
    fn blueprints(&self, arguments: &Literal, output: &mut Output) -> Option<Vec<BTreeMap<String, String>>> {
        let Some(blueprints) = arguments.given("blueprints") else {
            return Some(vec![BTreeMap::new()]);
        };
        match &blueprints.value {
            Value::List(items) => items.iter().map(blueprint_values).collect(),
            // `"@fn()"` is parsed as SQL.
            Value::Text(_) => {
                let dialect = self.dialect(arguments);
                let location = crate::project::files::line_location(&self.entry.path, blueprints.line);
                let property = property_from_text("blueprints", blueprints.text()?, dialect.lexical(), location);
                let read =
                    blueprint::parse(&property, dialect, &self.context.variables(None, &BTreeMap::new()), output)?;
                Some(read.into_iter().map(|blueprint| blueprint.values).collect())
            }
            _ => None,
        }
    }

    fn dialect(&self, arguments: &Literal) -> Dialect {
        let own = arguments.given("dialect").and_then(Literal::text).and_then(Dialect::parse);
        own.unwrap_or(self.context.config.dialect)
    }

    /// The name as far as it is known without values for macros.
    fn name_pattern(&self, arguments: &Literal) -> Pattern {
        let written = match arguments.given("name").map(|name| &name.value) {
            Some(Value::Text(text)) => Some(text.clone()),
            Some(_) => None,
            None => self.context.inferred_name(&self.entry.path),
        };
        written.map_or_else(Pattern::any, |written| Pattern::of(&written))
    }

    fn build(&self, arguments: &Literal, blueprint: BTreeMap<String, String>, place: &Location, output: &mut Output) {
        let context = self.context;
        let dialect = self.dialect(arguments);
        let gateway = self.gateway(arguments, dialect, &blueprint);
        let variables = context.variables(gateway.as_deref(), &blueprint);
        let catalog = context.catalog(gateway.as_deref());
        let Some(name) = self.name(arguments, dialect, catalog, &variables) else {
            if arguments.given("name").is_none() && !context.config.infer_names {
                output.refuse(codes::NAME_UNKNOWN, place.clone(), "this Python model has no name");
                return;
            }
            let message = "the name of this model is only known when code runs, or is not a table's name";
            output.error(codes::NAME_UNKNOWN, place.clone(), message);
            output.unnamed.push(unnamed(self.module, self.entry, self.name_pattern(arguments), place));
            return;
        };
        let is_sql = arguments.given("is_sql").and_then(Literal::boolean).unwrap_or(false);
        let mut kind = self.kind(arguments, is_sql, dialect, place, output);
        let mut header = self.header(arguments, dialect, output);
        let skipped: &[&str] = if is_sql { &[] } else { &["optimize_query"] };
        let is_default = arguments.given("kind").is_none();
        if !is_sql && !arguments.has_unknown() && !arguments.entries().iter().any(|(name, _)| name == "columns") {
            let message = "SQLMesh asks for `columns` in a Python model";
            output.refuse(codes::PROPERTY_INVALID, place.clone(), message);
        }
        if !is_sql && ["VIEW", "EMBEDDED", "SEED", "MANAGED"].contains(&kind.name.as_str()) && !is_default {
            let message = format!("SQLMesh makes no Python model of the kind {}", kind.name);
            output.refuse(codes::PROPERTY_INVALID, place.clone(), message);
        }
        let mut checked = header.clone();
        // Arguments that Python models have besides the properties of a header.
        checked.properties.retain(|property| !STATEMENTS.contains(&property.name.as_str()));
        header::check(&checked, &kind, dialect, output);
        let has_default = |name: &str| context.config.model_defaults.contains_key(name);
        header::check_together(&header, &kind, &has_default, output);
        header::add_defaults(&mut header, (!is_default).then_some(&mut kind), context.config, dialect, skipped);
        header::check_macros(&header.properties, dialect, &variables, output);
        header::substitute_properties(&mut header.properties, dialect, &variables);
        header::substitute_properties(&mut kind.properties, dialect, &variables);
        if header::is_enabled(&header, dialect, &variables) == Some(false) {
            return;
        }
        let names = Names { dialect, catalog, gateway: gateway.as_deref(), blueprint: &blueprint };
        let own_tables = (!is_sql).then_some(&name);
        let depends_on = self.depends_on(arguments, own_tables, &names, output);
        let entrypoint = self.function.name.to_string();
        let said = self.python.definitions.said(self.module_name, &entrypoint);
        let columns = self.columns(arguments, dialect, &variables, place, output);
        let (queries, words) = if is_sql { Default::default() } else { self.queries(&names) };
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
            gateway,
            blueprint,
            body: Body::Python(PythonBody {
                definition: self.python.definitions.hash(self.module_name, &entrypoint),
                place: self.python.definitions.place(self.module_name, &entrypoint),
                is_sql,
                entrypoint,
                strings: said.strings.into_iter().collect(),
                queries,
                words,
                variables: said.variables,
                arguments: self.arguments_of_function(),
                reads_run: said.reads_run,
            }),
        }));
    }

    /// The gateway that the model runs on, if it isn't the one in use.
    fn gateway(&self, arguments: &Literal, dialect: Dialect, blueprint: &BTreeMap<String, String>) -> Option<String> {
        let own = arguments.given("gateway").and_then(Literal::text).map(|written| {
            let known = substitute(written, dialect, &self.context.variables(None, blueprint));
            known.unwrap_or_else(|| written.to_owned())
        });
        let configured = || self.context.config.model_defaults.get("gateway")?.as_str().map(str::to_owned);
        Some(own.or_else(configured)?.to_lowercase())
    }

    /// SQLMesh passes variables to arguments of their names.
    fn arguments_of_function(&self) -> BTreeSet<String> {
        let parameters = &self.function.parameters;
        let all = parameters.args.iter().chain(&parameters.kwonlyargs);
        all.map(|parameter| parameter.parameter.name.to_lowercase()).filter(|name| name != "context").collect()
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
            let config = self.context.config;
            let path = config.path.as_deref().unwrap_or("").into();
            let default = config.model_defaults.get("kind").and_then(|kind| kinds::default_kind(kind, dialect, &path));
            return default.unwrap_or_else(|| ModelKind::named(if is_sql { "VIEW" } else { "FULL" }));
        };
        let name = literal.get("name").map(|name| &name.value);
        if matches!(literal.value, Value::Map(_)) && !matches!(name, Some(Value::Member { .. } | Value::Unknown)) {
            let message = "SQLMesh asks for a `ModelKindName` as `name` of a kind";
            output.refuse(codes::PROPERTY_INVALID, place.clone(), message);
        }
        let behind = self.behind("kind");
        kinds::kind(literal, dialect, &self.entry.path, behind).unwrap_or_else(|| {
            let message = "the kind of this model is only known when code runs";
            output.warn(codes::PYTHON_NOT_STATIC, place.clone(), message);
            let source = self.source_of("kind").unwrap_or_default();
            let kind = property_from_text("kind", &source, dialect.lexical(), place.clone());
            ModelKind { name: ModelKind::UNKNOWN.to_owned(), properties: vec![Property { behind, ..kind }] }
        })
    }

    /// The other arguments as properties. What isn't static stands with its source text.
    fn header(&self, arguments: &Literal, dialect: Dialect, output: &mut Output) -> Header {
        let mut header = Header::default();
        for (name, literal) in arguments.entries() {
            let is_read_elsewhere = match name.as_str() {
                "blueprints" | "is_sql" => true,
                // Columns that only code tells stay, so that it is seen when the code changes.
                "columns" => matches!(literal.value, Value::Map(_)),
                _ => false,
            };
            if is_read_elsewhere || literal.value == Value::Null {
                continue;
            }
            let location = crate::project::files::line_location(&self.entry.path, literal.line);
            let known = header::spelled(name, literal, header::Origin::Python);
            let behind = known.is_none().then(|| self.behind(name));
            let text = known.unwrap_or_else(|| self.source_of(name).unwrap_or_default());
            if name == "depends_on" && literal.has_unknown() {
                let message = "the dependencies of this model are only known when code runs";
                output.warn(codes::DEPENDENCY_NOT_STATIC, location.clone(), message);
            }
            let property = property_from_text(name, &text, dialect.lexical(), location);
            header.properties.push(Property { behind: behind.unwrap_or_default(), ..property });
        }
        header
    }

    /// Changes with everything of the project that an argument of the decorator is made of; never 0.
    fn behind(&self, argument: &str) -> Print {
        let mut names = Mentioned::default();
        if let Some(value) = self.argument(argument) {
            names.visit_expr(value);
        }
        let of = |name: &String| self.python.definitions.hash(self.module_name, name);
        hash::hash(names.0.iter().map(of).collect::<Vec<_>>()) | 1
    }

    /// A keyword argument of the decorator.
    fn argument(&self, name: &str) -> Option<&Expr> {
        let decorator = self.module.sqlmesh_decorator(self.function, "model")?;
        let Expr::Call(call) = &decorator.expression else {
            return None;
        };
        Some(&call.arguments.find_keyword(name)?.value)
    }

    /// The source of a keyword argument of the decorator, on one line.
    fn source_of(&self, name: &str) -> Option<String> {
        let source = self.module.source(self.argument(name)?.range());
        Some(source.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn columns(
        &self,
        arguments: &Literal,
        dialect: Dialect,
        variables: &header::Variables,
        place: &Location,
        output: &mut Output,
    ) -> Option<Vec<DeclaredColumn>> {
        let columns = arguments.given("columns")?;
        if !matches!(columns.value, Value::Map(_)) {
            let message = "the columns of this model are only known when code runs";
            output.warn(codes::PYTHON_NOT_STATIC, place.clone(), message);
            return None;
        }
        let known = |text: &str| substitute(text, dialect, variables).unwrap_or_else(|| text.to_owned());
        let known = |(name, declared): &(String, Literal)| {
            let typed = |text: &str| header::as_expression(text, dialect, variables).unwrap_or_else(|| text.to_owned());
            let value = declared.text().map_or_else(|| declared.value.clone(), |text| Value::Text(typed(text)));
            (known(name), Literal::new(value, declared.line))
        };
        let rendered = Literal::new(Value::Map(columns.entries().iter().map(known).collect()), columns.line);
        Some(external::declared(&rendered, dialect, &self.entry.path))
    }
}

/// The names in an expression.
#[derive(Default)]
struct Mentioned(BTreeSet<String>);

impl<'a> Visitor<'a> for Mentioned {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            self.0.insert(name.id.to_string());
        }
        ruff_python_ast::visitor::walk_expr(self, expr);
    }
}

fn blueprint_values(item: &Literal) -> Option<BTreeMap<String, String>> {
    match &item.value {
        Value::Map(entries) => {
            // A text is a string: only what SQL writes may be an expression.
            let sql = |value: &Literal| match value.text() {
                Some(text) => Some(format!("'{}'", text.replace('\'', "''"))),
                None => value.to_sql(),
            };
            entries.iter().map(|(name, value)| Some((name.to_lowercase(), sql(value)?))).collect()
        }
        _ => None,
    }
}
