//! Does Python code give the same whenever and wherever it runs?
//!
//! In: a statement without its docstrings, and what it imports. Out: whether what it gives may depend on more than its
//! arguments, variables and columns: on the dates and the stage of a run, on the environment, the clock, chance, files.
//! Never `false` where that isn't certain: modules, attributes and functions count as harmless only by name.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, FStringPart, InterpolatedStringElement, Stmt};

use super::units::Import;

/// Modules whose functions only compute.
const HARMLESS_MODULES: [&str; 18] = [
    "__future__",
    "abc",
    "collections",
    "copy",
    "dataclasses",
    "decimal",
    "enum",
    "functools",
    "itertools",
    "json",
    "math",
    "numbers",
    "operator",
    "re",
    "sqlglot",
    "string",
    "textwrap",
    "typing",
];
/// What of SQLMesh only computes or names a type.
const HARMLESS_OF_SQLMESH: [(&str, &str); 6] = [
    ("sqlmesh", "macro"),
    ("sqlmesh", "model"),
    ("sqlmesh", "signal"),
    ("sqlmesh.core.macros", "macro"),
    ("sqlmesh.core.macros", "MacroEvaluator"),
    ("sqlmesh", "MacroEvaluator"),
];
/// What of SQLMesh's evaluator says something about the run, or evaluates what does. Also what reaches modules
/// through modules.
const RUN_ATTRIBUTES: [&str; 24] = [
    "default_catalog",
    "engine_adapter",
    "env",
    "eval_expression",
    "evaluate",
    "get_snapshot",
    "gateway",
    "locals",
    "macros",
    "modules",
    "os",
    "resolve_table",
    "resolve_tables",
    "runtime_stage",
    "schemas",
    "send",
    "snapshots",
    "sys",
    "template",
    "this_env",
    "this_model",
    "this_model_fqn",
    "transform",
    "views",
];
/// Functions that read the world, or reach names that aren't written out.
const REACHING_FUNCTIONS: [&str; 18] = [
    "__builtins__",
    "__import__",
    "breakpoint",
    "compile",
    "delattr",
    "dir",
    "eval",
    "exec",
    "getattr",
    "globals",
    "hash",
    "id",
    "input",
    "locals",
    "open",
    "repr",
    "setattr",
    "vars",
];
/// Nodes that SQLMesh evaluates in what a macro returns.
const MACRO_NODES: [&str; 6] = ["MacroDef", "MacroFunc", "MacroSQL", "MacroStrReplace", "MacroVar", "Jinja"];

/// May what the statement gives depend on the run, its imports left aside?
pub(super) fn of_statement(stmt: &Stmt) -> bool {
    let mut circumstances = Circumstances::default();
    circumstances.visit_stmt(stmt);
    circumstances.found
}

/// May this import, of a module from outside of the project, bring in something that depends on the run?
pub(super) fn of_import(import: &Import) -> bool {
    let root = import.module.split('.').next().unwrap_or("");
    let name = import.name.as_deref().unwrap_or("");
    let is_of_sqlmesh = HARMLESS_OF_SQLMESH.contains(&(import.module.as_str(), name));
    !is_of_sqlmesh && !HARMLESS_MODULES.contains(&root)
}

#[derive(Default)]
struct Circumstances {
    found: bool,
}

impl Circumstances {
    /// Text with `@` or braces in it may become a date variable of SQLMesh.
    fn text(&mut self, text: &str) {
        self.found |= text.contains('@') || text.contains("{{");
    }

    fn attribute(&mut self, name: &str) {
        self.found |= name.starts_with('_') || RUN_ATTRIBUTES.contains(&name) || MACRO_NODES.contains(&name);
    }

    fn name(&mut self, name: &str) {
        self.found |= REACHING_FUNCTIONS.contains(&name) || MACRO_NODES.contains(&name);
    }
}

impl<'a> Visitor<'a> for Circumstances {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        // What is kept from one call to the next depends on the order of calls.
        self.found |= matches!(stmt, Stmt::Global(_) | Stmt::Nonlocal(_));
        visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::StringLiteral(literal) => self.text(literal.value.to_str()),
            // Whole bytes aren't looked into.
            Expr::BytesLiteral(_) | Expr::TString(_) => self.found = true,
            Expr::FString(string) => {
                for part in &string.value {
                    match part {
                        FStringPart::Literal(literal) => self.text(&literal.value),
                        FStringPart::FString(inner) => {
                            let literals = inner.elements.iter().filter_map(|element| match element {
                                InterpolatedStringElement::Literal(literal) => Some(&literal.value),
                                InterpolatedStringElement::Interpolation(_) => None,
                            });
                            literals.for_each(|literal| self.text(literal));
                        }
                    }
                }
            }
            Expr::Name(name) => self.name(name.id.as_str()),
            Expr::Attribute(found) => self.attribute(found.attr.as_str()),
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depends(code: &str) -> bool {
        let parsed = ruff_python_parser::parse_module(code).expect("Python");
        parsed.syntax().body.iter().any(of_statement)
    }

    #[test]
    fn code_that_computes_from_its_arguments_does_not_depend_on_the_run() {
        for code in [
            "def f(evaluator, x):\n    return exp.Column(this=x.name.upper())\n",
            "def f(evaluator, t):\n    return [f'{c} + 1' for c in evaluator.columns_to_types(t)]\n",
            "def f(evaluator):\n    return evaluator.var('limit', 10)\n",
        ] {
            assert!(!depends(code), "{code}");
        }
    }

    #[test]
    fn code_that_sees_the_run_does() {
        for body in [
            "return evaluator.locals['start_ds']",
            "return 1 if evaluator.runtime_stage == 'loading' else 2",
            "return evaluator.engine_adapter.fetchone('SELECT 1')",
            "return getattr(evaluator, 'loc' + 'als')",
            "return evaluator.__dict__",
            "return '@start_ds'",
            "return f'{x} > @end_ds'",
            "return exp.MacroVar(this='start_ds')",
            "return evaluator.parse_one(open('q.sql').read())",
            "global n",
        ] {
            assert!(depends(&format!("def f(evaluator, x):\n    {body}\n")), "{body}");
        }
    }

    #[test]
    fn only_modules_that_compute_are_harmless() {
        let check = |module: &str, name: Option<&str>| {
            of_import(&Import { module: module.to_owned(), name: name.map(str::to_owned) })
        };
        assert!(!check("sqlmesh", Some("macro")) && !check("sqlglot", Some("exp")) && !check("typing", None));
        for module in ["os", "random", "datetime", "sqlmesh", "requests", "collectionsx"] {
            assert!(check(module, None), "{module}");
        }
        assert!(check("sqlmesh.utils.date", Some("now")));
    }
}
