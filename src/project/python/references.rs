//! Which names a statement binds, changes and mentions.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprContext, Stmt};

/// Names that running this statement at a module's top level binds, or whose values it may change.
pub fn bound(stmt: &Stmt) -> BTreeSet<String> {
    let mut collector = Bound::default();
    collector.visit_stmt(stmt);
    collector.names
}

/// Every name that occurs in the statement, at any depth.
pub fn mentioned(stmt: &Stmt) -> BTreeSet<String> {
    let mut collector = Mentioned::default();
    collector.visit_stmt(stmt);
    collector.names
}

/// The variable at the root of `x.y[z](...)`.
pub fn root(expr: &Expr) -> Option<&str> {
    let mut expr = expr;
    loop {
        expr = match expr {
            Expr::Attribute(attribute) => &attribute.value,
            Expr::Subscript(subscript) => &subscript.value,
            Expr::Call(call) => &call.func,
            Expr::Name(name) => return Some(name.id.as_str()),
            _ => return None,
        };
    }
}

#[derive(Default)]
struct Bound {
    names: BTreeSet<String>,
}

impl Bound {
    fn insert_root(&mut self, expr: &Expr) {
        self.names.extend(root(expr).map(str::to_owned));
    }
}

impl<'a> Visitor<'a> for Bound {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(function) => {
                self.names.insert(function.name.to_string());
            }
            Stmt::ClassDef(class) => {
                self.names.insert(class.name.to_string());
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.names.insert(name.split('.').next().unwrap_or(name).to_owned());
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    self.names.insert(alias.asname.as_ref().unwrap_or(&alias.name).to_string());
                }
            }
            Stmt::Expr(expr) => {
                if let Expr::Call(call) = &*expr.value
                    && matches!(&*call.func, Expr::Attribute(_))
                {
                    self.insert_root(&call.func);
                }
                visitor::walk_stmt(self, stmt);
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.ctx != ExprContext::Load => {
                self.names.insert(name.id.to_string());
            }
            Expr::Attribute(attribute) if attribute.ctx != ExprContext::Load => self.insert_root(expr),
            Expr::Subscript(subscript) if subscript.ctx != ExprContext::Load => self.insert_root(expr),
            // What a lambda binds stays inside.
            Expr::Lambda(_) => {}
            _ => visitor::walk_expr(self, expr),
        }
    }
}

#[derive(Default)]
struct Mentioned {
    names: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Mentioned {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            self.names.insert(name.id.to_string());
        }
        visitor::walk_expr(self, expr);
    }
}
