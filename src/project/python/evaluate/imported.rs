//! What the modules of a project take from each other: `from settings import FIRST_DAY`.
//!
//! In: the project's modules. Out: the values that their variables have at their ends, as far as they are static. A
//! module that imports itself, by a circle, finds nothing there. Bounded in size, all modules together.

use std::collections::BTreeMap;

use ruff_python_ast::{Expr, StmtImportFrom};

use super::super::modules::{self, Modules};
use super::values::size;
use super::{BUDGET, Environment, Inputs};
use crate::project::literal::{Literal, Object, Value};

/// The variables of modules that others import, by the module's name.
#[derive(Default)]
pub struct Imported {
    values: BTreeMap<String, BTreeMap<String, Literal>>,
}

impl Imported {
    /// Evaluates each imported module once, after those that it imports.
    pub fn of(modules: &Modules, env: &BTreeMap<String, String>) -> Self {
        let variables = BTreeMap::new();
        let mut imported = Imported::default();
        let mut left = BUDGET;
        for (name, module) in modules.imported_first() {
            let inputs = Inputs { env, variables: &variables, imported: &imported };
            let mut names = Environment::of_module(name, module, inputs).names;
            names.retain(|_, literal| {
                let size = size(literal);
                let is_kept = literal.value != Value::Unknown && size < left;
                left -= if is_kept { size } else { 0 };
                is_kept
            });
            imported.values.insert(name.to_owned(), names);
        }
        imported
    }

    /// The value of `module.variable`.
    pub(super) fn get(&self, dotted: &str) -> Option<&Literal> {
        let (module, variable) = dotted.rsplit_once('.')?;
        self.values.get(module)?.get(variable)
    }
}

impl Environment<'_> {
    /// Binds a name to what a module of the project holds. Anything else is looked up by [`Module::dotted`], which knows
    /// the imports at the top level.
    ///
    /// [`Module::dotted`]: super::Module::dotted
    pub(super) fn import(&mut self, name: &str, found: Option<Literal>) {
        match found {
            Some(literal) => self.names.insert(name.to_owned(), literal),
            None if self.module.imports.contains_key(name) => self.names.remove(name),
            None => self.names.insert(name.to_owned(), Literal::new(Value::Unknown, 0)),
        };
    }

    /// `from … import …`
    pub(super) fn import_from(&mut self, import: &StmtImportFrom) {
        let from = modules::absolute(self.name, self.module, import);
        for alias in &import.names {
            let name = alias.name.as_str();
            if name == "*" {
                // It may bring any name.
                self.names.values_mut().for_each(|literal| literal.value = Value::Unknown);
                continue;
            }
            let found = from.as_ref().and_then(|from| self.inputs.imported.get(&modules::dotted(from, name)));
            let found = found.map(|literal| self.here(literal, self.module.line(import)));
            self.import(alias.asname.as_ref().unwrap_or(&alias.name), found);
        }
    }

    /// `module.variable`, of a module of the project that is imported by its full name.
    pub(super) fn imported(&self, expr: &Expr) -> Option<Literal> {
        let dotted = self.module.dotted(expr).filter(|_| !self.is_local(expr))?;
        let relative = dotted.trim_start_matches('.');
        let level = dotted.len() - relative.len();
        let dotted = modules::from_root(self.name, self.module, level, relative)?;
        let literal = self.inputs.imported.get(&dotted)?;
        Some(self.here(literal, self.module.line(expr)))
    }

    /// A value of another module, as if it stood at this line; paid for.
    fn here(&self, literal: &Literal, line: u32) -> Literal {
        if self.spend(size(literal)) { at(literal, line) } else { Literal::new(Value::Unknown, line) }
    }
}

fn at(literal: &Literal, line: u32) -> Literal {
    let all =
        |entries: &[(String, Literal)]| entries.iter().map(|(name, value)| (name.clone(), at(value, line))).collect();
    let value = match &literal.value {
        Value::List(elements) => Value::List(elements.iter().map(|element| at(element, line)).collect()),
        Value::Map(entries) => Value::Map(all(entries)),
        Value::Object(object) => Value::Object(Object {
            class: object.class.clone(),
            arguments: object.arguments.iter().map(|argument| at(argument, line)).collect(),
            fields: all(&object.fields),
        }),
        other => other.clone(),
    };
    Literal::new(value, line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::memory::MemoryTree;
    use crate::source::{Entry, Tree};

    /// The variable `x` of the module `models.a`.
    fn x(files: &[(&str, &str)]) -> serde_json::Value {
        let tree = MemoryTree::new("test", files.iter().copied());
        let start: Vec<&Entry> = tree.entries().iter().filter(|entry| entry.path.starts_with("models/a.py")).collect();
        let modules = Modules::load(&tree, "", &start);
        let (env, variables) = (BTreeMap::new(), BTreeMap::new());
        let imported = Imported::of(&modules, &env);
        let inputs = Inputs { env: &env, variables: &variables, imported: &imported };
        let environment = Environment::of_module("models.a", &modules.by_name["models.a"], inputs);
        environment.get("x").map_or(serde_json::Value::Null, Literal::to_json)
    }

    #[test]
    fn values_come_from_other_modules() {
        let settings = ("models/settings.py", "from .days import FIRST\nclass Day:\n    LAST = '2025'\n");
        let days = ("models/days.py", "FIRST = '2024'\n");
        let read = |text: &str| x(&[("models/a.py", text), settings, days]);
        for text in [
            "from models.settings import FIRST as x",
            "from .settings import FIRST\nx = FIRST",
            "from . import settings\nx = settings.FIRST",
            "import models.settings\nx = models.settings.FIRST",
            "import models.settings as s\nx = s.FIRST",
            "x = 1\nfrom models.days import FIRST as x",
        ] {
            assert_eq!(read(text), serde_json::json!("2024"), "{text}");
        }
        assert_eq!(read("from models.settings import Day\nx = Day.LAST"), serde_json::json!("2025"));
    }

    #[test]
    fn what_an_import_may_change_is_unknown() {
        let days = ("models/days.py", "FIRST = '2024'\n");
        for text in ["x = 1\nfrom models.days import *", "x = 1\nfrom models.days import LAST as x"] {
            assert_eq!(x(&[("models/a.py", text), days]), serde_json::Value::Null, "{text}");
        }
    }

    #[test]
    fn circles_and_long_ways_end() {
        let circle =
            [("models/a.py", "from models.b import y as x\nz = 1"), ("models/b.py", "from models.a import z as y")];
        assert_eq!(x(&circle), serde_json::json!(1));
        let names: Vec<String> = (0..3000).map(|i| format!("models/m{i}.py")).collect();
        let texts: Vec<String> = (0..3000).map(|i| format!("from models.m{} import y", i + 1)).collect();
        let mut files: Vec<(&str, &str)> =
            names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
        files.extend([("models/a.py", "from models.m0 import y as x"), ("models/m3000.py", "y = 1")]);
        assert_eq!(x(&files), serde_json::json!(1));
    }
}
