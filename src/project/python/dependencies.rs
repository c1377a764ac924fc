//! Tables that a Python model's code names: `context.resolve_table("…")` and `context.table("…")`.
//!
//! As SQLMesh's `parse_dependencies`, in the model's function and in all functions that it reaches.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::{Ranged, TextRange};

/// A call that names a table, with the expression that says which.
pub struct TableCall<'a> {
    pub range: TextRange,
    pub argument: Option<&'a Expr>,
}

/// The calls in this statement, in order.
pub fn table_calls(stmt: &Stmt) -> Vec<TableCall<'_>> {
    let mut collector = Calls { found: Vec::new() };
    collector.visit_stmt(stmt);
    collector.found
}

struct Calls<'a> {
    found: Vec<TableCall<'a>>,
}

impl<'a> Visitor<'a> for Calls<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            if names_table(call) {
                let by_name = call.arguments.find_keyword("model_name").map(|keyword| &keyword.value);
                self.found.push(TableCall {
                    range: call.range(),
                    argument: call.arguments.args.first().or(by_name),
                });
            }
        }
        visitor::walk_expr(self, expr);
    }
}

fn names_table(call: &ExprCall) -> bool {
    let Expr::Attribute(attribute) = &*call.func else {
        return false;
    };
    let is_context = matches!(&*attribute.value, Expr::Name(name) if name.id.as_str() == "context");
    is_context && matches!(attribute.attr.as_str(), "table" | "resolve_table")
}
