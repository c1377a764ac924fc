//! SQL files below `models/`: header, statements, inline audits, blueprints.
//!
//! In: one file. Out: its models and audits, and diagnostics. A model whose name could be read is never dropped:
//! without a query it stays as [`Body::Unreadable`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::blueprint::{self, Blueprint};
use super::context::{Context, Output, Text};
use super::header::{self, Source, Variables, substitute};
use super::lines::Lines;
use super::statements::{self, BodyProblem, Chunk, ChunkKind, Split};
use super::unnamed::{Pattern, Unnamed};
use super::{Body, Dependency, Header, Model, ModelKind, Property, audit, codes, seed};
use crate::diagnostic::Location;
use crate::dialect::Dialect;
use crate::source::Entry;

/// Reads one file.
pub(crate) fn load(context: &Context<'_>, entry: &Entry) -> Output {
    let mut output = Output::default();
    // SQLMesh skips files of no bytes, and refuses those of blanks alone.
    if let Some(text) = context.text(entry, &mut output).filter(|text| !text.is_empty()) {
        File::new(context, entry, text).load(&mut output);
    }
    output
}

/// A file, split into statements.
struct File<'a> {
    context: &'a Context<'a>,
    entry: &'a Entry,
    text: Text,
    lines: Lines,
    split: Split,
    dialect: Dialect,
}

impl<'a> File<'a> {
    fn new(context: &'a Context<'a>, entry: &'a Entry, text: Text) -> Self {
        let dialect = context.config.dialect;
        let mut file = File {
            context,
            entry,
            lines: Lines::of(&text),
            split: statements::split(&text, dialect.lexical()),
            text,
            dialect,
        };
        // The first header says how the whole file is to be lexed.
        let own = file
            .split
            .chunks
            .first()
            .and_then(|chunk| file.header(chunk).get("dialect").and_then(header::dialect_property));
        if let Some(own) = own {
            if own.lexical() != dialect.lexical() {
                file.split = statements::split(&file.text, own.lexical());
            }
            file.dialect = own;
        }
        file
    }

