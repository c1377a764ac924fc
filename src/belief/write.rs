//! Types as a dialect writes them.

use super::data_type::{DataType, Field, Part, USER_DEFINED};
use super::tables::Tables;

/// How deep types may nest; they were read with a bound or made of as many parts as an expression has.
const DEPTH: usize = 100;

/// The text of a type.
pub(super) fn written(data_type: &DataType, tables: &Tables) -> String {
    nullable(data_type, tables, false, DEPTH)
}

/// With ClickHouse's mark, which a map's key never has.
fn nullable(data_type: &DataType, tables: &Tables, is_key: bool, depth: usize) -> String {
    let text = plain(data_type, tables, depth);
    let by_itself = tables.nullable.contains(data_type.kind) && !is_key;
    if tables.is_clickhouse && data_type.nullable.unwrap_or(by_itself) { format!("Nullable({text})") } else { text }
}

fn plain(data_type: &DataType, tables: &Tables, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else { return data_type.kind.to_owned() };
    let inner = |at: usize| match data_type.parts().get(at) {
        Some(Part::Type(inner)) => nullable(inner, tables, data_type.kind == "MAP" && at == 0, depth),
        Some(Part::Field(..) | Part::Value(_)) | None => String::new(),
    };
    let shape = |name: &str| tables.nested.get(name).copied().unwrap_or_default();
    match (data_type.kind, data_type.parts()) {
        (USER_DEFINED, [Part::Value(text)]) => text.to_string(),
        ("ARRAY", [Part::Type(_)]) => shape("array").replace("q0", &inner(0)),
        ("LIST", [Part::Type(_)]) => shape("list").replace("q0", &inner(0)),
        ("MAP", [Part::Type(_), Part::Type(_)]) => {
            // The keys' text may contain anything.
            let (before, after) = shape("map").split_once("q1").unwrap_or(("q0, ", ""));
            format!("{}{}{after}", before.replace("q0", &inner(0)), inner(1))
        }
        ("STRUCT", members @ [_, ..]) => structure(members, tables, shape("struct"), depth),
        (kind, parts) => with_values(kind, parts, tables, depth),
    }
}

/// A struct in the shape of `STRUCT<a q0, b q1>`.
fn structure(members: &[Part], tables: &Tables, shape: &str, depth: usize) -> String {
    let (before, rest) = shape.split_once("a").unwrap_or(("STRUCT<", " q0>"));
    let colon = rest.split_once("q0").map_or(" ", |(colon, _)| colon);
    let after = shape.rsplit_once("q1").map_or(">", |(_, after)| after);
    let one = |member: &Part| match member {
        Part::Field(name, inner) => {
            format!("{}{colon}{}", field_name(name, tables), nullable(inner, tables, false, depth))
        }
        Part::Type(inner) => nullable(inner, tables, false, depth),
        Part::Value(text) => text.to_string(),
    };
    format!("{before}{}{after}", members.iter().map(one).collect::<Vec<_>>().join(", "))
}

/// A name is quoted where it was, or must be.
fn field_name(field: &Field, tables: &Tables) -> String {
    let name = &*field.name;
    let is_plain = !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    match is_plain && !field.quoted && !tables.reserved.contains(&*name.to_lowercase()) {
        true => name.to_owned(),
        false => format!("{0}{name}{1}", tables.quotes.0, tables.quotes.1),
    }
}

fn with_values(kind: &str, parts: &[Part], tables: &Tables, depth: usize) -> String {
    let values: Vec<String> = parts
        .iter()
        .map(|part| match part {
            Part::Value(text) => text.to_string(),
            Part::Type(inner) => nullable(inner, tables, false, depth),
            Part::Field(field, inner) => {
                format!("{} {}", field_name(field, tables), nullable(inner, tables, false, depth))
            }
        })
        .collect();
    let Some([bare, one, two]) = tables.written.get(kind) else { return kind.to_owned() };
    match values.as_slice() {
        [] => (*bare).to_owned(),
        [value] => one.replace("{0}", value),
        [first, second] => {
            let (before, after) = two.split_once("{1}").unwrap_or((two, ""));
            format!("{}{second}{after}", before.replace("{0}", first)).replace("{0}", first)
        }
        more => one.replace("{0}", &more.join(", ")),
    }
}
