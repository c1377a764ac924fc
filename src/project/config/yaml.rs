//! YAML with SQLMesh's Jinja, into [`Literal`]s that know their lines.
//!
//! In: the text of a `config.yaml` or of a file of external models. Out: a tree, or the line and reason why not.
//! The environment is the one passed in; messages never repeat text of the file.

use std::collections::BTreeMap;
use std::fmt;

use minijinja::{Environment, UndefinedBehavior};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_saphyr::Spanned;

use crate::project::literal::{Literal, Value};
use crate::render::python_method;

/// How much a template may do: far above any configuration, far below a second.
const FUEL: u64 = 200_000;

/// Why a text could not be read, and at which line (0 if not known).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    pub line: u32,
    pub message: &'static str,
}

/// Renders the Jinja of a configuration: `env_var(name, default)` and `var(name, default)`.
pub fn render(text: &str, env: &BTreeMap<String, String>) -> Result<String, YamlError> {
    if !text.contains("{{") && !text.contains("{%") && !text.contains("{#") {
        return Ok(text.to_owned());
    }
    let mut jinja = Environment::new();
    jinja.set_fuel(Some(FUEL));
    jinja.set_undefined_behavior(UndefinedBehavior::Lenient);
    jinja.set_unknown_method_callback(python_method);
    let env = env.clone();
    jinja.add_function("env_var", move |name: String, default: Option<minijinja::Value>| {
        let set = env.get(&name).map(|value| minijinja::Value::from(value.as_str()));
        // Jinja prints Python's None where a variable isn't set and has no default.
        set.or(default).unwrap_or_else(|| minijinja::Value::from("None"))
    });
    jinja.add_function("var", |_: String, default: Option<minijinja::Value>| {
        default.unwrap_or_else(|| minijinja::Value::from("None"))
    });
    jinja.render_str(text, ()).map_err(|error| YamlError {
        line: error.line().and_then(|line| u32::try_from(line).ok()).unwrap_or(0),
        message: "the Jinja template could not be rendered",
    })
}

/// Parses YAML. An empty text is null.
pub fn parse(text: &str) -> Result<Literal, YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_empty =
        text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#') || line.trim() == "---");
    if is_empty {
        return Ok(Literal::new(Value::Null, 0));
    }
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    match serde_saphyr::from_str_with_options::<Spanned<Node>>(text, options) {
        Ok(node) => Ok(literal(node)),
        Err(error) => Err(YamlError {
            line: error.location().map_or(0, |location| location.line() as u32),
            message: "the file is not valid YAML",
        }),
    }
}

/// A YAML node whose children know where they stand.
enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Spanned<Node>>),
    Map(Vec<(String, Spanned<Node>)>),
}

fn literal(node: Spanned<Node>) -> Literal {
    let line = node.referenced.line() as u32;
    let value = match node.value {
        Node::Null => Value::Null,
        Node::Bool(value) => Value::Bool(value),
        Node::Number(number) => Value::Number(number),
        Node::Text(text) => Value::Text(text),
        Node::List(items) => Value::List(items.into_iter().map(literal).collect()),
        Node::Map(entries) => Value::Map(entries.into_iter().map(|(key, value)| (key, literal(value))).collect()),
    };
    Literal::new(value, line)
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Number::from_f64(value).map_or_else(|| Node::Text(value.to_string()), Node::Number))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = map.next_entry()? {
            entries.push((key, value));
        }
        Ok(Node::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_lines() {
        let tree = parse("a: 1\nb:\n  - yes\n  - c: true\n").expect("valid YAML");
        let list = tree.get("b").expect("an entry");
        assert_eq!(list.elements()[0].text(), Some("yes"));
        assert_eq!(list.elements()[1].get("c").map(|c| (c.boolean(), c.line)), Some((Some(true), 4)));
    }

    #[test]
    fn environment_variables_come_from_the_map_given() {
        let env = BTreeMap::from([("HOST".to_owned(), "db".to_owned())]);
        let text = "a: {{ env_var('HOST') }}\nb: {{ env_var('PORT', '5432') }}\n";
        assert_eq!(render(text, &env).as_deref(), Ok("a: db\nb: 5432"));
        let text = "a: {% if env_var('SAFE', 'Yes').lower() in ('true', 'yes') %}true{% else %}false{% endif %}";
        assert_eq!(render(text, &env).as_deref(), Ok("a: true"));
    }

    #[test]
    fn errors_name_the_line_and_nothing_of_the_text() {
        let error = render("a: 1\nb: {{ secret('hunter2') }}\n", &BTreeMap::new()).expect_err("no such function");
        assert_eq!(error.line, 2);
        let error = parse("a: 1\nb: [hunter2\n").expect_err("an open list");
        assert!(!error.message.contains("hunter2"));
    }

    #[test]
    fn an_endless_template_runs_out_of_fuel() {
        let text = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        assert!(render(text, &BTreeMap::new()).is_err());
    }

    #[test]
    fn comments_alone_are_null() {
        assert_eq!(parse("# nothing\n\n").map(|tree| tree.value), Ok(Value::Null));
    }
}
