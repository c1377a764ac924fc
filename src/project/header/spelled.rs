//! Properties that aren't written in a header: as Python decorators, YAML files and the configuration give them.
//!
//! In: a value. Out: the text that means the same in a `MODEL` header. Which texts are SQL and which are literals SQLMesh
//! decides by property: a key of `unique_key` is an expression, a value of `physical_properties` a string.

use crate::dialect::Dialect;
use crate::lex::{TokenKind, lex_code};
use crate::project::literal::{Literal, Object, Value};

/// Who gives a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A decorator of Python: arguments of audits and signals are values.
    Python,
    /// The configuration: they are SQL.
    Configuration,
    /// A file of external models: they are SQL, and nothing else is.
    External,
}

/// The value as it would stand in a header. `None` if a part of it isn't known.
pub(crate) fn spelled(name: &str, literal: &Literal, origin: Origin) -> Option<String> {
    match name {
        "audits" | "signals" => calls(literal, origin),
        "physical_properties" | "virtual_properties" | "session_properties" => {
            mapping(literal, origin != Origin::External)
        }
        "table_properties" | "materialization_properties" | "grants" | "column_descriptions" | "csv_settings" => {
            mapping(literal, false)
        }
        "tags" | "ignored_rules" => texts(literal),
        "time_column" => time_column(literal),
        _ => literal.to_sql(),
    }
}

/// `name(argument := value)` for each call; entries are names, pairs of a name and arguments, or mappings with `name`.
fn calls(literal: &Literal, origin: Origin) -> Option<String> {
    let Value::List(entries) = &literal.value else { return literal.to_sql() };
    let calls: Option<Vec<String>> = entries.iter().map(|entry| call(entry, origin)).collect();
    Some(format!("({})", calls?.join(", ")))
}

fn call(entry: &Literal, origin: Origin) -> Option<String> {
    let (name, arguments) = match &entry.value {
        Value::List(parts) => match parts.as_slice() {
            [name] => (name.text()?.to_owned(), None),
            [name, arguments] => (name.text()?.to_owned(), Some(arguments)),
            _ => return None,
        },
        Value::Map(_) => (entry.get("name").map_or(Some(String::new()), |name| name.to_sql())?, Some(entry)),
        _ => return entry.to_sql(),
    };
    let named = arguments.map(Literal::entries).unwrap_or_default();
    let value = |value: &Literal| match origin {
        Origin::Python => converted(value, ['(', ')']),
        Origin::Configuration | Origin::External => value.to_sql(),
    };
    let is_named = |key: &&(String, Literal)| !matches!(entry.value, Value::Map(_)) || key.0 != "name";
    let arguments: Option<Vec<String>> =
        named.iter().filter(is_named).map(|(key, given)| Some(format!("{key} := {}", value(given)?))).collect();
    let arguments = arguments?;
    Some(if arguments.is_empty() { name } else { format!("{name}({})", arguments.join(", ")) })
}

/// `(key = value, …)`. Where macros run late, a text with an `@` is SQL.
fn mapping(literal: &Literal, runs_macros: bool) -> Option<String> {
    if !matches!(literal.value, Value::Map(_)) {
        return literal.to_sql();
    }
    let pair = |(key, value): &(String, Literal)| {
        let text = match value.text() {
            Some(text) if runs_macros && text.contains('@') => text.to_owned(),
            _ => converted(value, ['[', ']'])?,
        };
        Some(format!("{} = {text}", key_text(key)))
    };
    let pairs: Option<Vec<String>> = literal.entries().iter().map(pair).collect();
    Some(format!("({})", pairs?.join(", ")))
}