    fn source(&self) -> Source<'_> {
        Source { path: &self.entry.path, text: &self.text, lines: &self.lines }
    }

    fn place(&self, start: usize, end: usize) -> Location {
        self.lines.location(&self.entry.path, &self.text, start, end)
    }

    fn header(&self, chunk: &Chunk) -> Header {
        let (tokens, _) = self.split.header_tokens(chunk);
        Header { properties: header::parse_properties(self.source(), tokens) }
    }

    fn load(&self, output: &mut Output) {
        let chunks = &self.split.chunks;
        let heads: Vec<usize> = (0..chunks.len())
            .filter(|&at| chunks.get(at).is_some_and(|chunk| chunk.kind == ChunkKind::Model))
            .collect();
        if heads.first() != Some(&0) {
            self.load_headless(heads.is_empty(), output);
        }
        if let Some(second) = heads.get(1).and_then(|&at| chunks.get(at)) {
            let place = self.place(second.statement.start, second.statement.start);
            output.refuse(
                codes::HEADER_MISSING,
                place,
                "there is a second MODEL header in this file, which SQLMesh refuses; both models are read",
            );
        }
        for (i, &at) in heads.iter().enumerate() {
            let end = heads.get(i + 1).copied().unwrap_or(chunks.len());
            if let Some([head, rest @ ..]) = chunks.get(at..end) {
                self.load_model(head, rest, output);
            }
        }
    }

    /// A file that doesn't begin with a header: fine where names are inferred.
    fn load_headless(&self, whole_file: bool, output: &mut Output) {
        if whole_file && self.context.config.infer_names {
            let place = Location::file(self.entry.path.clone());
            self.load_blueprints(Header::default(), &place, &self.split.chunks, output);
            return;
        }
        let place = self.split.chunks.first().map(|chunk| self.place(chunk.statement.start, chunk.statement.start));
        output.refuse(
            codes::HEADER_MISSING,
            place.unwrap_or_else(|| Location::file(self.entry.path.clone())),
            "this file does not begin with a MODEL (...) header",
        );
    }

    fn load_model(&self, head: &Chunk, rest: &[Chunk], output: &mut Output) {
        let mut header = self.header(head);
        let place = self.place(head.statement.start, head.statement.end);
        let (_, closed) = self.split.header_tokens(head);
        if !closed {
            output.refuse(codes::HEADER_MISSING, place.clone(), "the parenthesis of this MODEL header is not closed");
        }
        header::check_commas(&header, output);
        if header.get("description").is_none() {
            header.properties.extend(self.description(head));
        }
        self.load_blueprints(header, &place, rest, output);
    }

    /// SQLMesh takes the comments in front of a header as the model's description.
    fn description(&self, head: &Chunk) -> Option<Property> {
        let comments = self.split.comments_of(head);
        let (first, last) = comments.first().zip(comments.last())?;
        let lines: Vec<&str> =
            comments.iter().map(|comment| statements::comment_text(comment.text(&self.text))).collect();
        let place = self.place(first.start, last.end);
        Some(Property {
            name: "description".to_owned(),
            value: lines.join("\n").into(),
            tokens: vec![lines.join("\n")],
            location: place,
            behind: 0,
        })
    }

    fn load_blueprints(&self, mut header: Header, place: &Location, rest: &[Chunk], output: &mut Output) {
        let dialect = self.model_dialect(&header, output);
        let blueprints = match header.get("blueprints") {
            Some(property) => {
                let variables = self.context.variables(None, &BTreeMap::new());
                let read = blueprint::parse(property, dialect, &variables, output);
                let Some(read) = read.or_else(|| blueprint::of_code(self.context, &self.entry.path)) else {
                    let name = self.name_pattern(&header);
                    blueprint::report_unnamed(
                        blueprint::macro_name(&property.value),
                        &name,
                        &property.location,
                        output,
                    );
                    let is_steady = variables.is_steady(&property.value);
                    let unnamed = self.unnamed(name, dialect, &property.location);
                    output.unnamed.push(Unnamed { has_blueprints: true, is_steady, ..unnamed });
                    return;
                };
                read
            }
            None => vec![Blueprint::default()],
        };
        header.properties.retain(|property| property.name != "blueprints");
        let mut statements: Vec<&Chunk> = Vec::new();
        let mut audits = Vec::new();
        let mut at = 0;
        while let Some(chunk) = rest.get(at) {
            at += 1;
            match chunk.kind {
                ChunkKind::Audit => {
                    // An inline audit is its header and the one statement that follows.
                    let query = rest.get(at).filter(|next| next.kind == ChunkKind::Query);
                    at += usize::from(query.is_some());
                    audits.push((chunk, query));
                    statements.push(chunk);
                    statements.extend(query);
                }
                _ => statements.push(chunk),
            }
        }
        let cost = statements.len() + header.properties.len();
        let blueprints = blueprint::limited(blueprints, cost, place, output);
        for (i, blueprint) in blueprints.into_iter().enumerate() {
            let builder = Builder {
                file: self,
                header: header.clone(),
                dialect,
                variables: self.context.variables(None, &blueprint.values),
                place,
            };
            let name = builder.build(blueprint.values, &statements, output);
            if i == 0 {
                self.load_audits(&audits, name.as_ref(), dialect, output);
            }
        }
    }

    /// The name as far as it is known without values for macros.
    fn name_pattern(&self, header: &Header) -> Pattern {
        let inferred = || self.context.inferred_name(&self.entry.path);
        let written = header.get("name").map(|property| property.value.to_string()).or_else(inferred);
        written.map_or_else(Pattern::any, |written| Pattern::of(&written))
    }

    fn unnamed(&self, name: Pattern, dialect: Dialect, place: &Location) -> Unnamed {
        Unnamed {
            path: self.entry.path.clone(),
            location: place.clone(),
            dialect,
            name,
            text: self.text.clone(),
            has_blueprints: false,
            is_steady: false,
            content: self.entry.id,
        }
    }

    fn load_audits(
        &self,
        audits: &[(&Chunk, Option<&Chunk>)],
        model: Option<&crate::names::ModelName>,
        dialect: Dialect,
        output: &mut Output,
    ) {
        for (head, query) in audits {
            let parts = audit::Parts {
                text: &self.text,
                header: self.header(head),
                place: self.place(head.statement.start, head.statement.end),
                statements: query.as_slice(),
            };
            audit::build(self.context, parts, dialect, model, output);
        }
    }

    fn model_dialect(&self, header: &Header, output: &mut Output) -> Dialect {
        let Some(property) = header.get("dialect") else {
            return self.context.config.dialect;
        };
        header::dialect_property(property).unwrap_or_else(|| {
            output.warn(
                codes::DIALECT_UNKNOWN,
                property.location.clone(),
                "this dialect is not known; the project's is used",
            );
            self.context.config.dialect
        })
    }
}

