//! Queries that a Python model's code hands to its context, as far as they are written out.
//!
//! In: the model's function. Out: [`CodeQuery`]s, pieces of text with their places, and [`Words`]: what else the code's literals and
//! attributes name. Nothing is run: a value that only running the code would tell is a [`Part::Hole`].

use std::collections::BTreeMap;
use std::sync::Arc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, ExprContext, FStringPart, InterpolatedStringElement, Operator, Stmt};
use ruff_python_ast::{Parameters, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::evaluate::Environment;
use super::module::Module;
use super::references::root;
use crate::diagnostic::Location;
use crate::names::ModelName;

/// Methods of the context, or of what hangs on it, whose first argument is a query.
const RUNS: [&str; 7] = ["fetchdf", "fetch_pyspark_df", "fetchall", "fetchone", "execute", "sql", "query"];
/// What a run is given: SQLMesh passes dates under these names.
const RUN_DATES: [&str; 3] = ["start", "end", "execution_time"];
/// How often a query is built of names that stand for other pieces.
const MAX_DEPTH: usize = 20;
/// How many pieces all queries of a function have at most.
const MAX_PARTS: usize = 2_000;
/// How many words of a function are kept.
const MAX_WORDS: usize = 5_000;

/// A piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Text(Piece),
    /// `context.resolve_table("…")`: the physical table of a model.
    Table(ModelName),
    /// What only a run would tell; a date of the run can't be more than a value.
    Hole {
        is_date: bool,
    },
}

/// Literal text of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub text: Arc<str>,
    /// Where it stands.
    pub location: Location,
    /// The source has it letter for letter, so that places inside can be told.
    pub verbatim: bool,
}

/// A query that code runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeQuery {
    pub parts: Vec<Part>,
    /// Every run of the model comes by it.
    pub always: bool,
}

/// Where the code names what may be a column: lower-case words of its literals, attributes and keywords.
pub type Words = BTreeMap<Arc<str>, Location>;

/// Looks through a model's function. `table` tells the model that an argument of `resolve_table` names.
pub(super) fn find(
    module: &Module,
    function: &StmtFunctionDef,
    environment: &Environment<'_>,
    table: &dyn Fn(&Expr) -> Option<ModelName>,
) -> (Vec<CodeQuery>, Words) {
    let locals = Locals::of(function);
    let mut finder = Finder { module, environment, locals, table, always: true, left: MAX_PARTS, found: vec![] };
    // Another decorator may do anything with the function.
    finder.always = function.decorator_list.len() == 1;
    finder.block(&function.body);
    let mut words = WordFinder { module, words: Words::new() };
    function.body.iter().filter(|stmt| !is_docstring(stmt)).for_each(|stmt| words.visit_stmt(stmt));
    (finder.found, words.words)
}

fn is_docstring(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::Expr(expr) if expr.value.is_string_literal_expr())
}

/// The function's own names: how often each is bound, and what those stand for that are assigned to.
struct Locals<'a> {
    bound: BTreeMap<&'a str, usize>,
    values: BTreeMap<&'a str, &'a Expr>,
}

impl<'a> Locals<'a> {
    fn of(function: &'a StmtFunctionDef) -> Self {
        let mut locals = Locals { bound: BTreeMap::new(), values: BTreeMap::new() };
        locals.parameters(&function.parameters);
        function.body.iter().for_each(|stmt| locals.visit_stmt(stmt));
        locals
    }

    fn parameters(&mut self, parameters: &'a Parameters) {
        for parameter in parameters {
            self.bind(parameter.name().as_str());
        }
    }

    fn bind(&mut self, name: &'a str) {
        *self.bound.entry(name).or_default() += 1;
    }

    /// The one value that the name ever has in the function.
    fn value(&self, name: &str) -> Option<&'a Expr> {
        self.values.get(name).copied().filter(|_| self.bound.get(name) == Some(&1))
    }

    /// Does the expression name one of them? The context is known: what it tells are the project's variables.
    fn are_in(&self, expr: &Expr) -> bool {
        struct Names<'n, 'a>(&'n Locals<'a>, bool);
        impl<'e> Visitor<'e> for Names<'_, '_> {
            fn visit_expr(&mut self, expr: &'e Expr) {
                if let Expr::Name(name) = expr {
                    self.1 |= name.id.as_str() != "context" && self.0.bound.contains_key(name.id.as_str());
                }
                visitor::walk_expr(self, expr);
            }
        }
        let mut names = Names(self, false);
        names.visit_expr(expr);
        names.1
    }
}

