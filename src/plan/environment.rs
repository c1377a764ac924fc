//! What SQLMesh stores with a model of the project's Python and Jinja: macros, variables, signals.
//!
//! In: a model. Out: a hash of what its data depends on and one of what only its metadata does (`make_python_env`).
//! Definitions are compared as syntax trees without comments and docstrings, Jinja macros as texts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::dialect::Dialect;
use crate::hash::{Print, hash};
use crate::lex::{TokenKind, lex_code, string_value};
use crate::project::{Audit, Body, Language, Model, Property, PythonMacro, SqlBody};
use crate::render::used_jinja_macros;
use crate::state::{AnalysedModel, State};

use super::statements::{Around, Place, around};
use super::templates;
use super::values::tokens;

/// The hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Environment {
    pub(super) data: Print,
    /// The Jinja macros, which count as data.
    pub(super) jinja: Print,
    pub(super) metadata: Print,
}

/// What a model uses; with external ones nothing is stored.
pub(super) fn environment(state: &State, analysed: &AnalysedModel) -> Environment {
    let model = &analysed.model;
    if matches!(model.body, Body::External) {
        return Environment { data: 0, jinja: 0, metadata: 0 };
    }
    let mut names = Names { state, model, data: BTreeSet::new(), metadata: BTreeSet::new() };
    names.read_query(analysed);
    names.read_statements();
    names.read_properties();
    names.read_audits();
    let jinja = names.jinja();
    names.follow_macros();
    names.read_arguments();
    let signals = names.signals();
    let only_metadata: BTreeSet<String> = names.metadata.difference(&names.data).cloned().collect();
    let (data, hidden): (BTreeSet<String>, BTreeSet<String>) =
        names.data.iter().cloned().partition(|name| !names.is_metadata_only(name));
    Environment {
        data: names.meanings(&data),
        jinja,
        metadata: hash((names.meanings(&only_metadata), names.meanings(&hidden), signals)),
    }
}

/// What the rendering of a model's query goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    /// The text without comments, the definitions before it, and what macros, templates and variables in it stand for.
    print: Print,
    /// Columns of tables, too.
    pub(super) reads_columns: bool,
}

/// What a query is rendered from, for queries that only running code would render. Equal, they are rendered equal.
pub(super) fn origin(state: &State, analysed: &AnalysedModel) -> Origin {
    let model = &analysed.model;
    let mut names = Names { state, model, data: BTreeSet::new(), metadata: BTreeSet::new() };
    names.read_query(analysed);
    let before = around(&state.project, model, Place::Before);
    let definitions: Vec<String> = before.into_iter().filter(Around::is_definition).map(|found| found.stored).collect();
    let found: Vec<String> = definitions.iter().flat_map(|text| names.behind_at(text)).collect();
    names.data.extend(found);
    let mut text = String::new();
    let mut jinja = 0;
    if let Body::Sql(body) = &model.body {
        let template = query_text(body, Language::Jinja).map(templates::without_comments);
        jinja = names.jinja_of(template.iter().cloned().collect());
        // Names in SQL fold as the dialect has it; those in a template are Python's.
        let written = query_text(body, Language::Sql).map(|sql| tokens(sql, model.dialect, false).join(" "));
        text = template.map(|template| blanks_apart(&template, model.dialect)).or(written).unwrap_or_default();
    }
    names.follow_macros();
    let star = text.split(' ').any(|token| token == "*" || token.eq_ignore_ascii_case("columns"));
    let asks = names.data.iter().filter_map(|name| names.macros().get(name)).any(|found| found.reads_columns);
    let code = match &model.body {
        Body::Python(body) => Some(body.definition),
        _ => None,
    };
    Origin { print: hash((text, code, definitions, jinja, names.meanings(&names.data))), reads_columns: star || asks }
}

/// The text, whatever blanks stand between its tokens.
fn blanks_apart(text: &str, dialect: Dialect) -> String {
    lex_code(text, dialect.lexical()).iter().map(|token| token.text(text)).collect::<Vec<_>>().join(" ")
}

