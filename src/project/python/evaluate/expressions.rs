//! The values of expressions.

use ruff_python_ast::{BoolOp, Expr, FStringPart, InterpolatedStringElement, Operator, UnaryOp};

use super::Environment;
use super::values::{contains, float_value, key_text, merge, number, printed, size, truthy};
use crate::project::literal::{Literal, UNKNOWN_PART, Value};

impl Environment<'_> {
    /// Evaluates an expression.
    pub fn evaluate(&self, expr: &Expr) -> Literal {
        Literal::new(self.value(expr), self.module.line(expr))
    }

    pub(super) fn value(&self, expr: &Expr) -> Value {
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
    pub(super) fn spend(&self, amount: usize) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(amount));
        left > amount
    }

    /// A copy of a value, paid for.
    pub(super) fn copy(&self, literal: &Literal) -> Value {
        if self.spend(size(literal)) { literal.value.clone() } else { Value::Unknown }
    }

    pub(super) fn list(&self, elements: &[Expr]) -> Value {
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

    pub(super) fn dict(&self, dict: &ruff_python_ast::ExprDict) -> Value {
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
            Value::Unknown => match self.imported(expr) {
                Some(literal) => self.copy(&literal),
                None => self.member(expr),
            },
            _ => Value::Unknown,
        }
    }

    /// `Class.MEMBER` of a library.
    fn member(&self, expr: &Expr) -> Value {
        let Expr::Attribute(attribute) = expr else {
            return Value::Unknown;
        };
        let class = self.of_library(&attribute.value);
        match class.as_deref().and_then(|class| class.rsplit('.').next()) {
            Some(class) if class.starts_with(|c: char| c.is_uppercase()) => {
                Value::Member { class: class.to_owned(), name: attribute.attr.to_string() }
            }
            _ => Value::Unknown,
        }
    }

    pub(super) fn is_local(&self, expr: &Expr) -> bool {
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

    pub(super) fn paid(&self, text: String) -> Value {
        if self.spend(text.len()) { Value::Text(text) } else { Value::Unknown }
    }

    pub(super) fn add(&self, left: &Expr, right: &Expr) -> Value {
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
}
