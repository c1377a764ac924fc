//! The top-level statements of a module: what each binds, mentions and imports, and a hash of its own.

use std::collections::BTreeSet;

use ruff_python_ast::comparable::ComparableStmt;
use ruff_python_ast::visitor::transformer::{self, Transformer};
use ruff_python_ast::{Decorator, Expr, Stmt};

use super::module::Module;
use super::modules;
use super::references;
use super::said::Said;
use crate::hash::{Print, hash};

/// Decorators that SQLMesh takes off before it hashes a function.
const IGNORED_DECORATORS: [&str; 3] = ["macro", "model", "signal"];

/// A statement, or one alias of an import statement, at the top level of a module.
pub(super) struct Unit<'m> {
    pub module: &'m str,
    pub stmt: Option<&'m Stmt>,
    pub binds: BTreeSet<String>,
    pub mentions: BTreeSet<String>,
    pub imports: Vec<Import>,
    /// What its literals say.
    pub said: Said,
    pub hash: Print,
}

/// What an import statement brings in: a name of a module, or with `None` the module as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    pub module: String,
    pub name: Option<String>,
}

/// The units of one top-level statement.
pub(super) fn push_units<'m>(name: &'m str, module: &'m Module, stmt: &'m Stmt, units: &mut Vec<Unit<'m>>) {
    match stmt {
        Stmt::Import(import) => {
            for alias in &import.names {
                let target = alias.name.as_str();
                let bound = alias.asname.as_ref().map(|local| local.as_str());
                let bound = bound.unwrap_or_else(|| target.split('.').next().unwrap_or(target));
                let import = Import { module: target.to_owned(), name: None };
                units.push(import_unit(name, bound, import));
            }
        }
        Stmt::ImportFrom(import) => {
            let Some(from) = modules::absolute(name, module, import) else {
                return;
            };
            for alias in &import.names {
                let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                let import = Import { module: from.clone(), name: Some(alias.name.to_string()) };
                units.push(import_unit(name, bound, import));
            }
        }
        other => units.push(statement_unit(name, module, other)),
    }
}

fn import_unit<'m>(module: &'m str, bound: &str, import: Import) -> Unit<'m> {
    let print = hash((bound, &import.module, &import.name));
    Unit {
        module,
        stmt: None,
        binds: BTreeSet::from([bound.to_owned()]),
        mentions: BTreeSet::new(),
        imports: vec![import],
        said: Said::default(),
        hash: print,
    }
}

fn statement_unit<'m>(name: &'m str, module: &'m Module, stmt: &'m Stmt) -> Unit<'m> {
    let mut normalized = stmt.clone();
    Normalize.visit_stmt(&mut normalized);
    let nested = modules::imports_of(std::slice::from_ref(stmt));
    Unit {
        module: name,
        stmt: Some(stmt),
        binds: references::bound(stmt),
        mentions: references::mentioned(&normalized),
        imports: nested.into_iter().flat_map(|import| imports(name, module, import)).collect(),
        said: Said::of(&normalized),
        hash: hash(ComparableStmt::from(&normalized)),
    }
}

fn imports(name: &str, module: &Module, stmt: &Stmt) -> Vec<Import> {
    match stmt {
        Stmt::Import(import) => {
            import.names.iter().map(|alias| Import { module: alias.name.to_string(), name: None }).collect()
        }
        Stmt::ImportFrom(import) => modules::absolute(name, module, import)
            .into_iter()
            .flat_map(|from| {
                import
                    .names
                    .iter()
                    .map(move |alias| Import { module: from.clone(), name: Some(alias.name.to_string()) })
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Takes off what SQLMesh takes off.
struct Normalize;

impl Transformer for Normalize {
    fn visit_stmt(&self, stmt: &mut Stmt) {
        match stmt {
            Stmt::FunctionDef(function) => {
                function.decorator_list.retain(|decorator| !is_ignored(decorator));
                if starts_with_docstring(&function.body) {
                    function.body.remove(0);
                }
                if !function.is_async {
                    function.returns = None;
                }
            }
            Stmt::ClassDef(class) => {
                class.decorator_list.retain(|decorator| !is_ignored(decorator));
                if starts_with_docstring(&class.body) {
                    class.body.remove(0);
                }
            }
            _ => {}
        }
        transformer::walk_stmt(self, stmt);
    }
}

fn is_ignored(decorator: &Decorator) -> bool {
    let called = match &decorator.expression {
        Expr::Call(call) => &*call.func,
        other => other,
    };
    matches!(called, Expr::Name(name) if IGNORED_DECORATORS.contains(&name.id.as_str()))
}

fn starts_with_docstring(body: &[Stmt]) -> bool {
    matches!(body.first(), Some(Stmt::Expr(expr)) if matches!(&*expr.value, Expr::StringLiteral(_)))
}
