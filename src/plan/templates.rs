//! What SQLMesh finds in a template without rendering it (`extract_macro_references_and_variables`).
//!
//! In: a template's text. Out: the words in its tags, the variables that it asks for by names that are written out, its text
//! without comments.

/// The words between `{{ }}` and `{% %}`.
pub(super) fn words(template: &str) -> impl Iterator<Item = &str> {
    tags(template).flat_map(|tag| tag.split(|c: char| !c.is_alphanumeric() && c != '_'))
}

/// The lower-case names in `var('name')` and `blueprint_var('name')`, and `gateway`.
pub(super) fn variables(template: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in tags(template) {
        for (at, word) in named(tag) {
            let rest = tag.get(at + word.len()..).unwrap_or_default().trim_start();
            let Some(arguments) = rest.strip_prefix('(').map(str::trim_start) else { continue };
            match word {
                "gateway" => found.push(word.to_owned()),
                "var" | "blueprint_var" => found.extend(first_text(arguments)),
                _ => {}
            }
        }
    }
    found
}

/// The template without its comments.
pub(super) fn without_comments(template: &str) -> String {
    let mut parts = template.split("{#");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(part.split_once("#}").map_or("", |(_, behind)| behind));
    }
    kept
}

fn tags(template: &str) -> impl Iterator<Item = &str> {
    let opened = template.split("{{").flat_map(|part| part.split("{%")).skip(1);
    opened.filter_map(|part| part.split("}}").next()?.split("%}").next())
}

/// The words of a tag and where they begin.
fn named(tag: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut last = ' ';
    let starts = tag.char_indices().filter(move |(_, c)| {
        let starts = is_part(*c) && !is_part(last);
        last = *c;
        starts
    });
    starts.filter_map(move |(at, _)| {
        let rest = tag.get(at..)?;
        Some((at, rest.split(|c| !is_part(c)).next()?))
    })
}

/// A literal text in front.
fn first_text(arguments: &str) -> Option<String> {
    let quote = arguments.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let (text, _) = arguments.get(1..)?.split_once(quote)?;
    Some(text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_those_whose_names_are_written_out() {
        let template = "{{ var('Rate') * other.var ( \"deep\", 1) }} var('no') {% if gateway() == 'x' %}{{ var(name) }}{% endif %}{{ variance('z') }}";
        assert_eq!(variables(template), ["rate", "deep", "gateway"]);
    }

    #[test]
    fn comments_go() {
        assert_eq!(without_comments("a {# b #} c {#"), "a  c ");
    }
}
