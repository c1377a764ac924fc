//! Evaluates what of a Python file is static: literals, constants, f-strings, environment variables, calls of classes.
//!
//! In: a [`Module`], the environment variables as a map, SQLMesh's variables, what other modules of the project hold.
//! Out: [`Literal`]s, with [`Value::Unknown`] wherever running the code would be needed. Bounded in size: a file can't make a value that is
//! much larger than itself.

mod calls;
mod classes;
mod dates;
mod expressions;
mod imported;
mod values;

use std::cell::Cell;
use std::collections::BTreeMap;

use ruff_python_ast::{Expr, Operator, Stmt};

pub(crate) use self::imported::Imported;
use self::values::truthy;
use super::module::Module;
use crate::project::literal::{Literal, Value};

/// How much all evaluation in one file may produce, in nodes and bytes.
const BUDGET: usize = 1_000_000;

/// What the world outside the file holds.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// Environment variables.
    pub env: &'a BTreeMap<String, String>,
    /// SQLMesh's variables, which `context.var("name")` reads; lower-case names.
    pub variables: &'a BTreeMap<String, Literal>,
    /// What can be imported from the project.
    pub imported: &'a Imported,
}

/// The values of a module's variables.
pub struct Environment<'a> {
    name: &'a str,
    module: &'a Module,
    inputs: Inputs<'a>,
    names: BTreeMap<String, Literal>,
    left: Cell<usize>,
}

impl<'a> Environment<'a> {
    /// Runs through the top level of the module of this name.
    pub fn of_module(name: &'a str, module: &'a Module, inputs: Inputs<'a>) -> Self {
        let mut environment = Environment { name, module, inputs, names: BTreeMap::new(), left: Cell::new(BUDGET) };
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
                    let value = self.class(class);
                    self.names.insert(class.name.to_string(), Literal::new(value, self.module.line(stmt)));
                }
                Stmt::Import(_) => super::references::bound(stmt).iter().for_each(|name| self.import(name, None)),
                Stmt::ImportFrom(import) => self.import_from(import),
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

    pub(super) fn truth(&self, test: &Expr) -> Option<bool> {
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
            self.assign(target, element.cloned().unwrap_or_else(|| Literal::new(Value::Unknown, value.line)));
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
        if let Some(name) = super::references::root(expr).filter(|name| self.names.contains_key(*name)) {
            self.forget_name(name);
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::python::module;

    fn json(text: &str) -> serde_json::Value {
        let module = module::parse(&"config.py".into(), &text.into()).expect("valid Python");
        let env = BTreeMap::from([("HOST".to_owned(), "db".to_owned())]);
        let variables = BTreeMap::new();
        let imported = Imported::default();
        let inputs = Inputs { env: &env, variables: &variables, imported: &imported };
        let environment = Environment::of_module("config", &module, inputs);
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
        check("from sqlmesh.core import Mode\nx = Mode.FULL", serde_json::json!("FULL"));
        check("x = '-'.join(['a', 'b'])", serde_json::json!("a-b"));
        check("x = '-'.join(['a', 1])", serde_json::Value::Null);
    }

    #[test]
    fn classes_hold_values() {
        check("class A:\n    'doc'\n    b = 1\n    c: str = 'd'\nx = [A.b, A.c]", serde_json::json!([1, "d"]));
        check("b = 1\nclass A:\n    b = 2\n    c = b\nx = A.c", serde_json::Value::Null);
        check("class A:\n    b = 1\nA.b = 2\nx = A.b", serde_json::Value::Null);
        // What an enumeration or another package makes of it is known only by running it.
        check("class A(Enum):\n    B = 1\nx = A.B", serde_json::Value::Null);
        check("from settings import A\nx = A.B", serde_json::Value::Null);
        check("from settings import A\nx = A('b')", serde_json::Value::Null);
        check("try:\n    from settings import A\nexcept ImportError:\n    A = None\nx = A.B", serde_json::Value::Null);
    }

    #[test]
    fn settings_are_what_they_are_given_and_else_what_the_class_says() {
        let class = "from pydantic import BaseModel\nclass S(BaseModel):\n    'doc'\n    model_config = {}\n    a: str\n    b: int = 1\n";
        let check = |text: &str, expected| check(&format!("{class}{text}"), expected);
        check("x = dict(S(a='c'))", serde_json::json!({"b": 1, "a": "c"}));
        check("x = Config(**dict(S(a='c', b=2))).b", serde_json::json!(2));
        check("x = S(a='c').b", serde_json::json!(1));
        check("x = S('c')", serde_json::Value::Null);
        // What a validator makes of them is known only by running it.
        check("class T(BaseModel):\n    b: int = 1\n    def f(self): pass\nx = T()", serde_json::Value::Null);
        check("class T(S):\n    c: int = 1\nx = T()", serde_json::Value::Null);
    }

    #[test]
    fn environment_variables() {
        check("import os\nx = os.getenv('HOST')", serde_json::json!("db"));
        check("from os import environ as e\nx = e['HOST']", serde_json::json!("db"));
        check("import os\nx = os.environ.get('PORT', '1') or 2", serde_json::json!("1"));
        check("import os\nif os.getenv('HOST') == 'db':\n    x = 1\nelse:\n    x = 2", serde_json::json!(1));
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
        check("a = Config(k=1, j=2)\nx = a.copy(update={'k': 3}).k", serde_json::json!(3));
    }

    #[test]
    fn values_cannot_be_doubled_without_end() {
        let text = (1..200)
            .fold("a0 = ['xxxxxxxx']\n".to_owned(), |text, i| format!("{text}a{i} = [a{j}, a{j}]\n", j = i - 1));
        check(&format!("{text}x = a199"), serde_json::Value::Null);
    }
}