/// A key in quotes, unless it is one word.
fn key_text(key: &str) -> String {
    let is_word = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_');
    if is_word { key.to_owned() } else { quoted(key) }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What `exp.convert` makes of a value.
fn converted(literal: &Literal, brackets: [char; 2]) -> Option<String> {
    match &literal.value {
        Value::Text(_) | Value::Member { .. } => Some(quoted(literal.text()?)),
        Value::List(elements) => {
            let inner: Option<Vec<String>> = elements.iter().map(|element| converted(element, ['[', ']'])).collect();
            let [open, close] = brackets;
            Some(format!("{open}{}{close}", inner?.join(", ")))
        }
        _ => literal.to_sql(),
    }
}

/// A list of names, each in quotes.
fn texts(literal: &Literal) -> Option<String> {
    let Value::List(elements) = &literal.value else { return literal.to_sql() };
    let inner: Option<Vec<String>> = elements
        .iter()
        .map(|element| element.text().map_or_else(|| element.to_sql(), |text| Some(quoted(text))))
        .collect();
    Some(format!("({})", inner?.join(", ")))
}

/// `TimeColumn(column="ds", format="%Y")` or a mapping of the same fields.
fn time_column(literal: &Literal) -> Option<String> {
    let parts = match &literal.value {
        Value::Map(_) => [literal.get("column"), literal.given("format")],
        Value::Object(Object { class, arguments, .. }) if class == "TimeColumn" => {
            [literal.get("column").or(arguments.first()), literal.given("format").or(arguments.get(1))]
        }
        _ => return literal.to_sql(),
    };
    let column = parts[0]?.to_sql()?;
    match parts[1] {
        Some(format) => Some(format!("({column}, {})", quoted(format.text()?))),
        None => Some(column),
    }
}

/// The brackets of arrays as a call, where the dialect has them for names: SQLMesh reads the audits of the
/// configuration without a dialect.
pub(crate) fn arrays_as_calls(text: &str, dialect: Dialect) -> String {
    if !dialect.lexical().identifier_quotes.iter().any(|(open, _)| *open == '[') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for token in lex_code(text, Dialect::default().lexical()) {
        let call = match token.kind {
            TokenKind::Symbol('[') => "ARRAY(",
            TokenKind::Symbol(']') => ")",
            _ => continue,
        };
        out.push_str(text.get(copied..token.start).unwrap_or(""));
        out.push_str(call);
        copied = token.end;
    }
    out.push_str(text.get(copied..).unwrap_or(""));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Literal {
        Literal::new(Value::Text(text.to_owned()), 1)
    }

    fn list(items: Vec<Literal>) -> Literal {
        Literal::new(Value::List(items), 1)
    }

    fn map(entries: Vec<(&str, Literal)>) -> Literal {
        Literal::new(Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()), 1)
    }

    #[test]
    fn calls_are_written_as_calls() {
        let python = list(vec![text("a"), list(vec![text("b"), map(vec![("c", list(vec![text("x")]))])])]);
        assert_eq!(spelled("audits", &python, Origin::Python).as_deref(), Some("(a, b(c := ('x')))"));
        let yaml = list(vec![map(vec![("name", text("b")), ("columns", text("[x]"))])]);
        assert_eq!(spelled("audits", &yaml, Origin::External).as_deref(), Some("(b(columns := [x]))"));
    }

    #[test]
    fn texts_of_mappings_are_strings_and_texts_of_keys_are_not() {
        let value = map(vec![("a.b", text("it's")), ("c", text("@x"))]);
        let expected = Some("('a.b' = 'it''s', c = @x)");
        assert_eq!(spelled("physical_properties", &value, Origin::Python).as_deref(), expected);
        assert_eq!(
            spelled("grants", &map(vec![("r", list(vec![text("x")]))]), Origin::Python).as_deref(),
            Some("(r = ['x'])")
        );
        assert_eq!(spelled("unique_key", &list(vec![text("a")]), Origin::Python).as_deref(), Some("(a)"));
        assert_eq!(spelled("tags", &list(vec![text("a, b")]), Origin::Python).as_deref(), Some("('a, b')"));
    }

    #[test]
    fn a_time_column_has_a_format() {
        let given = map(vec![("column", text("ds")), ("format", text("%Y"))]);
        assert_eq!(spelled("time_column", &given, Origin::Python).as_deref(), Some("(ds, '%Y')"));
        assert_eq!(spelled("time_column", &text("ds"), Origin::Python).as_deref(), Some("ds"));
    }

    #[test]
    fn arrays_need_no_brackets() {
        let tsql = Dialect::parse("tsql").expect("a dialect");
        assert_eq!(arrays_as_calls("(f(a := [x], b := '[y]'))", tsql), "(f(a := ARRAY(x), b := '[y]'))");
        assert_eq!(arrays_as_calls("[x]", Dialect::default()), "[x]");
    }
}