/// Builds one model of a file.
struct Builder<'f, 'a> {
    file: &'f File<'a>,
    header: Header,
    dialect: Dialect,
    variables: Variables,
    /// Where the header stands.
    place: &'f Location,
}

impl Builder<'_, '_> {
    /// Pushes the model; its name, if it has one and is enabled.
    fn build(
        mut self,
        blueprint: BTreeMap<String, String>,
        statements: &[&Chunk],
        output: &mut Output,
    ) -> Option<crate::names::ModelName> {
        let context = self.file.context;
        let gateway = self.gateway();
        self.variables = context.variables(gateway.as_deref(), &blueprint);
        let catalog = context.catalog(gateway.as_deref());
        let name = self.header.get("name").map_or(&[][..], std::slice::from_ref);
        header::check_macros(name, self.dialect, &self.variables, output);
        let (name, location) = self.name(catalog, output)?;
        let mut kind = self.kind(output);
        header::check(&self.header, &kind, self.dialect, output);
        let is_default = |name: &str| context.config.model_defaults.contains_key(name);
        header::check_together(&self.header, &kind, &is_default, output);
        let skipped: &[&str] = if kind.name == "SEED" { &["optimize_query"] } else { &[] };
        header::add_defaults(&mut self.header, Some(&mut kind), context.config, self.dialect, skipped);
        header::check_macros(&self.header.properties, self.dialect, &self.variables, output);
        header::substitute_properties(&mut self.header.properties, self.dialect, &self.variables);
        header::substitute_properties(&mut kind.properties, self.dialect, &self.variables);
        match header::is_enabled(&self.header, self.dialect, &self.variables) {
            Some(true) => {}
            Some(false) => return None,
            None => {
                let place =
                    self.header.get("enabled").map_or_else(|| location.clone(), |property| property.location.clone());
                let message = "only a macro tells whether this model is enabled; it is taken as enabled";
                output.warn(codes::PROPERTY_NOT_STATIC, place, message);
            }
        }
        let body = self.body(&kind, statements, &location, output);
        let depends_on = self.depends_on(catalog, output);
        let columns = self.columns(output);
        output.models.push(Arc::new(Model {
            name: name.clone(),
            path: self.file.entry.path.clone(),
            content: self.file.entry.id,
            location,
            dialect: self.dialect,
            columns,
            depends_on,
            header: self.header,
            kind,
            gateway,
            blueprint,
            body,
        }));
        Some(name)
    }

    fn gateway(&self) -> Option<String> {
        let own = self.header.get("gateway").map(|property| property.value.to_string());
        let default = self.file.context.config.model_defaults.get("gateway");
        let written = own.or_else(|| default.and_then(|value| value.as_str()).map(str::to_owned))?;
        let known = substitute(&written, self.dialect, &self.variables)?;
        Some(known.trim_matches(['\'', '"', '`']).to_lowercase())
    }

    fn name(&self, catalog: Option<&str>, output: &mut Output) -> Option<(crate::names::ModelName, Location)> {
        let context = self.file.context;
        let Some(property) = self.header.get("name") else {
            let Some(inferred) = context.inferred_name(&self.file.entry.path) else {
                output.refuse(codes::NAME_UNKNOWN, self.place.clone(), "this MODEL header has no name");
                return None;
            };
            let name = context.model_name(&inferred, self.dialect, catalog);
            return name.map(|name| (name, self.place.clone()));
        };
        let known = substitute(&property.value, self.dialect, &self.variables);
        let name = known.and_then(|text| context.model_name(&text, self.dialect, catalog));
        if property.value.starts_with('\'') {
            let message = "SQLMesh refuses a name in single quotes: write schema.table";
            output.refuse(codes::NAME_UNKNOWN, property.location.clone(), message);
        } else if name.is_none() {
            output.error(
                codes::NAME_UNKNOWN,
                property.location.clone(),
                "the name of this model could not be read: it is not a table's name, or uses a macro or a variable \
                 without a known value",
            );
            let name = self.file.name_pattern(&self.header);
            output.unnamed.push(self.file.unnamed(name, self.dialect, &property.location));
        }
        name.map(|name| (name, property.location.clone()))
    }

