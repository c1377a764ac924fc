//! `@macro()` and `@signal()` functions.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::{Expr, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::definition::Definitions;
use super::evaluate::{Environment, Inputs};
use super::module::Module;
use super::modules::Modules;
use super::simple;
use crate::diagnostic::Diagnostic;
use crate::project::PythonMacro;
use crate::project::codes;

/// All functions of the project with this decorator: those in `start` and in the modules that these import.
pub(crate) fn load(
    decorator: &str,
    modules: &Modules,
    definitions: &Definitions<'_>,
    start: &BTreeSet<String>,
    inputs: Inputs<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, PythonMacro> {
    let mut macros: BTreeMap<String, PythonMacro> = BTreeMap::new();
    for (module_name, module) in &modules.by_name {
        if !start.contains(module_name) {
            continue;
        }
        let functions: Vec<&StmtFunctionDef> = module
            .functions()
            .into_iter()
            .filter(|function| module.sqlmesh_decorator(function, decorator).is_some())
            .collect();
        if functions.is_empty() {
            continue;
        }
        let environment = Environment::of_module(module_name, module, inputs);
        for function in functions {
            let Some(found) = read(decorator, (module_name, module), function, &environment, definitions, diagnostics)
            else {
                continue;
            };
            match macros.get(&found.name) {
                Some(first) if first.definition != found.definition => {
                    let message = format!(
                        "`{}` is also defined in {}:{}; the first is used",
                        found.name, first.location.path, first.location.line
                    );
                    diagnostics.push(Diagnostic::error(codes::MACRO_TWICE, found.location, message));
                }
                Some(_) => {}
                None => {
                    macros.insert(found.name.clone(), found);
                }
            }
        }
    }
    macros
}

fn read(
    decorator: &str,
    (module_name, module): (&str, &Module),
    function: &StmtFunctionDef,
    environment: &Environment<'_>,
    definitions: &Definitions<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<PythonMacro> {
    let decorator = module.sqlmesh_decorator(function, decorator)?;
    let location = module.location(function.name.range());
    let mut name = function.name.to_string();
    let mut metadata_only = false;
    if let Expr::Call(call) = &decorator.expression {
        let given = call.arguments.args.first();
        let given = given.or_else(|| call.arguments.find_keyword("name").map(|keyword| &keyword.value));
        if let Some(given) = given.map(|given| environment.evaluate(given)) {
            match given.text() {
                Some("") => {}
                Some(text) => name = text.to_owned(),
                None => diagnostics.push(Diagnostic::warning(
                    codes::PYTHON_NOT_STATIC,
                    location.clone(),
                    "the name of this function is only known when code runs; the function's name is used",
                )),
            }
        }
        let flag = call.arguments.find_keyword("metadata_only").map(|keyword| environment.evaluate(&keyword.value));
        metadata_only = flag.and_then(|flag| flag.boolean()).unwrap_or(false);
    }
    let said = definitions.said(module_name, function.name.as_str());
    Some(PythonMacro {
        name: name.to_lowercase(),
        location,
        definition: definitions.hash(module_name, function.name.as_str()),
        place: definitions.place(module_name, function.name.as_str()),
        metadata_only,
        variables: said.variables,
        reads_any_variable: said.reads_any_variable,
        reads_columns: said.reads_columns,
        reads_run: said.reads_run,
        strings: said.strings,
        composed: said.composed,
        simple: simple::read(function),
    })
}
