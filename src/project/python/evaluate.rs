//! Evaluates what of a Python file is static: literals, constants, f-strings, environment variables, calls of classes.
//!
//! In: a [`Module`], the environment variables as a map, SQLMesh's variables. Out: [`Literal`]s, with
//! [`Value::Unknown`] wherever running the code would be needed. Bounded in size: a file can't make a value that is
//! much larger than itself.

use std::cell::Cell;
use std::collections::BTreeMap;

use ruff_python_ast::{
    BoolOp, Expr, ExprCall, FStringPart, InterpolatedStringElement, Number, Operator, Stmt, UnaryOp,
};

use super::module::Module;
use crate::project::literal::{Literal, Object, UNKNOWN_PART, Value};

/// How much all evaluation in one file may produce, in nodes and bytes.
const BUDGET: usize = 1_000_000;

/// What the world outside the file holds.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// Environment variables.
    pub env: &'a BTreeMap<String, String>,
    /// SQLMesh's variables, which `context.var("name")` reads; lower-case names.
    pub variables: &'a BTreeMap<String, Literal>,
}

/// The values of a module's variables.
pub struct Environment<'a> {
    module: &'a Module,
    inputs: Inputs<'a>,
    names: BTreeMap<String, Literal>,
    left: Cell<usize>,
}

impl<'a> Environment<'a> {
    /// Runs through the module's top level.
    pub fn of_module(module: &'a Module, inputs: Inputs<'a>) -> Self {
        let mut environment = Environment {
            module,
            inputs,
            names: BTreeMap::new(),
            left: Cell::new(BUDGET),
        };
        environment.run(&module.body);
        environment
    }

    /// A variable of the module.
    pub fn get(&self, name: &str) -> Option<&Literal> {
        self.names.get(name)
    }