impl<'a> Visitor<'a> for Locals<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Assign(assign) => {
                if let [Expr::Name(name)] = assign.targets.as_slice() {
                    self.values.insert(name.id.as_str(), &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value) {
                    self.values.insert(name.id.as_str(), value);
                }
            }
            Stmt::FunctionDef(inner) => {
                self.bind(inner.name.as_str());
                self.parameters(&inner.parameters);
            }
            Stmt::ClassDef(inner) => self.bind(inner.name.as_str()),
            Stmt::Import(import) => {
                import.names.iter().for_each(|alias| self.bind(alias.asname.as_ref().unwrap_or(&alias.name).as_str()));
            }
            Stmt::ImportFrom(import) => {
                import.names.iter().for_each(|alias| self.bind(alias.asname.as_ref().unwrap_or(&alias.name).as_str()));
            }
            Stmt::Global(global) => global.names.iter().for_each(|name| self.bind(name.as_str())),
            Stmt::Nonlocal(names) => names.names.iter().for_each(|name| self.bind(name.as_str())),
            _ => {}
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_except_handler(&mut self, handler: &'a ruff_python_ast::ExceptHandler) {
        let ruff_python_ast::ExceptHandler::ExceptHandler(inner) = handler;
        inner.name.iter().for_each(|name| self.bind(name.as_str()));
        visitor::walk_except_handler(self, handler);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.ctx != ExprContext::Load => self.bind(name.id.as_str()),
            Expr::Lambda(lambda) => lambda.parameters.iter().for_each(|parameters| self.parameters(parameters)),
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

/// Walks the statements in order and knows of each call whether a run always comes by it.
struct Finder<'f> {
    module: &'f Module,
    environment: &'f Environment<'f>,
    locals: Locals<'f>,
    table: &'f dyn Fn(&Expr) -> Option<ModelName>,
    always: bool,
    left: usize,
    found: Vec<CodeQuery>,
}

impl<'f> Finder<'f> {
    fn block(&mut self, body: &'f [Stmt]) {
        for stmt in body {
            match stmt {
                Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::AugAssign(_) | Stmt::Expr(_) => self.visit_stmt(stmt),
                Stmt::Return(_) | Stmt::Raise(_) => {
                    self.visit_stmt(stmt);
                    self.always = false;
                }
                Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Pass(_) => {}
                _ => {
                    let always = std::mem::replace(&mut self.always, false);
                    self.visit_stmt(stmt);
                    self.always = always && !may_end(stmt);
                }
            }
        }
    }

    fn call(&mut self, call: &'f ExprCall) {
        let Expr::Attribute(attribute) = &*call.func else { return };
        if !RUNS.contains(&attribute.attr.as_str()) || !hangs_on_context(&attribute.value) {
            return;
        }
        let named = ["query_or_expression", "query", "expressions", "sqlQuery"];
        let by_name = named.iter().find_map(|name| call.arguments.find_keyword(name));
        let Some(query) = call.arguments.args.first().or(by_name.map(|keyword| &keyword.value)) else { return };
        let mut parts = Vec::new();
        self.push(query, 0, &mut parts);
        if parts.iter().any(|part| matches!(part, Part::Text(_))) {
            self.found.push(CodeQuery { parts, always: self.always });
        }
    }

    fn push(&mut self, expr: &Expr, depth: usize, parts: &mut Vec<Part>) {
        if depth > MAX_DEPTH || self.left == 0 {
            return parts.push(Part::Hole { is_date: false });
        }
        self.left -= 1;
        match expr {
            Expr::StringLiteral(literal) => {
                for part in &literal.value {
                    self.text(&part.value, part.range, parts);
                }
            }
            Expr::FString(literal) => {
                for part in &literal.value {
                    match part {
                        FStringPart::Literal(part) => self.text(&part.value, part.range, parts),
                        FStringPart::FString(part) => {
                            part.elements.iter().for_each(|element| self.element(element, depth, parts));
                        }
                    }
                }
            }
            Expr::BinOp(operation) if operation.op == Operator::Add => {
                self.push(&operation.left, depth + 1, parts);
                self.push(&operation.right, depth + 1, parts);
            }
            Expr::Name(name) => match self.locals.value(name.id.as_str()) {
                Some(value) => self.push(value, depth + 1, parts),
                None => self.constant(expr, parts),
            },
            Expr::Call(call) => match self.resolved(call) {
                Some(model) => parts.push(Part::Table(model)),
                None => parts.push(hole(expr)),
            },
            _ => self.constant(expr, parts),
        }
    }

    fn element(&mut self, element: &InterpolatedStringElement, depth: usize, parts: &mut Vec<Part>) {
        match element {
            InterpolatedStringElement::Literal(part) => self.text(&part.value, part.range, parts),
            InterpolatedStringElement::Interpolation(part) => {
                match part.format_spec.is_none() && part.debug_text.is_none() && part.conversion.is_none() {
                    true => self.push(&part.expression, depth + 1, parts),
                    false => parts.push(hole(&part.expression)),
                }
            }
        }
    }

