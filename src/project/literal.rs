//! Values as configuration, YAML and Python decorators write them, each with the line it stands at.
//!
//! In: what `config/yaml.rs` and `python/evaluate.rs` could read. Out: [`Literal`] trees that the readers of
//! settings, external models and Python models walk. A part that can't be known is [`Value::Unknown`], never a guess.

use serde_json::Number;

/// Stands inside a text for a part that could not be evaluated.
pub const UNKNOWN_PART: char = '\u{fffd}';

/// A value and its line (from 1; 0 if not known).
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    pub value: Value,
    pub line: u32,
}

/// What stands there.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(Number),
    /// A text; [`UNKNOWN_PART`] stands for parts that could not be evaluated.
    Text(String),
    List(Vec<Literal>),
    Map(Vec<(String, Literal)>),
    /// A call of a class: `DuckDBConnectionConfig(database="x")`.
    Object(Object),
    /// A member of a class, as of an enumeration: `ModelKindName.FULL`.
    Member {
        class: String,
        name: String,
    },
    /// Something that only running code would tell.
    Unknown,
}

/// A call of a class with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    pub class: String,
    pub arguments: Vec<Literal>,
    pub fields: Vec<(String, Literal)>,
}

impl Literal {
    pub fn new(value: Value, line: u32) -> Self {
        Literal { value, line }
    }

    /// The entry of a map or the keyword argument of an object; the last one if it stands twice.
    pub fn get(&self, key: &str) -> Option<&Literal> {
        self.entries().iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The entry, unless it is null.
    pub fn given(&self, key: &str) -> Option<&Literal> {
        self.get(key).filter(|literal| literal.value != Value::Null)
    }

    /// All entries of a map or keyword arguments of an object, in order; empty for anything else.
    pub fn entries(&self) -> &[(String, Literal)] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Object(object) => &object.fields,
            _ => &[],
        }
    }

    /// The elements of a list; empty for anything else.
    pub fn elements(&self) -> &[Literal] {
        match &self.value {
            Value::List(elements) => elements,
            _ => &[],
        }
    }

    /// A text, or the name of an enumeration's member, if all of it is known.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) if !text.contains(UNKNOWN_PART) => Some(text),
            Value::Member { name, .. } => Some(name),
            _ => None,
        }
    }

    /// `true` and `false`, also as texts, as pydantic reads them.
    pub fn boolean(&self) -> Option<bool> {
        match &self.value {
            Value::Bool(value) => Some(*value),
            Value::Number(number) => number.as_i64().map(|n| n != 0),
            Value::Text(text) => parse_boolean(text),
            _ => None,
        }
    }

    /// Is a part of it not known?
    pub fn has_unknown(&self) -> bool {
        match &self.value {
            Value::Unknown => true,
            Value::Text(text) => text.contains(UNKNOWN_PART),
            Value::List(elements) => elements.iter().any(Literal::has_unknown),
            Value::Map(entries) => entries.iter().any(|(_, value)| value.has_unknown()),
            Value::Object(object) => {
                object.arguments.iter().any(Literal::has_unknown)
                    || object.fields.iter().any(|(_, value)| value.has_unknown())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Member { .. } => false,
        }
    }

    /// As JSON; unknown parts become null.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null | Value::Unknown => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(number) => Json::Number(number.clone()),
            Value::Text(_) | Value::Member { .. } => {
                self.text().map_or(Json::Null, |text| Json::String(text.to_owned()))
            }
            Value::List(elements) => Json::Array(elements.iter().map(Literal::to_json).collect()),
            Value::Map(_) | Value::Object(_) => {
                Json::Object(self.entries().iter().map(|(key, value)| (key.clone(), value.to_json())).collect())
            }
        }
    }

    /// What JSON says, without lines.
    pub fn from_json(value: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        let value = match value {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => Value::Number(number.clone()),
            Json::String(text) => Value::Text(text.clone()),
            Json::Array(items) => Value::List(items.iter().map(Literal::from_json).collect()),
            Json::Object(entries) => {
                Value::Map(entries.iter().map(|(key, value)| (key.clone(), Literal::from_json(value))).collect())
            }
        };
        Literal::new(value, 0)
    }

    /// As it would stand in a `MODEL` header. `None` if a part is not known.
    pub fn to_sql(&self) -> Option<String> {
        Some(match &self.value {
            Value::Null => "NULL".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Text(_) | Value::Member { .. } => self.text()?.to_owned(),
            Value::List(elements) => {
                let inner: Option<Vec<String>> = elements.iter().map(Literal::to_sql).collect();
                format!("({})", inner?.join(", "))
            }
            Value::Map(entries) => format!("({})", entries_to_sql(entries)?),
            Value::Object(object) => object_to_sql(object)?,
            Value::Unknown => return None,
        })
    }
}

fn entries_to_sql(entries: &[(String, Literal)]) -> Option<String> {
    let inner: Option<Vec<String>> =
        entries.iter().map(|(key, value)| Some(format!("{key} = {}", value.to_sql()?))).collect();
    Some(inner?.join(", "))
}

fn object_to_sql(object: &Object) -> Option<String> {
    let arguments: Option<Vec<String>> = object.arguments.iter().map(Literal::to_sql).collect();
    let mut inner = arguments?;
    if !object.fields.is_empty() {
        inner.push(entries_to_sql(&object.fields)?);
    }
    // `exp.to_column("x")` and `exp.column("x")` are how decorators spell a column.
    match (object.class.as_str(), inner.as_slice()) {
        ("to_column" | "column" | "to_identifier", [name]) => Some(name.clone()),
        _ => Some(format!("{}({})", object.class, inner.join(", "))),
    }
}

fn parse_boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Literal {
        Literal::new(Value::Text(text.to_owned()), 1)
    }

    #[test]
    fn lists_and_maps_are_written_as_in_a_header() {
        let list = Literal::new(Value::List(vec![text("a"), text("b")]), 1);
        assert_eq!(list.to_sql().as_deref(), Some("(a, b)"));
        let map = Literal::new(Value::Map(vec![("k".to_owned(), list)]), 1);
        assert_eq!(map.to_sql().as_deref(), Some("(k = (a, b))"));
    }

    #[test]
    fn a_text_with_an_unknown_part_is_not_a_text() {
        assert_eq!(text("a\u{fffd}").text(), None);
        assert_eq!(text("a\u{fffd}").to_sql(), None);
        assert!(text("a\u{fffd}").has_unknown());
    }
}
