//! What the literals in Python code say: texts that may name tables, and the variables that are read.
//!
//! In: a statement without its docstrings. Out: [`Said`]. Nothing is evaluated: of an f-string the literal parts count.

use std::collections::BTreeSet;
use std::sync::Arc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprAttribute, ExprCall, FStringPart, InterpolatedStringElement, Stmt};

use super::circumstances;
use super::composed::Composed;

/// Texts and variables of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Said {
    /// String literals with a dot in them: only those can name a schema's table.
    pub strings: BTreeSet<Arc<str>>,
    /// Lower-case names of variables that are read as `context.var("…")` or `evaluator.var("…")`.
    pub variables: BTreeSet<String>,
    /// Variables may be read by names that aren't written out.
    pub reads_any_variable: bool,
    /// Columns of tables may be asked for: `evaluator.columns_to_types(…)` or a snapshot's.
    pub reads_columns: bool,
    /// What it gives may depend on when and where it runs.
    pub reads_run: bool,
    /// What isn't written out of the tables that it names, if it is the macro.
    pub composed: Composed,
}

/// Names of what leads a macro to the columns of a table.
const COLUMN_SOURCES: [&str; 5] = ["columns_to_types", "get_snapshot", "snapshots", "_schema", "getattr"];

impl Said {
    /// What this statement says.
    pub fn of(stmt: &Stmt) -> Self {
        let mut said = Said::default();
        said.visit_stmt(stmt);
        said.reads_run = circumstances::of_statement(stmt);
        said.composed = Composed::of(stmt);
        said
    }

    /// Adds what another statement says.
    pub fn extend(&mut self, other: &Said) {
        self.strings.extend(other.strings.iter().cloned());
        self.variables.extend(other.variables.iter().cloned());
        self.reads_any_variable |= other.reads_any_variable;
        self.reads_columns |= other.reads_columns;
        self.reads_run |= other.reads_run;
        self.composed.extend(other.composed);
    }

    fn push(&mut self, text: &str) {
        if text.contains('.') {
            self.strings.insert(text.into());
        }
    }

    /// `context.var(…)`: is the call one?
    fn read_variable(&mut self, call: &ExprCall) -> bool {
        let Expr::Attribute(attribute) = &*call.func else { return false };
        if !matches!(attribute.attr.as_str(), "var" | "blueprint_var") {
            return false;
        }
        let by_name = call.arguments.find_keyword("var_name").map(|keyword| &keyword.value);
        match call.arguments.args.first().or(by_name) {
            Some(Expr::StringLiteral(name)) if is_context(&attribute.value) => {
                self.variables.insert(name.value.to_str().to_lowercase());
            }
            _ => self.reads_any_variable = true,
        }
        self.visit_expr(&attribute.value);
        self.visit_arguments(&call.arguments);
        true
    }

    /// An attribute that leads to columns or to variables, whatever it is one of.
    fn attribute(&mut self, attribute: &ExprAttribute) {
        let name = attribute.attr.as_str();
        if is_context(&attribute.value) && name == "gateway" {
            self.variables.insert("gateway".to_owned());
        } else if matches!(
            name,
            "var" | "blueprint_var" | "gateway" | "locals" | "variables" | "python_env" | "template" | "transform"
        ) {
            self.reads_any_variable = true;
        }
        self.reads_columns |= COLUMN_SOURCES.contains(&name);
    }

    fn name(&mut self, name: &str) {
        self.reads_columns |= COLUMN_SOURCES.contains(&name);
        self.reads_any_variable |= name == "getattr";
    }
}

fn is_context(expr: &Expr) -> bool {
    matches!(expr, Expr::Name(name) if matches!(name.id.as_str(), "context" | "evaluator"))
}

impl<'a> Visitor<'a> for Said {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::StringLiteral(literal) => self.push(literal.value.to_str()),
            Expr::FString(string) => {
                for part in &string.value {
                    match part {
                        FStringPart::Literal(literal) => self.push(&literal.value),
                        FStringPart::FString(inner) => {
                            for element in &inner.elements {
                                if let InterpolatedStringElement::Literal(literal) = element {
                                    self.push(&literal.value);
                                }
                            }
                        }
                    }
                }
            }
            Expr::Call(call) if self.read_variable(call) => return,
            Expr::Name(name) => self.name(name.id.as_str()),
            Expr::Attribute(found) => self.attribute(found),
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: &str) -> Said {
        let parsed = ruff_python_parser::parse_module(code).expect("Python");
        let mut said = Said::default();
        parsed.syntax().body.iter().for_each(|stmt| said.extend(&Said::of(stmt)));
        said
    }

    #[test]
    fn texts_with_a_dot_and_literal_parts_of_f_strings_are_kept() {
        let said = said("def f(x):\n    a = 'SELECT 1'\n    return f'FROM {x}.orders' + 'db.' 'items'\n");
        assert_eq!(said.strings.iter().map(|text| &**text).collect::<Vec<_>>(), [".orders", "db.items"]);
    }

    #[test]
    fn asking_for_columns_is_seen() {
        assert!(said("def f(evaluator, t):\n    return [c for c in evaluator.columns_to_types(t)]\n").reads_columns);
        assert!(said("def f(evaluator, t):\n    return getattr(evaluator, 'columns_' + t)\n").reads_columns);
        assert!(!said("def f(evaluator, columns):\n    return columns\n").reads_columns);
    }

    #[test]
    fn variables_are_those_asked_of_the_context() {
        let said =
            said("def f(evaluator):\n    other.var('a')\n    return evaluator.var('Limit') or evaluator.gateway\n");
        assert_eq!(said.variables.iter().collect::<Vec<_>>(), ["gateway", "limit"]);
    }
}
