//! Classes: what those of the project hold, and which come from libraries that are known.

use ruff_python_ast::{Expr, ExprCall, Stmt, StmtClassDef};

use super::super::references::mentioned;
use super::Environment;
use crate::project::literal::{Literal, Object, Value};

/// What a class itself is an object of.
const CLASS: &str = "type";
/// The same of a class of settings: one that only has fields of `pydantic`'s.
const SETTINGS: &str = "type of settings";
/// What its objects are, to tell them from those of libraries.
const OF_SETTINGS: &str = "settings";

/// Packages whose classes make objects and have members that mean what they are called.
const LIBRARIES: [&str; 5] = ["datetime", "decimal", "pathlib", "sqlglot", "sqlmesh"];

impl Environment<'_> {
    /// The attributes of a class that has only its own.
    pub(super) fn class(&self, class: &StmtClassDef) -> Value {
        let mut fields: Vec<(String, Literal)> = Vec::new();
        let Some(kind) = self.kind(class).filter(|_| class.decorator_list.is_empty()) else {
            return Value::Unknown;
        };
        let is_settings = kind == SETTINGS;
        for stmt in &class.body {
            let (name, value) = match stmt {
                Stmt::Assign(assign) => match assign.targets.as_slice() {
                    [Expr::Name(name)] if is_settings && name.id.as_str() == "model_config" => continue,
                    [Expr::Name(name)] if !is_settings => (name.id.as_str(), Some(&*assign.value)),
                    _ => return Value::Unknown,
                },
                Stmt::AnnAssign(assign) => match (&*assign.target, &assign.value) {
                    (Expr::Name(name), Some(value)) => (name.id.as_str(), Some(&**value)),
                    (_, None) => continue,
                    _ => return Value::Unknown,
                },
                Stmt::FunctionDef(function) if !is_settings => (function.name.as_str(), None),
                Stmt::Expr(expr) if expr.value.is_string_literal_expr() => continue,
                Stmt::Pass(_) => continue,
                _ => return Value::Unknown,
            };
            // In a class, its own names come first.
            let mentions_own = || mentioned(stmt).iter().any(|read| fields.iter().any(|(field, _)| field == read));
            let value = value.filter(|_| !mentions_own()).map_or(Value::Unknown, |value| self.value(value));
            fields.push((name.to_owned(), Literal::new(value, self.module.line(stmt))));
        }
        Value::Object(Object { class: kind.to_owned(), arguments: Vec::new(), fields })
    }

    /// Which of the known sorts of class it is.
    fn kind(&self, class: &StmtClassDef) -> Option<&'static str> {
        let Some(arguments) = &class.arguments else { return Some(CLASS) };
        match (&*arguments.args, arguments.keywords.is_empty()) {
            ([], true) => Some(CLASS),
            ([base], true) => {
                let base = self.module.dotted(base).filter(|_| !self.is_local(base))?;
                (base == "pydantic.BaseModel").then_some(SETTINGS)
            }
            _ => None,
        }
    }

    /// An object of a class of settings: its fields with those that are given.
    pub(super) fn settings(&self, call: &ExprCall) -> Option<Value> {
        let Value::Object(Object { class, mut fields, .. }) = self.value(&call.func) else { return None };
        if class != SETTINGS || !call.arguments.args.is_empty() {
            return None;
        }
        fields.extend(self.keywords(call)?);
        Some(Value::Object(Object { class: OF_SETTINGS.to_owned(), arguments: Vec::new(), fields }))
    }

    /// `dict(settings)`
    pub(super) fn fields_of_settings(object: Object) -> Option<Vec<(String, Literal)>> {
        (object.class == OF_SETTINGS).then_some(object.fields)
    }

    /// The dotted name of something from a library; `None` for what the project or another package defines.
    pub(super) fn of_library(&self, expr: &Expr) -> Option<String> {
        let dotted = self.module.dotted(expr).filter(|_| !self.is_local(expr))?;
        let from = |import: &str| LIBRARIES.contains(&import.split('.').next().unwrap_or(""));
        let root = super::super::references::root(expr)?;
        // What isn't imported by its name comes along with all of a module.
        let import = self.module.imports.get(root).or_else(|| self.module.imports.get("*"));
        import.is_none_or(|import| from(import)).then_some(dotted)
    }
}