    fn run(&mut self, body: &[Stmt]) {
        for stmt in body {
            match stmt {
                Stmt::Assign(assign) => {
                    let value = self.evaluate(&assign.value);
                    for target in &assign.targets {
                        self.assign(target, value.clone());
                    }
                }
                Stmt::AnnAssign(assign) => {
                    if let Some(value) = &assign.value {
                        let value = self.evaluate(value);
                        self.assign(&assign.target, value);
                    }
                }
                Stmt::AugAssign(assign) => {
                    let sum = match assign.op {
                        Operator::Add => self.add(&assign.target, &assign.value),
                        _ => Value::Unknown,
                    };
                    self.assign(&assign.target, Literal::new(sum, self.module.line(stmt)));
                }
                Stmt::Try(attempt) => {
                    // The body is what normally runs; what a handler would change is not known.
                    self.run(&attempt.body);
                    for ruff_python_ast::ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                        self.forget(&handler.body);
                    }
                }
                Stmt::If(branch) => self.run_if(branch),
                Stmt::FunctionDef(function) => self.forget_name(&function.name),
                Stmt::ClassDef(class) => {
                    self.names.remove(class.name.as_str());
                }
                Stmt::For(_) | Stmt::While(_) | Stmt::With(_) | Stmt::Match(_) | Stmt::Delete(_) => {
                    self.forget(std::slice::from_ref(stmt));
                }
                Stmt::Expr(expr) => self.forget_receiver(&expr.value),
                _ => {}
            }
        }
    }

    fn run_if(&mut self, branch: &ruff_python_ast::StmtIf) {
        let mut taken = self.truth(&branch.test).map(|truth| truth.then_some(&*branch.body));
        for clause in &branch.elif_else_clauses {
            if !matches!(taken, Some(None)) {
                break;
            }
            taken = match &clause.test {
                Some(test) => self.truth(test).map(|truth| truth.then_some(&*clause.body)),
                None => Some(Some(&*clause.body)),
            };
        }
        match taken {
            Some(Some(body)) => self.run(body),
            Some(None) => {}
            None => {
                self.forget(&branch.body);
                for clause in &branch.elif_else_clauses {
                    self.forget(&clause.body);
                }
            }
        }
    }

    fn truth(&self, test: &Expr) -> Option<bool> {
        truthy(&self.evaluate(test))
    }

    fn assign(&mut self, target: &Expr, value: Literal) {
        match target {
            Expr::Name(name) => {
                self.names.insert(name.id.to_string(), value);
            }
            Expr::Subscript(subscript) => self.assign_entry(&subscript.value, &subscript.slice, value),
            Expr::Tuple(tuple) => self.assign_each(&tuple.elts, &value),
            Expr::List(list) => self.assign_each(&list.elts, &value),
            other => self.forget_receiver(other),
        }
    }

    fn assign_each(&mut self, targets: &[Expr], value: &Literal) {
        let elements = value.elements();
        for (i, target) in targets.iter().enumerate() {
            let element = elements.get(i).filter(|_| elements.len() == targets.len());
            self.assign(
                target,
                element
                    .cloned()
                    .unwrap_or_else(|| Literal::new(Value::Unknown, value.line)),
            );
        }
    }

    /// `name["key"] = value`
    fn assign_entry(&mut self, receiver: &Expr, key: &Expr, value: Literal) {
        let key = self.evaluate(key);
        let entries = match receiver {
            Expr::Name(name) => self.names.get_mut(name.id.as_str()),
            _ => None,
        };
        match (entries.map(|literal| &mut literal.value), key.text()) {
            (Some(Value::Map(entries)), Some(key)) => entries.push((key.to_owned(), value)),
            _ => self.forget_receiver(receiver),
        }
    }

    fn forget_name(&mut self, name: &str) {
        self.names.insert(name.to_owned(), Literal::new(Value::Unknown, 0));
    }

    /// The variable at the root of `x.y[z](...)` may have been changed.
    fn forget_receiver(&mut self, expr: &Expr) {
        let mut expr = expr;
        loop {
            expr = match expr {
                Expr::Call(call) => &call.func,
                Expr::Attribute(attribute) => &attribute.value,
                Expr::Subscript(subscript) => &subscript.value,
                Expr::Name(name) => {
                    if self.names.contains_key(name.id.as_str()) {
                        self.forget_name(name.id.as_str());
                    }
                    return;
                }
                _ => return,
            };
        }
    }

    /// What these statements bind or change is not known.
    fn forget(&mut self, body: &[Stmt]) {
        for stmt in body {
            for name in super::references::bound(stmt) {
                self.forget_name(&name);
            }
        }
    }

    /// Evaluates an expression.
    pub fn evaluate(&self, expr: &Expr) -> Literal {
        Literal::new(self.value(expr), self.module.line(expr))
    }

    fn value(&self, expr: &Expr) -> Value {
        if !self.spend(1) {
            return Value::Unknown;
        }
        match expr {
            Expr::NoneLiteral(_) => Value::Null,
            Expr::BooleanLiteral(literal) => Value::Bool(literal.value),
            Expr::NumberLiteral(literal) => number(&literal.value),
            Expr::StringLiteral(literal) => Value::Text(literal.value.to_str().to_owned()),
            Expr::FString(literal) => self.f_string(literal),
            Expr::List(list) => self.list(&list.elts),
            Expr::Tuple(tuple) => self.list(&tuple.elts),
            Expr::Set(set) => self.list(&set.elts),
            Expr::Dict(dict) => self.dict(dict),
            Expr::Name(name) => self.name(name.id.as_str()),
            Expr::Attribute(attribute) => self.attribute(expr, attribute),
            Expr::Subscript(subscript) => self.subscript(&subscript.value, &subscript.slice),
            Expr::Call(call) => self.call(call),
            Expr::BinOp(operation) if operation.op == Operator::Add => self.add(&operation.left, &operation.right),
            Expr::BinOp(operation) if operation.op == Operator::BitOr => {
                merge(self.value(&operation.left), self.value(&operation.right))
            }
            Expr::BoolOp(operation) => self.first(operation),
            Expr::If(choice) => match self.truth(&choice.test) {
                Some(true) => self.value(&choice.body),
                Some(false) => self.value(&choice.orelse),
                None => Value::Unknown,
            },
            Expr::UnaryOp(operation) => self.unary(operation.op, &operation.operand),
            Expr::Compare(comparison) => self.compare(comparison),
            _ => Value::Unknown,
        }
    }

    /// Takes from what is left; `false` when nothing is.
    fn spend(&self, amount: usize) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(amount));
        left > amount
    }

    /// A copy of a value, paid for.
    fn copy(&self, literal: &Literal) -> Value {
        if self.spend(size(literal)) {
            literal.value.clone()
        } else {
            Value::Unknown
        }
    }

    fn list(&self, elements: &[Expr]) -> Value {
        let mut values = Vec::new();
        for element in elements {
            match element {
                Expr::Starred(starred) => match self.value(&starred.value) {
                    Value::List(inner) => values.extend(inner),
                    _ => return Value::Unknown,
                },
                other => values.push(self.evaluate(other)),
            }
        }
        Value::List(values)
    }

    fn dict(&self, dict: &ruff_python_ast::ExprDict) -> Value {
        let mut entries = Vec::new();
        for item in &dict.items {
            match &item.key {
                None => match self.value(&item.value) {
                    Value::Map(inner) => entries.extend(inner),
                    _ => return Value::Unknown,
                },
                Some(key) => match key_text(&self.evaluate(key)) {
                    Some(key) => entries.push((key, self.evaluate(&item.value))),
                    None => return Value::Unknown,
                },
            }
        }
        Value::Map(entries)
    }

    fn name(&self, name: &str) -> Value {
        match self.names.get(name) {
            Some(literal) => self.copy(literal),
            None => Value::Unknown,
        }
    }

    fn attribute(&self, expr: &Expr, attribute: &ruff_python_ast::ExprAttribute) -> Value {
        let name = attribute.attr.as_str();
        let receiver = self.value(&attribute.value);
        match receiver {
            Value::Object(object) => {
                let field = object.fields.into_iter().rev().find(|(field, _)| field == name);
                field.map_or(Value::Unknown, |(_, literal)| literal.value)
            }
            // `X.FULL.value` and `X.FULL.name` differ in case at most.
            Value::Member { .. } if matches!(name, "value" | "name") => receiver,
            Value::Unknown => self.member(expr),
            _ => Value::Unknown,
        }
    }

    /// `Class.MEMBER`, where the class isn't a variable of this module.
    fn member(&self, expr: &Expr) -> Value {
        let Expr::Attribute(attribute) = expr else {
            return Value::Unknown;
        };
        let class = self
            .module
            .dotted(&attribute.value)
            .filter(|_| !self.is_local(&attribute.value));
        match class.as_deref().and_then(|class| class.rsplit('.').next()) {
            Some(class) if class.starts_with(|c: char| c.is_uppercase()) => Value::Member {
                class: class.to_owned(),
                name: attribute.attr.to_string(),
            },
            _ => Value::Unknown,
        }
    }

    fn is_local(&self, expr: &Expr) -> bool {
        let mut expr = expr;
        while let Expr::Attribute(attribute) = expr {
            expr = &attribute.value;
        }
        matches!(expr, Expr::Name(name) if self.names.contains_key(name.id.as_str()))
    }

    fn subscript(&self, receiver: &Expr, key: &Expr) -> Value {
        let key = self.evaluate(key);
        if self.module.dotted(receiver).as_deref() == Some("os.environ") {
            let value = key.text().and_then(|name| self.inputs.env.get(name));
            return value.map_or(Value::Unknown, |value| Value::Text(value.clone()));
        }
        match (self.value(receiver), &key.value) {
            (Value::Map(entries), _) => key_text(&key)
                .and_then(|key| entries.into_iter().rev().find(|(name, _)| *name == key))
                .map_or(Value::Unknown, |(_, literal)| literal.value),
            (Value::List(elements), Value::Number(index)) => index
                .as_u64()
                .and_then(|index| elements.into_iter().nth(usize::try_from(index).ok()?))
                .map_or(Value::Unknown, |literal| literal.value),
            _ => Value::Unknown,
        }
    }

    fn f_string(&self, literal: &ruff_python_ast::ExprFString) -> Value {
        let mut text = String::new();
        for part in &literal.value {
            match part {
                FStringPart::Literal(part) => text.push_str(part.as_str()),
                FStringPart::FString(part) => {
                    for element in &part.elements {
                        self.push_element(element, &mut text);
                    }
                }
            }
        }
        self.paid(text)
    }

    fn push_element(&self, element: &InterpolatedStringElement, text: &mut String) {
        match element {
            InterpolatedStringElement::Literal(part) => text.push_str(&part.value),
            InterpolatedStringElement::Interpolation(part) => {
                let plain = part.format_spec.is_none() && part.debug_text.is_none();
                match printed(&self.evaluate(&part.expression)).filter(|_| plain) {
                    Some(printed) => text.push_str(&printed),
                    None => text.push(UNKNOWN_PART),
                }
            }
        }
    }

    fn paid(&self, text: String) -> Value {
        if self.spend(text.len()) {
            Value::Text(text)
        } else {
            Value::Unknown
        }
    }

    fn add(&self, left: &Expr, right: &Expr) -> Value {
        match (self.value(left), self.value(right)) {
            (Value::Text(left), Value::Text(right)) => self.paid(left + &right),
            (Value::Text(left), Value::Unknown) => self.paid(format!("{left}{UNKNOWN_PART}")),
            (Value::Unknown, Value::Text(right)) => self.paid(format!("{UNKNOWN_PART}{right}")),
            (Value::List(mut left), Value::List(right)) => {
                left.extend(right);
                Value::List(left)
            }
            _ => Value::Unknown,
        }
    }

    /// `a or b`, `a and b`
    fn first(&self, operation: &ruff_python_ast::ExprBoolOp) -> Value {
        let wanted = operation.op == BoolOp::Or;
        let mut last = Value::Unknown;
        for value in &operation.values {
            let literal = self.evaluate(value);
            match truthy(&literal) {
                Some(truth) if truth == wanted => return literal.value,
                Some(_) => last = literal.value,
                None => return Value::Unknown,
            }
        }
        last
    }

    fn unary(&self, operator: UnaryOp, operand: &Expr) -> Value {
        let value = self.evaluate(operand);
        match (operator, &value.value) {
            (UnaryOp::Not, _) => truthy(&value).map_or(Value::Unknown, |truth| Value::Bool(!truth)),
            (UnaryOp::USub, Value::Number(number)) => {
                match (number.as_i64().and_then(i64::checked_neg), number.as_f64()) {
                    (Some(negated), _) => Value::Number(negated.into()),
                    (None, Some(float)) => float_value(-float),
                    (None, None) => Value::Unknown,
                }
            }
            _ => Value::Unknown,
        }
    }

    fn compare(&self, comparison: &ruff_python_ast::ExprCompare) -> Value {
        use ruff_python_ast::CmpOp;
        let ([operator], [right]) = (&*comparison.ops, &*comparison.comparators) else {
            return Value::Unknown;
        };
        let (left, right) = (self.evaluate(&comparison.left), self.evaluate(right));
        if left.has_unknown() || right.has_unknown() {
            return Value::Unknown;
        }
        match operator {
            CmpOp::Eq | CmpOp::Is => Value::Bool(left.to_json() == right.to_json()),
            CmpOp::NotEq | CmpOp::IsNot => Value::Bool(left.to_json() != right.to_json()),
            CmpOp::In => contains(&right, &left).map_or(Value::Unknown, Value::Bool),
            CmpOp::NotIn => contains(&right, &left).map_or(Value::Unknown, |found| Value::Bool(!found)),
            _ => Value::Unknown,
        }
    }

    fn call(&self, call: &ExprCall) -> Value {
        if let Expr::Attribute(attribute) = &*call.func {
            if let Some(value) = self.method(call, &attribute.value, attribute.attr.as_str()) {
                return value;
            }
        }
        let Some(dotted) = self.module.dotted(&call.func).filter(|_| !self.is_local(&call.func)) else {
            return Value::Unknown;
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
            _ => self.object(call, &dotted),
        }
    }

    /// `receiver.name(...)` of a known value.
    fn method(&self, call: &ExprCall, receiver: &Expr, name: &str) -> Option<Value> {
        if matches!(name, "var" | "blueprint_var") && matches!(receiver, Expr::Name(root) if is_context(&root.id)) {
            return Some(self.sqlmesh_variable(call));
        }
        if let Some(mode) = name.strip_prefix("all_") {
            let class = self.module.dotted(receiver)?;
            return class
                .ends_with("CategorizerConfig")
                .then(|| categorizer(mode, self.module.line(call)));
        }
        match (self.value(receiver), name) {
            (Value::Object(object), "copy" | "model_copy") => Some(self.updated(object, call)),
            (Value::Map(entries), "copy") => Some(Value::Map(entries)),
            (Value::Map(entries), "get") => {
                let key = call.arguments.args.first().map(|key| self.evaluate(key))?;
                let found = entries
                    .into_iter()
                    .rev()
                    .find(|(name, _)| Some(name) == key_text(&key).as_ref());
                let otherwise = || {
                    call.arguments
                        .args
                        .get(1)
                        .map_or(Value::Null, |value| self.value(value))
                };
                Some(found.map_or_else(otherwise, |(_, literal)| literal.value))
            }
            (Value::Text(text), "lower") => Some(self.paid(text.to_lowercase())),
            (Value::Text(text), "upper") => Some(self.paid(text.to_uppercase())),
            (Value::Text(text), "strip") if call.arguments.is_empty() => Some(self.paid(text.trim().to_owned())),
            (Value::Unknown, _) => None,
            _ => Some(Value::Unknown),
        }
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
        let printed = call
            .arguments
            .args
            .first()
            .and_then(|argument| printed(&self.evaluate(argument)));
        printed.map_or(Value::Unknown, Value::Text)
    }

    fn join(&self, call: &ExprCall) -> Value {
        let parts = call.arguments.args.iter().map(|part| printed(&self.evaluate(part)));
        let parts: Vec<String> = parts
            .map(|part| part.unwrap_or_else(|| UNKNOWN_PART.to_string()))
            .collect();
        self.paid(parts.join("/"))
    }

    /// Keyword arguments, with `**mapping` spread. `None` if a mapping isn't known.
    fn keywords(&self, call: &ExprCall) -> Option<Vec<(String, Literal)>> {
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
            Some(_) => return Value::Unknown,
        };
        match self.keywords(call) {
            Some(fields) => entries.extend(fields),
            None => return Value::Unknown,
        }
        Value::Map(entries)
    }

    fn object(&self, call: &ExprCall, dotted: &str) -> Value {
        let class = dotted.rsplit('.').next().unwrap_or(dotted);
        let is_column = matches!(class, "to_column" | "column" | "to_identifier");
        if !is_column && !class.starts_with(|c: char| c.is_uppercase()) {
            return Value::Unknown;
        }
        let Some(fields) = self.keywords(call) else {
            return Value::Unknown;
        };
        Value::Object(Object {
            class: class.to_owned(),
            arguments: call
                .arguments
                .args
                .iter()
                .map(|argument| self.evaluate(argument))
                .collect(),
            fields,
        })
    }
}