    /// `source` is where the literal stands, with or without its quotes.
    fn text(&mut self, text: &str, source: TextRange, parts: &mut Vec<Part>) {
        if text.is_empty() {
            return;
        }
        let before = self.module.source(source).find(text);
        let start = source.start() + ruff_text_size::TextSize::new(before.unwrap_or(0) as u32);
        let range = match before {
            Some(_) => TextRange::at(start, ruff_text_size::TextSize::of(text)),
            None => source,
        };
        let location = self.module.location(range);
        parts.push(Part::Text(Piece { text: text.into(), location, verbatim: before.is_some() }));
    }

    /// A constant of the module, or what isn't known.
    fn constant(&mut self, expr: &Expr, parts: &mut Vec<Part>) {
        let is_constant = root(expr).is_some() && !self.locals.are_in(expr);
        let value = is_constant.then(|| self.environment.evaluate(expr));
        match value.as_ref().and_then(|value| value.text()) {
            Some(text) => {
                let location = self.module.location(expr.range());
                parts.push(Part::Text(Piece { text: text.into(), location, verbatim: false }));
            }
            None => parts.push(hole(expr)),
        }
    }

    fn resolved(&self, call: &ExprCall) -> Option<ModelName> {
        super::dependencies::names_table(call).then_some(())?;
        let by_name = call.arguments.find_keyword("model_name").map(|keyword| &keyword.value);
        let argument = call.arguments.args.first().or(by_name)?;
        let argument = match argument {
            Expr::Name(name) if self.locals.bound.contains_key(name.id.as_str()) => self.locals.value(&name.id)?,
            other => other,
        };
        if self.locals.are_in(argument) { None } else { (self.table)(argument) }
    }
}

impl<'f> Visitor<'f> for Finder<'f> {
    fn visit_expr(&mut self, expr: &'f Expr) {
        if let Expr::Call(call) = expr {
            self.call(call);
        }
        let may_skip = matches!(
            expr,
            Expr::If(_)
                | Expr::BoolOp(_)
                | Expr::Lambda(_)
                | Expr::ListComp(_)
                | Expr::SetComp(_)
                | Expr::DictComp(_)
                | Expr::Generator(_)
        );
        let always = self.always;
        self.always &= !may_skip;
        visitor::walk_expr(self, expr);
        self.always = always;
    }
}

fn hole(expr: &Expr) -> Part {
    Part::Hole { is_date: root(expr).is_some_and(|name| RUN_DATES.contains(&name)) }
}

fn hangs_on_context(expr: &Expr) -> bool {
    root(expr) == Some("context")
}

/// May a run that comes to this statement not come to the next one, or come to it otherwise than through it?
fn may_end(stmt: &Stmt) -> bool {
    struct Ends(bool);
    impl<'a> Visitor<'a> for Ends {
        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            match stmt {
                Stmt::Return(_) | Stmt::Raise(_) | Stmt::Assert(_) => self.0 = true,
                // What ends there ends only that.
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
                _ => visitor::walk_stmt(self, stmt),
            }
        }
    }
    let mut ends = Ends(false);
    ends.visit_stmt(stmt);
    ends.0
}

struct WordFinder<'w> {
    module: &'w Module,
    words: Words,
}

impl WordFinder<'_> {
    fn add(&mut self, word: &str, range: TextRange) {
        if self.words.len() < MAX_WORDS && !self.words.contains_key(&*word.to_lowercase()) {
            self.words.insert(word.to_lowercase().into(), self.module.location(range));
        }
    }

    fn add_all(&mut self, text: &str, source: TextRange) {
        let offset = self.module.source(source).find(text);
        for word in text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()) {
            let at = offset.map(|offset| offset + (word.as_ptr() as usize - text.as_ptr() as usize));
            let range = at.map_or(source, |at| {
                let start = source.start() + ruff_text_size::TextSize::new(at as u32);
                TextRange::at(start, ruff_text_size::TextSize::of(word))
            });
            self.add(word, range);
        }
    }
}

impl<'a> Visitor<'a> for WordFinder<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::StringLiteral(literal) => {
                literal.value.iter().for_each(|part| self.add_all(&part.value, part.range));
            }
            Expr::FString(literal) => {
                for part in &literal.value {
                    match part {
                        FStringPart::Literal(part) => self.add_all(&part.value, part.range),
                        FStringPart::FString(part) => {
                            for literal in part.elements.literals() {
                                self.add_all(&literal.value, literal.range);
                            }
                        }
                    }
                }
            }
            Expr::Attribute(attribute) => self.add(attribute.attr.as_str(), attribute.attr.range),
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }

    fn visit_keyword(&mut self, keyword: &'a ruff_python_ast::Keyword) {
        keyword.arg.iter().for_each(|name| self.add(name.as_str(), name.range));
        visitor::walk_keyword(self, keyword);
    }
}