    /// The kind; `VIEW` where none is given, whatever `model_defaults.kind` says (as SQLMesh has it for SQL models).
    fn kind(&self, output: &mut Output) -> ModelKind {
        let Some(property) = self.header.get("kind") else {
            return ModelKind::named("VIEW");
        };
        let rules = self.dialect.lexical();
        let place = header::value_place(property);
        let parsed = header::parse_kind(&property.value, rules, &place).or_else(|| {
            let known = substitute(&property.value, self.dialect, &self.variables)?;
            header::parse_kind(&known, rules, &place)
        });
        parsed.unwrap_or_else(|| {
            output.warn(
                codes::PROPERTY_NOT_STATIC,
                property.location.clone(),
                "the kind of this model could not be read; it may use a macro",
            );
            ModelKind { name: ModelKind::UNKNOWN.to_owned(), properties: vec![property.clone()] }
        })
    }

    fn columns(&self, output: &mut Output) -> Option<Vec<super::DeclaredColumn>> {
        let property = self.header.get("columns")?;
        // Lexed again from the property's own text: the places are those of the property's lines.
        let lines = Lines::of(&property.value);
        let source = Source { path: &self.file.entry.path, text: &property.value, lines: &lines };
        let tokens = crate::lex::lex_code(&property.value, self.dialect.lexical());
        let mut columns = header::columns(source, &tokens, self.dialect);
        let place = header::value_place(property);
        for column in &mut columns {
            column.location = header::shift(&column.location, &place);
            if column.data_type.is_empty() && !property.value.contains('@') {
                let message = format!("SQLMesh asks for the type of the column {}", column.name);
                output.refuse(codes::PROPERTY_INVALID, column.location.clone(), message);
            }
        }
        Some(columns)
    }

    fn depends_on(&self, catalog: Option<&str>, output: &mut Output) -> Vec<Dependency> {
        let Some(property) = self.header.get("depends_on") else {
            return Vec::new();
        };
        let rules = self.dialect.lexical();
        let mut dependencies = Vec::new();
        for item in header::items(&property.value, rules) {
            let known = substitute(item, self.dialect, &self.variables);
            let model =
                known.and_then(|text| self.file.context.model_name(text.trim_matches('\''), self.dialect, catalog));
            match model {
                Some(model) => dependencies.push(Dependency { model, location: property.location.clone() }),
                None => output.warn(
                    codes::DEPENDENCY_NOT_STATIC,
                    property.location.clone(),
                    format!("`{item}` in depends_on could not be read as a table's name"),
                ),
            }
        }
        dependencies
    }

    fn body(&self, kind: &ModelKind, statements: &[&Chunk], location: &Location, output: &mut Output) -> Body {
        let statements: Vec<&Chunk> = statements
            .iter()
            .copied()
            .filter(|chunk| !matches!(chunk.kind, ChunkKind::Metric | ChunkKind::Model))
            .collect();
        let (body, problems) = statements::body(&self.file.text, &statements);
        if kind.name == "SEED" {
            return Body::Seed(seed::load(self.file.context, self.file.entry, kind, self.dialect, body, output));
        }
        for problem in problems {
            match problem {
                BodyProblem::TwoQueries(at) => {
                    let message = "this is a second query; SQLMesh allows one in a model, and the first is analysed";
                    output.refuse(codes::QUERY_MISSING, self.file.place(at, at), message);
                }
                BodyProblem::Lost(at) => self.report_lost(at, output),
                BodyProblem::NoQuery => {
                    output.refuse(codes::QUERY_MISSING, location.clone(), "this model has no query");
                    return Body::Unreadable;
                }
            }
        }
        self.file.split.lost.iter().for_each(|&at| self.report_lost(at, output));
        Body::Sql(body)
    }

    fn report_lost(&self, at: usize, output: &mut Output) {
        let message = "SQLMesh overlooks this statement, so it is never run: move statements on virtual update and audits \
                       to the end of the file";
        output.warn(codes::STATEMENT_LOST, self.file.place(at, at), message);
    }
}
