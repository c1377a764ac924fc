//! `config.py`, read without running it: the module's variable named `config` (or as asked for).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::project::codes;
use crate::project::files;
use crate::project::literal::{Literal, Value};
use crate::project::load::LoadOptions;
use crate::project::python::evaluate::{Environment, Imported, Inputs};
use crate::project::python::module;

/// Evaluates the file as far as it is static. Fails if it can't be parsed or has no such variable.
pub fn read(
    path: &Arc<str>,
    text: &Arc<str>,
    options: &LoadOptions,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Literal, Diagnostic> {
    let module = module::parse(path, text)?;
    let variables = BTreeMap::new();
    let inputs = Inputs { env: &options.env, variables: &variables, imported: &Imported::default() };
    let environment = Environment::of_module("config", &module, inputs);
    let Some(config) = environment.get(&options.config_name) else {
        return Err(Diagnostic::error(
            codes::CONFIG_UNREADABLE,
            files::line_location(path, 0),
            format!("no variable `{}` is assigned at the top level of this file", options.config_name),
        ));
    };
    if config.entries().is_empty() && !is_config_call(config) {
        diagnostics.push(
            Diagnostic::warning(
                codes::CONFIG_NOT_STATIC,
                files::line_location(path, config.line),
                "the configuration is made by code that is not run; the defaults are used instead",
            )
            .with_help("assign a `Config(...)` call to `config` at the top level"),
        );
    }
    Ok(config.clone())
}

fn is_config_call(literal: &Literal) -> bool {
    matches!(&literal.value, Value::Object(object) if object.class == "Config")
}