/// The macros and variables that a standalone audit uses: its Jinja macros aren't in SQLMesh's hash.
pub(super) fn of_standalone(state: &State, analysed: &AnalysedModel) -> Print {
    let model = &analysed.model;
    let mut names = Names { state, model, data: BTreeSet::new(), metadata: BTreeSet::new() };
    names.read_query(analysed);
    if let Body::Sql(body) = &model.body {
        let statements = body.pre_statements.iter().chain(&body.post_statements);
        let texts = statements.filter_map(|statement| body.text.get(statement.start..statement.end));
        let found: Vec<String> = texts.flat_map(|text| names.behind_at(text)).collect();
        names.data.extend(found);
    }
    names.jinja();
    names.follow_macros();
    names.meanings(&names.data)
}

/// The audits that a model names, with their definitions: its own inline ones first.
pub(super) fn audits<'s>(state: &'s State, model: &Model) -> Vec<&'s Arc<Audit>> {
    let named = model.header.properties.iter().filter(|property| property.name == "audits");
    // In Python they are texts.
    let name = |token: &String| token.trim_matches(['\'', '"']).to_lowercase();
    let names: BTreeSet<String> = named.flat_map(|property| &property.tokens).map(name).collect();
    names.iter().filter_map(|name| state.project.audit_of(&model.name, name)).collect()
}

/// Lower-case names behind `@`, and of variables that are asked for.
struct Names<'s> {
    state: &'s State,
    model: &'s Model,
    data: BTreeSet<String>,
    metadata: BTreeSet<String>,
}

impl<'s> Names<'s> {
    fn read_query(&mut self, analysed: &AnalysedModel) {
        if let Some(query) = &analysed.query {
            self.data.extend(query.rendered.rendered.variables.iter().cloned());
            let holes = query.rendered.rendered.holes.iter();
            self.data.extend(holes.map(|hole| hole.name.trim_start_matches('@').to_lowercase()));
        }
        match &self.model.body {
            Body::Sql(body) => {
                if let Some(text) = query_text(body, Language::Sql) {
                    let found = self.behind_at(text);
                    self.data.extend(found);
                }
            }
            Body::Python(body) => self.data.extend(body.variables.iter().cloned()),
            Body::Seed(_) | Body::External | Body::Unreadable => {}
        }
    }

    fn read_statements(&mut self) {
        for place in [Place::Before, Place::After, Place::OnVirtualUpdate] {
            for statement in around(&self.state.project, self.model, place) {
                let found = self.behind_at(&statement.stored);
                if place == Place::OnVirtualUpdate {
                    self.metadata.extend(found);
                } else {
                    self.data.extend(found);
                }
            }
        }
    }

    fn read_properties(&mut self) {
        const RENDERED_LATE: [&str; 3] = ["physical_properties", "virtual_properties", "session_properties"];
        let kind = self.model.kind.properties.iter().filter(|property| property.name == "merge_filter");
        let late = |property: &&Property| RENDERED_LATE.contains(&property.name.as_str());
        let properties: Vec<&Property> = self.model.header.properties.iter().filter(late).chain(kind).collect();
        let found: Vec<String> = properties.into_iter().flat_map(|property| self.behind_at(&property.value)).collect();
        self.data.extend(found);
    }

    fn read_audits(&mut self) {
        let named = |property: &&Property| matches!(property.name.as_str(), "audits" | "signals");
        let mut found: Vec<String> = Vec::new();
        for property in self.model.header.properties.iter().filter(named) {
            found.extend(self.behind_at(&property.value));
        }
        for audit in audits(self.state, self.model) {
            found.extend(query_text(&audit.body, Language::Sql).into_iter().flat_map(|text| self.behind_at(text)));
        }
        self.metadata.extend(found);
    }

    /// What the macros ask for themselves.
    fn follow_macros(&mut self) {
        let asked = |names: &BTreeSet<String>| -> Vec<String> {
            let found = names.iter().filter_map(|name| self.macros().get(name));
            found.flat_map(|found| found.variables.iter().cloned()).collect()
        };
        let (data, metadata) = (asked(&self.data), asked(&self.metadata));
        self.data.extend(data);
        self.metadata.extend(metadata);
    }

    /// The arguments of a Python model's function. `create_python_model` stores their values, and `make_python_env` then
    /// stores those of all other variables in the same place, if there are any.
    fn read_arguments(&mut self) {
        let Body::Python(body) = &self.model.body else { return };
        let configured = self.state.project.variables_of(&self.model.name);
        if !body.is_sql && !self.data.iter().any(|name| name == "gateway" || configured.contains_key(name)) {
            self.data.extend(body.arguments.iter().cloned());
        }
    }

