//! Macros whose whole code is `return` with a literal, an f-string of the arguments, or a list of such.
//!
//! In: a function. Out: a [`SimpleMacro`], which says what the macro gives without running it; `None` for any other
//! function. The line: one statement besides a docstring; no names but the parameters; no calls, no arithmetic, no
//! format specifications; parameters without annotations, or of type `str` or `int`; no other decorators. Everything
//! behind that line stays a hole.

use ruff_python_ast::{
    ConversionFlag, Expr, ExprFString, FStringPart, InterpolatedStringElement, Stmt, StmtFunctionDef,
};

/// How much of a text is kept.
const MAX_TEXT: usize = 100_000;

/// What a macro gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimpleMacro {
    pub parameters: Vec<Parameter>,
    pub result: SimpleResult,
}

/// A parameter besides the evaluator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    pub annotation: Annotation,
}

/// What SQLMesh makes of an argument before the function sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Annotation {
    /// It stays an expression.
    None,
    /// A string loses its quotes.
    Text,
    /// Digits become a number.
    Integer,
}

/// What is returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SimpleResult {
    Nothing,
    /// A text that is parsed as SQL.
    One(Vec<Part>),
    List(Vec<Vec<Part>>),
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Text(String),
    /// The argument for this parameter.
    Parameter(usize),
}

/// What the function gives, if it is simple.
pub(super) fn read(function: &StmtFunctionDef) -> Option<SimpleMacro> {
    let parameters = parameters(function)?;
    if function.is_async || function.decorator_list.len() != 1 {
        return None;
    }
    let is_docstring = |stmt: &Stmt| matches!(stmt, Stmt::Expr(expr) if expr.value.is_string_literal_expr());
    let body = match function.body.as_slice() {
        [first, rest @ ..] if is_docstring(first) => rest,
        all => all,
    };
    let [Stmt::Return(returned)] = body else { return None };
    let result = match returned.value.as_deref() {
        None | Some(Expr::NoneLiteral(_)) => SimpleResult::Nothing,
        Some(Expr::List(list)) => SimpleResult::List(items(&list.elts, &parameters)?),
        Some(Expr::Tuple(tuple)) => SimpleResult::List(items(&tuple.elts, &parameters)?),
        Some(other) => SimpleResult::One(text(other, &parameters)?),
    };
    Some(SimpleMacro { parameters, result })
}

/// The parameters behind the evaluator: all by position, none with a default.
fn parameters(function: &StmtFunctionDef) -> Option<Vec<Parameter>> {
    let all = &function.parameters;
    if all.vararg.is_some() || all.kwarg.is_some() || !all.kwonlyargs.is_empty() || !all.posonlyargs.is_empty() {
        return None;
    }
    let (_, given) = all.args.split_first()?;
    let parameter = |with_default: &ruff_python_ast::ParameterWithDefault| {
        let annotation = match with_default.parameter.annotation.as_deref() {
            None => Annotation::None,
            Some(Expr::Name(name)) if name.id.as_str() == "str" => Annotation::Text,
            Some(Expr::Name(name)) if name.id.as_str() == "int" => Annotation::Integer,
            Some(_) => return None,
        };
        let name = with_default.parameter.name.to_string();
        with_default.default.is_none().then_some(Parameter { name, annotation })
    };
    given.iter().map(parameter).collect()
}

fn items(elements: &[Expr], parameters: &[Parameter]) -> Option<Vec<Vec<Part>>> {
    elements.iter().map(|element| text(element, parameters)).collect()
}

fn text(expr: &Expr, parameters: &[Parameter]) -> Option<Vec<Part>> {
    match expr {
        Expr::StringLiteral(literal) => Some(vec![literal_part(literal.value.to_str())?]),
        Expr::FString(string) => f_string(string, parameters),
        Expr::NumberLiteral(literal) => match &literal.value {
            ruff_python_ast::Number::Int(number) => Some(vec![Part::Text(number.to_string())]),
            _ => None,
        },
        _ => None,
    }
}

/// SQL that holds a macro would be parsed, and not expanded as if it stood in the model.
fn literal_part(text: &str) -> Option<Part> {
    (text.len() <= MAX_TEXT && !text.contains('@')).then(|| Part::Text(text.to_owned()))
}

fn f_string(string: &ExprFString, parameters: &[Parameter]) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    for part in &string.value {
        match part {
            FStringPart::Literal(literal) => parts.push(literal_part(&literal.value)?),
            FStringPart::FString(inner) => {
                for element in &inner.elements {
                    parts.push(element_part(element, parameters)?);
                }
            }
        }
    }
    Some(parts)
}

fn element_part(element: &InterpolatedStringElement, parameters: &[Parameter]) -> Option<Part> {
    match element {
        InterpolatedStringElement::Literal(literal) => literal_part(&literal.value),
        InterpolatedStringElement::Interpolation(field) => {
            let is_plain =
                field.conversion == ConversionFlag::None && field.format_spec.is_none() && field.debug_text.is_none();
            let Expr::Name(name) = &*field.expression else { return None };
            let at = parameters.iter().position(|parameter| parameter.name == name.id.as_str())?;
            is_plain.then_some(Part::Parameter(at))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simple(code: &str) -> Option<SimpleMacro> {
        let parsed = ruff_python_parser::parse_module(code).expect("Python");
        let function = parsed.syntax().body.iter().find_map(|stmt| stmt.as_function_def_stmt()).expect("a function");
        read(function)
    }

    #[test]
    fn literals_f_strings_and_lists_are_simple() {
        let text = |text: &str| Part::Text(text.to_owned());
        let check = |signature: &str, returned: &str, expected: SimpleResult| {
            let found =
                simple(&format!("@macro()\ndef m(evaluator{signature}):\n    '''Doc.'''\n    return {returned}\n"));
            assert_eq!(found.map(|found| found.result), Some(expected), "{returned}");
        };
        check("", "'a + 1'", SimpleResult::One(vec![text("a + 1")]));
        check("", "None", SimpleResult::Nothing);
        check("", "3", SimpleResult::One(vec![text("3")]));
        check(", x", "f'{x} + 1'", SimpleResult::One(vec![Part::Parameter(0), text(" + 1")]));
        check(", x: str, y", "[f'{y}', 'b']", SimpleResult::List(vec![vec![Part::Parameter(1)], vec![text("b")]]));
    }

    #[test]
    fn everything_else_is_not() {
        for (signature, returned) in [
            (", x", "x"),
            (", x", "f'{x.name}'"),
            (", x", "f'{x!r}'"),
            (", x", "f'{x:>3}'"),
            (", x", "f'{x=}'"),
            (", x", "'a' + x"),
            (", x", "f'{y}'"),
            (", *x", "'a'"),
            (", x=1", "'a'"),
            (", x: exp.Column", "f'{x}'"),
            ("", "'@x'"),
            ("", "exp.column('a')"),
            ("", "[['a']]"),
            ("", "1.50"),
        ] {
            let code = format!("@macro()\ndef m(evaluator{signature}):\n    return {returned}\n");
            assert_eq!(simple(&code), None, "{returned}");
        }
        assert_eq!(simple("@macro()\n@cache\ndef m(evaluator):\n    return 'a'\n"), None);
        assert_eq!(simple("@macro()\ndef m(evaluator):\n    x = 1\n    return 'a'\n"), None);
    }
}
