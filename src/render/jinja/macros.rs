//! Jinja macros from files: found without rendering the files, and put before a template that uses them.
//!
//! In: the template and the files' texts. Out: the definitions that the template needs, each behind those that it uses
//! itself. As in SQLMesh, what a file holds besides macros doesn't count, and macros are called by their bare names.

use std::collections::{BTreeMap, BTreeSet};

/// The definitions of all macros that `template` may call.
pub(super) fn prelude(template: &str, files: &[(&str, &str)]) -> String {
    let definitions = definitions(files);
    let mut prelude = String::new();
    let mut placed = BTreeSet::new();
    let mut pending: Vec<Visit<'_>> = called(template, &definitions).map(Visit::Enter).collect();
    let mut entered = BTreeSet::new();
    while let Some(visit) = pending.pop() {
        match visit {
            Visit::Enter(name) if entered.insert(name) => {
                let definition = definitions.get(name).copied().unwrap_or("");
                pending.push(Visit::Leave(name));
                pending.extend(called(definition, &definitions).map(Visit::Enter));
            }
            Visit::Enter(_) => {}
            Visit::Leave(name) => {
                if placed.insert(name) {
                    prelude.push_str(definitions.get(name).copied().unwrap_or(""));
                }
            }
        }
    }
    prelude
}

/// A step of the walk that puts definitions behind those that they use.
enum Visit<'t> {
    Enter(&'t str),
    Leave(&'t str),
}

/// All macros by name; the last one wins.
fn definitions<'t>(files: &[(&str, &'t str)]) -> BTreeMap<&'t str, &'t str> {
    let mut found = BTreeMap::new();
    for (_, text) in files {
        let mut rest = *text;
        while let Some((name, definition, after)) = next_definition(rest) {
            found.insert(name, definition);
            rest = after;
        }
    }
    found
}

/// The next `{% macro name(…) %} … {% endmacro %}`, and the text behind it.
fn next_definition(text: &str) -> Option<(&str, &str, &str)> {
    let (start, name) = find_tag(text, "macro")?;
    let after_name = text.get(start..)?.find(name).map(|at| start + at + name.len())?;
    let rest = text.get(after_name..)?;
    let (end, _) = find_tag(rest, "endmacro")?;
    let close = rest.get(end..)?.find("%}")? + 2;
    let end = after_name + end + close;
    Some((name, text.get(start..end)?, text.get(end..)?))
}

/// Where the next `{% keyword …` begins, and the word behind the keyword.
fn find_tag<'t>(text: &'t str, keyword: &str) -> Option<(usize, &'t str)> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find("{%") {
        let start = from + at;
        let inside = text.get(start + 2..)?.trim_start_matches(['-', '+']).trim_start();
        if let Some(rest) = inside.strip_prefix(keyword).filter(|rest| !rest.starts_with(is_name_part)) {
            let rest = rest.trim_start();
            let length = rest.find(|c: char| !is_name_part(c)).unwrap_or(rest.len());
            return Some((start, rest.get(..length)?));
        }
        from = start + 2;
    }
    None
}

/// The macros whose names stand in `text`.
fn called<'d>(text: &str, definitions: &BTreeMap<&'d str, &'d str>) -> impl Iterator<Item = &'d str> {
    let words = text.split(|c: char| !is_name_part(c));
    let names: BTreeSet<&'d str> =
        words.filter_map(|word| definitions.get_key_value(word)).map(|(name, _)| *name).collect();
    names.into_iter()
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn used_macros_stand_behind_what_they_use() {
        let files = [
            ("a.sql", "-- note\n{% macro a(x) %}{{ b(x) }}{% endmacro %} {% macro unused() %}{{ a }}{% endmacro %}"),
            ("b.sql", "{%- macro b(x) -%}b{%- endmacro -%}"),
        ];
        assert_eq!(
            prelude("SELECT {{ a(1) }}", &files),
            "{%- macro b(x) -%}b{%- endmacro -%}{% macro a(x) %}{{ b(x) }}{% endmacro %}"
        );
        assert_eq!(prelude("SELECT 1", &files), "");
    }

    #[test]
    fn a_definition_without_an_end_is_passed_over() {
        assert_eq!(prelude("{{ a() }}", &[("a.sql", "{% macro a() %} b"), ("b.sql", "{% macro")]), "");
    }
}
