//! The values of calls: environment variables, SQLMesh's variables, classes.

use ruff_python_ast::{Expr, ExprCall};

use super::Environment;
use super::dates::{self, is_date, is_moment};
use super::values::{categorizer, is_context, key_text, printed};
use crate::project::literal::{Literal, Object, UNKNOWN_PART, Value};

impl Environment<'_> {
    pub(super) fn call(&self, call: &ExprCall) -> Value {
        if let Expr::Attribute(attribute) = &*call.func
            && let Some(value) = self.method(call, &attribute.value, attribute.attr.as_str())
        {
            return value;
        }
        let Some(dotted) = self.module.dotted(&call.func).filter(|_| !self.is_local(&call.func)) else {
            return self.settings(call).unwrap_or(Value::Unknown);
        };
        match dotted.as_str() {
            "os.getenv" | "os.environ.get" => self.environment_variable(call),
            "dict" => self.keyword_map(call),
            "str" | "Path" | "pathlib.Path" => self.printed_argument(call),
            "list" | "tuple" | "set" => match call.arguments.args.first() {
                Some(argument) => self.value(argument),
                None => Value::List(Vec::new()),
            },
            "os.path.join" => self.join(call),
            _ => self.object(call),
        }
    }

    /// `receiver.name(...)` of a known value.
    fn method(&self, call: &ExprCall, receiver: &Expr, name: &str) -> Option<Value> {
        if matches!(name, "var" | "blueprint_var") && matches!(receiver, Expr::Name(root) if is_context(&root.id)) {
            return Some(self.sqlmesh_variable(call));
        }
        if let Some(mode) = name.strip_prefix("all_") {
            let class = self.module.dotted(receiver)?;
            return class.ends_with("CategorizerConfig").then(|| categorizer(mode, self.module.line(call)));
        }
        match (self.value(receiver), name) {
            (Value::Object(object), "copy" | "model_copy") => Some(self.updated(object, call)),
            (Value::Object(object), "isoformat") if call.arguments.is_empty() && is_date(&object) => {
                Some(dates::written(&object, "%Y-%m-%d").map_or(Value::Unknown, Value::Text))
            }
            (Value::Object(object), "strftime") if is_moment(&object) => {
                let format = call.arguments.args.first().map(|format| self.evaluate(format))?;
                let text = format.text().and_then(|format| dates::written(&object, format));
                Some(text.map_or(Value::Unknown, Value::Text))
            }
            (Value::Map(entries), "copy") => Some(Value::Map(entries)),
            (Value::Map(entries), "get") => {
                let key = call.arguments.args.first().map(|key| self.evaluate(key))?;
                let found = entries.into_iter().rev().find(|(name, _)| Some(name) == key_text(&key).as_ref());
                let otherwise = || call.arguments.args.get(1).map_or(Value::Null, |value| self.value(value));
                Some(found.map_or_else(otherwise, |(_, literal)| literal.value))
            }
            (Value::Text(text), "lower") => Some(self.paid(text.to_lowercase())),
            (Value::Text(text), "upper") => Some(self.paid(text.to_uppercase())),
            (Value::Text(text), "join") => Some(self.joined(&text, call)),
            (Value::Text(text), "strip") if call.arguments.is_empty() => Some(self.paid(text.trim().to_owned())),
            (Value::Unknown, _) => None,
            _ => Some(Value::Unknown),
        }
    }

    /// `separator.join([...])`
    fn joined(&self, separator: &str, call: &ExprCall) -> Value {
        let parts = call.arguments.args.first().map(|parts| self.evaluate(parts));
        let Some(Value::List(parts)) = parts.map(|parts| parts.value) else {
            return Value::Unknown;
        };
        let is_text = |part: &Literal| matches!(part.value, Value::Text(_));
        let texts = parts.iter().filter(|part| is_text(part)).filter_map(printed).collect::<Vec<_>>();
        if texts.len() == parts.len() { self.paid(texts.join(separator)) } else { Value::Unknown }
    }

    /// `config.copy(update={...})`
    fn updated(&self, mut object: Object, call: &ExprCall) -> Value {
        let Some(update) = call.arguments.find_keyword("update") else {
            return Value::Object(object);
        };
        match self.value(&update.value) {
            Value::Map(entries) => {
                object.fields.extend(entries);
                Value::Object(object)
            }
            _ => Value::Unknown,
        }
    }

    fn environment_variable(&self, call: &ExprCall) -> Value {
        let Some(name) = call.arguments.args.first().map(|name| self.evaluate(name)) else {
            return Value::Unknown;
        };
        let Some(name) = name.text() else {
            return Value::Unknown;
        };
        if let Some(value) = self.inputs.env.get(name) {
            return Value::Text(value.clone());
        }
        let default = call.arguments.args.get(1);
        let default = default.or_else(|| call.arguments.find_keyword("default").map(|keyword| &keyword.value));
        default.map_or(Value::Null, |default| self.value(default))
    }

    /// `context.var("name", default)`
    fn sqlmesh_variable(&self, call: &ExprCall) -> Value {
        let name = call.arguments.args.first();
        let name = name.or_else(|| call.arguments.find_keyword("var_name").map(|keyword| &keyword.value));
        let Some(name) = name.map(|name| self.evaluate(name)) else {
            return Value::Unknown;
        };
        let Some(name) = name.text().map(str::to_lowercase) else {
            return Value::Unknown;
        };
        match (self.inputs.variables.get(&name), call.arguments.args.get(1)) {
            (Some(literal), _) => self.copy(literal),
            (None, Some(default)) => self.value(default),
            (None, None) => Value::Unknown,
        }
    }

    fn printed_argument(&self, call: &ExprCall) -> Value {
        let printed = call.arguments.args.first().and_then(|argument| printed(&self.evaluate(argument)));
        printed.map_or(Value::Unknown, Value::Text)
    }

    fn join(&self, call: &ExprCall) -> Value {
        let parts = call.arguments.args.iter().map(|part| printed(&self.evaluate(part)));
        let parts: Vec<String> = parts.map(|part| part.unwrap_or_else(|| UNKNOWN_PART.to_string())).collect();
        self.paid(parts.join("/"))
    }

    /// Keyword arguments, with `**mapping` spread. `None` if a mapping isn't known.
    pub(super) fn keywords(&self, call: &ExprCall) -> Option<Vec<(String, Literal)>> {
        let mut fields = Vec::new();
        for keyword in &call.arguments.keywords {
            match &keyword.arg {
                Some(name) => fields.push((name.to_string(), self.evaluate(&keyword.value))),
                None => match self.value(&keyword.value) {
                    Value::Map(entries) => fields.extend(entries),
                    _ => return None,
                },
            }
        }
        Some(fields)
    }

    fn keyword_map(&self, call: &ExprCall) -> Value {
        let mut entries = match call.arguments.args.first().map(|base| self.value(base)) {
            None => Vec::new(),
            Some(Value::Map(entries)) => entries,
            Some(Value::Object(object)) => match Self::fields_of_settings(object) {
                Some(fields) => fields,
                None => return Value::Unknown,
            },
            Some(_) => return Value::Unknown,
        };
        match self.keywords(call) {
            Some(fields) => entries.extend(fields),
            None => return Value::Unknown,
        }
        Value::Map(entries)
    }

    /// An object of a library's class.
    fn object(&self, call: &ExprCall) -> Value {
        let Some(dotted) = self.of_library(&call.func) else {
            return Value::Unknown;
        };
        let class = dotted.rsplit('.').next().unwrap_or(&dotted);
        let is_column = matches!(class, "to_column" | "column" | "to_identifier");
        let is_moment = matches!(dotted.as_str(), "datetime.date" | "datetime.datetime");
        if !is_column && !is_moment && !class.starts_with(|c: char| c.is_uppercase()) {
            return Value::Unknown;
        }
        let Some(fields) = self.keywords(call) else {
            return Value::Unknown;
        };
        Value::Object(Object {
            class: class.to_owned(),
            arguments: call.arguments.args.iter().map(|argument| self.evaluate(argument)).collect(),
            fields,
        })
    }
}