fn is_context(name: &str) -> bool {
    matches!(name, "context" | "evaluator")
}

fn number(number: &Number) -> Value {
    match number {
        Number::Int(int) => match (int.as_i64(), int.as_u64()) {
            (Some(value), _) => Value::Number(value.into()),
            (None, Some(value)) => Value::Number(value.into()),
            (None, None) => Value::Text(int.to_string()),
        },
        Number::Float(float) => float_value(*float),
        Number::Complex { .. } => Value::Unknown,
    }
}

fn float_value(float: f64) -> Value {
    serde_json::Number::from_f64(float).map_or(Value::Unknown, Value::Number)
}

/// As Python's `str()` prints it; known parts only.
fn printed(literal: &Literal) -> Option<String> {
    match &literal.value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        Value::Null => Some("None".to_owned()),
        Value::Object(object) if object.class == "Path" => object.arguments.first().and_then(printed),
        _ => None,
    }
}

fn key_text(key: &Literal) -> Option<String> {
    match &key.value {
        Value::Number(number) => Some(number.to_string()),
        _ => key.text().map(str::to_owned),
    }
}

fn merge(left: Value, right: Value) -> Value {
    match (left, right) {
        (Value::Map(mut left), Value::Map(right)) => {
            left.extend(right);
            Value::Map(left)
        }
        _ => Value::Unknown,
    }
}

