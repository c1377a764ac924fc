//! Tables that a Python model's code names: `context.resolve_table("…")` and `context.table("…")`.
//!
//! As SQLMesh's `parse_dependencies`, in the model's function and in all functions that it reaches.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::evaluate::{Environment, Inputs};
use super::model::{Names, Reader};
use super::queries::{self, CodeQuery, Words};
use crate::names::ModelName;
use crate::project::context::Output;
use crate::project::header::substitute;
use crate::project::literal::{Literal, Value};
use crate::project::{Dependency, codes};

impl Reader<'_> {
    /// `depends_on`, if given; else the tables that the code names.
    /// `reader` is the model's own name, if its code reads tables by itself (and does not return a query).
    pub(super) fn depends_on(
        &self,
        arguments: &Literal,
        reader: Option<&ModelName>,
        names: &Names<'_>,
        output: &mut Output,
    ) -> Vec<Dependency> {
        if let Some(given) = arguments.given("depends_on") {
            return self.given_dependencies(given, names, output);
        }
        let Some(own) = reader else {
            return Vec::new();
        };
        let mut found = self.named_in_code(names, output);
        found.retain(|dependency| dependency.model != *own);
        found
    }

    fn given_dependencies(&self, given: &Literal, names: &Names<'_>, output: &mut Output) -> Vec<Dependency> {
        let variables = self.context.variables(names.gateway, names.blueprint);
        let mut dependencies = Vec::new();
        for literal in given.elements() {
            let location = crate::project::files::line_location(&self.entry.path, literal.line);
            let known = literal.text().and_then(|text| substitute(text, names.dialect, &variables));
            match known.and_then(|text| self.context.model_name(&text, names.dialect, names.catalog)) {
                Some(model) => dependencies.push(Dependency { model, location }),
                None => output.warn(
                    codes::DEPENDENCY_NOT_STATIC,
                    location,
                    "an entry of depends_on could not be read as a table's name",
                ),
            }
        }
        dependencies
    }

    /// The project's variables, and those of the blueprint.
    fn variables(&self, names: &Names<'_>) -> BTreeMap<String, Literal> {
        let mut variables = self.python.variables.clone();
        let configured = self.context.config.variables_on(names.gateway).iter();
        variables.extend(configured.map(|(name, value)| (name.clone(), Literal::from_json(value))));
        for (name, value) in names.blueprint {
            let text = value.trim_matches('\'').to_owned();
            variables.insert(name.clone(), Literal::new(Value::Text(text), 0));
        }
        variables
    }

    /// The queries that the model's function hands to its context, and the words in it.
    pub(super) fn queries(&self, names: &Names<'_>) -> (Vec<CodeQuery>, Words) {
        let variables = self.variables(names);
        let inputs = Inputs { env: self.python.env, variables: &variables, imported: self.python.imported };
        let environment = Environment::of_module(self.module_name, self.module, inputs);
        let table = |argument: &Expr| {
            let literal = environment.evaluate(argument);
            self.context.model_name(literal.text()?, names.dialect, names.catalog)
        };
        queries::find(self.module, self.function, &environment, &table)
    }

    fn named_in_code(&self, names: &Names<'_>, output: &mut Output) -> Vec<Dependency> {
        let variables = self.variables(names);
        let inputs = Inputs { env: self.python.env, variables: &variables, imported: self.python.imported };
        let mut environments: BTreeMap<&str, Environment<'_>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut dependencies = Vec::new();
        for (module_name, stmt) in self.python.definitions.reach(self.module_name, self.function.name.as_str()) {
            let calls = table_calls(stmt);
            let Some(module) = self.python.modules.by_name.get(module_name).filter(|_| !calls.is_empty()) else {
                continue;
            };
            let environment =
                environments.entry(module_name).or_insert_with(|| Environment::of_module(module_name, module, inputs));
            for call in calls {
                let location = module.location(call.range);
                let literal = call.argument.map(|argument| environment.evaluate(argument));
                let text = literal.as_ref().and_then(Literal::text);
                match text.and_then(|text| self.context.model_name(text, names.dialect, names.catalog)) {
                    Some(model) => {
                        if seen.insert(model.clone()) {
                            dependencies.push(Dependency { model, location });
                        }
                    }
                    None => output.warn(
                        codes::DEPENDENCY_NOT_STATIC,
                        location,
                        "the table that is read here is only known when code runs",
                    ),
                }
            }
        }
        dependencies
    }
}

/// A call that names a table, with the expression that says which.
struct TableCall<'a> {
    range: TextRange,
    argument: Option<&'a Expr>,
}

/// The calls in this statement, in order.
fn table_calls(stmt: &Stmt) -> Vec<TableCall<'_>> {
    let mut collector = Calls { found: Vec::new() };
    collector.visit_stmt(stmt);
    collector.found
}

struct Calls<'a> {
    found: Vec<TableCall<'a>>,
}

impl<'a> Visitor<'a> for Calls<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && names_table(call)
        {
            let by_name = call.arguments.find_keyword("model_name").map(|keyword| &keyword.value);
            self.found.push(TableCall { range: call.range(), argument: call.arguments.args.first().or(by_name) });
        }
        visitor::walk_expr(self, expr);
    }
}

/// Is the call `context.resolve_table(…)`?
pub(super) fn names_table(call: &ExprCall) -> bool {
    let Expr::Attribute(attribute) = &*call.func else {
        return false;
    };
    let is_context = matches!(&*attribute.value, Expr::Name(name) if name.id.as_str() == "context");
    is_context && matches!(attribute.attr.as_str(), "table" | "resolve_table")
}