    fn macros(&self) -> &'s BTreeMap<String, PythonMacro> {
        self.state.project.macros_of(&self.model.name)
    }

    fn is_metadata_only(&self, name: &str) -> bool {
        self.macros().get(name).is_some_and(|found| found.metadata_only)
    }

    /// The definitions of macros and the values of variables.
    fn meanings(&self, names: &BTreeSet<String>) -> Print {
        let project = &self.state.project;
        let stored = |found: &PythonMacro| (found.definition, found.place);
        let macros: BTreeMap<&String, (Print, Print)> =
            names.iter().filter_map(|name| Some((name, stored(self.macros().get(name)?)))).collect();
        let value = |name: &String| {
            let known = self.model.blueprint.get(name).cloned();
            let known = known.or_else(|| project.variables_of(&self.model.name).get(name).map(ToString::to_string));
            known.or_else(|| project.gateway_of(&self.model.name).filter(|_| name == "gateway").map(str::to_owned))
        };
        let variables: BTreeMap<&String, String> = names.iter().filter_map(|name| Some((name, value(name)?))).collect();
        hash((macros, variables))
    }

    /// The Jinja macros that the model's templates use, and the Python macros called in them.
    fn jinja(&mut self) -> Print {
        let project = &self.state.project;
        let mut templates: Vec<String> = Vec::new();
        if let Body::Sql(body) = &self.model.body {
            templates.extend(query_text(body, Language::Jinja).map(str::to_owned));
        }
        for place in [Place::Before, Place::After, Place::OnVirtualUpdate] {
            let statements = around(project, self.model, place).into_iter();
            let jinja = statements.filter(|statement| statement.language == Language::Jinja);
            templates.extend(jinja.map(|statement| statement.stored));
        }
        self.jinja_of(templates)
    }

    fn jinja_of(&mut self, templates: Vec<String>) -> Print {
        let files = self.state.project.jinja_macros_of(&self.model.name).iter();
        let files: Vec<(&str, &str)> = files.map(|(path, text)| (&**path, &**text)).collect();
        let used: Vec<String> = templates.iter().map(|template| used_jinja_macros(template, &files)).collect();
        let macros = self.macros();
        let called = templates.iter().flat_map(|template| templates::words(template));
        let called = called.filter(|word| macros.contains_key(*word)).map(str::to_owned);
        let variables = templates.iter().chain(&used).flat_map(|template| templates::variables(template));
        let found: Vec<String> = called.chain(variables).collect();
        self.data.extend(found);
        hash(used.into_iter().filter(|definitions| !definitions.is_empty()).collect::<Vec<_>>())
    }

    /// The signals that the header names.
    fn signals(&self) -> Vec<(String, Print, Print)> {
        let named = self.model.header.properties.iter().filter(|property| property.name == "signals");
        let names: BTreeSet<String> = named
            .flat_map(|property| &property.tokens)
            .map(|token| token.trim_matches(['\'', '"']).to_lowercase())
            .collect();
        let signals = self.state.project.signals_of(&self.model.name);
        let stored = |name: String| signals.get(&name).map(|found| (name, found.definition, found.place));
        names.into_iter().filter_map(stored).collect()
    }

    /// The names behind `@` in a text, and those in `@VAR('name')`.
    fn behind_at(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        if !text.contains('@') {
            return found;
        }
        let rules = self.model.dialect.lexical();
        let tokens = lex_code(text, rules);
        for (at, token) in tokens.iter().enumerate() {
            if !token.is_symbol('@') {
                continue;
            }
            let rest = tokens.get(at + 1..).unwrap_or_default();
            let rest = match rest.split_first() {
                Some((brace, inside)) if brace.is_symbol('{') => inside,
                _ => rest,
            };
            let Some(name) = rest.first().filter(|token| token.kind == TokenKind::Word) else { continue };
            let name = name.text(text).to_lowercase();
            if let ("var" | "blueprint_var", [_, _, argument, ..]) = (name.as_str(), rest)
                && argument.kind == TokenKind::String
            {
                found.push(string_value(argument, text, rules).to_lowercase());
            }
            found.push(name);
        }
        found
    }
}

/// The query's text, if it is written in this language.
pub(super) fn query_text(body: &SqlBody, language: Language) -> Option<&str> {
    let query = body.query.filter(|query| query.language == language)?;
    body.text.get(query.start..query.end)
}