fn contains(list: &Literal, element: &Literal) -> Option<bool> {
    match &list.value {
        Value::List(elements) => Some(elements.iter().any(|each| each.value == element.value)),
        Value::Map(entries) => Some(entries.iter().any(|(name, _)| Some(name.as_str()) == element.text())),
        _ => None,
    }
}

fn truthy(literal: &Literal) -> Option<bool> {
    match &literal.value {
        Value::Null => Some(false),
        Value::Bool(value) => Some(*value),
        Value::Number(number) => number.as_f64().map(|value| value != 0.0),
        Value::Text(text) if text.contains(UNKNOWN_PART) => None,
        Value::Text(text) => Some(!text.is_empty()),
        Value::List(elements) => Some(!elements.is_empty()),
        Value::Map(entries) => Some(!entries.is_empty()),
        Value::Object(_) | Value::Member { .. } => Some(true),
        Value::Unknown => None,
    }
}

fn categorizer(mode: &str, line: u32) -> Value {
    let fields = ["external", "python", "sql", "seed"].map(|target| {
        let mode = Literal::new(Value::Text(mode.to_owned()), line);
        (target.to_owned(), mode)
    });
    Value::Map(fields.into())
}

/// Nodes and bytes of a value.
fn size(literal: &Literal) -> usize {
    match &literal.value {
        Value::Text(text) => 1 + text.len(),
        Value::List(elements) => 1 + elements.iter().map(size).sum::<usize>(),
        Value::Map(entries) => {
            1 + entries
                .iter()
                .map(|(name, value)| name.len() + size(value))
                .sum::<usize>()
        }
        Value::Object(object) => {
            let fields: usize = object.fields.iter().map(|(name, value)| name.len() + size(value)).sum();
            1 + fields + object.arguments.iter().map(size).sum::<usize>()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Member { .. } | Value::Unknown => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::python::module;

    fn json(text: &str) -> serde_json::Value {
        let module = module::parse(&"config.py".into(), &text.into()).expect("valid Python");
        let env = BTreeMap::from([("HOST".to_owned(), "db".to_owned())]);
        let variables = BTreeMap::new();
        let environment = Environment::of_module(
            &module,
            Inputs {
                env: &env,
                variables: &variables,
            },
        );
        environment.get("x").map_or(serde_json::Value::Null, Literal::to_json)
    }

    fn check(text: &str, expected: serde_json::Value) {
        assert_eq!(json(text), expected, "{text}");
    }

    #[test]
    fn literals_and_constants() {
        check(
            "a = {'k': [1, 2.5, None, True]}\nx = dict(a, j='v', **a)",
            serde_json::json!({"k": [1, 2.5, null, true], "j": "v"}),
        );
        check("a = 'b'\nx = f'{a}/c' + 'd'", serde_json::json!("b/cd"));
        check("a = [1]\na += [2]\nx = a", serde_json::json!([1, 2]));
        check("a = {}\na['k'] = 1\nx = a", serde_json::json!({"k": 1}));
        check("x = Mode.FULL", serde_json::json!("FULL"));
    }

    #[test]
    fn environment_variables() {
        check("import os\nx = os.getenv('HOST')", serde_json::json!("db"));
        check("from os import environ as e\nx = e['HOST']", serde_json::json!("db"));
        check(
            "import os\nx = os.environ.get('PORT', '1') or 2",
            serde_json::json!("1"),
        );
        check(
            "import os\nif os.getenv('HOST') == 'db':\n    x = 1\nelse:\n    x = 2",
            serde_json::json!(1),
        );
    }

    #[test]
    fn what_only_code_knows_is_unknown() {
        check("x = f()", serde_json::Value::Null);
        check("x = [1]\nx.append(2)", serde_json::Value::Null);
        check("for x in [1]: pass", serde_json::Value::Null);
        check("x = 1\nif f():\n    x = 2", serde_json::Value::Null);
    }

    #[test]
    fn objects_are_copied_with_updates() {
        check(
            "a = Config(k=1, j=2)\nx = a.copy(update={'k': 3}).k",
            serde_json::json!(3),
        );
    }

    #[test]
    fn values_cannot_be_doubled_without_end() {
        let text = (1..200).fold("a0 = ['xxxxxxxx']\n".to_owned(), |text, i| {
            format!("{text}a{i} = [a{j}, a{j}]\n", j = i - 1)
        });
        check(&format!("{text}x = a199"), serde_json::Value::Null);
    }
}
