//! What the literals in Python code say: texts that may name tables, and the variables that are read.
//!
//! In: a statement without its docstrings. Out: [`Said`]. Nothing is evaluated: of an f-string the literal parts count.

use std::collections::BTreeSet;
use std::sync::Arc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, FStringPart, InterpolatedStringElement, Stmt};

/// Texts and variables of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Said {
    /// String literals with a dot in them: only those can name a schema's table.
    pub strings: BTreeSet<Arc<str>>,
    /// Lower-case names of variables that are read as `context.var("…")` or `evaluator.var("…")`.
    pub variables: BTreeSet<String>,
}

impl Said {
    /// What this statement says.
    pub fn of(stmt: &Stmt) -> Self {
        let mut said = Said::default();
        said.visit_stmt(stmt);
        said
    }

    /// Adds what another statement says.
    pub fn extend(&mut self, other: &Said) {
        self.strings.extend(other.strings.iter().cloned());
        self.variables.extend(other.variables.iter().cloned());
    }

    fn push(&mut self, text: &str) {
        if text.contains('.') {
            self.strings.insert(text.into());
        }
    }

    fn read_variable(&mut self, call: &ExprCall) {
        let Expr::Attribute(attribute) = &*call.func else { return };
        if !is_context(&attribute.value) || !matches!(attribute.attr.as_str(), "var" | "blueprint_var") {
            return;
        }
        let by_name = call.arguments.find_keyword("var_name").map(|keyword| &keyword.value);
        if let Some(Expr::StringLiteral(name)) = call.arguments.args.first().or(by_name) {
            self.variables.insert(name.value.to_str().to_lowercase());
        }
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
            Expr::Call(call) => self.read_variable(call),
            Expr::Attribute(attribute) if is_context(&attribute.value) && attribute.attr.as_str() == "gateway" => {
                self.variables.insert("gateway".to_owned());
            }
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
    fn variables_are_those_asked_of_the_context() {
        let said =
            said("def f(evaluator):\n    other.var('a')\n    return evaluator.var('Limit') or evaluator.gateway\n");
        assert_eq!(said.variables.iter().collect::<Vec<_>>(), ["gateway", "limit"]);
    }
}
