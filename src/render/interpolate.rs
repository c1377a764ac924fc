//! `@name` and `@{name}` inside strings and names: Python's `string.Template` with `@` as its delimiter.
//!
//! In: text and a lookup. Out: the text with known names replaced; unknown ones stay as they are.

/// Replaces `@name` and `@{name}` by what `lookup` knows for the name as written; `@@` is one `@`.
pub(super) fn substitute(text: &str, mut lookup: impl FnMut(&str) -> Option<String>) -> String {
    let mut output = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, from) = rest.split_at(at);
        output.push_str(before);
        let reference = reference(from);
        let (written, after) = from.split_at(reference.length);
        match reference.name {
            _ if written == "@@" => output.push('@'),
            Some(name) => output.push_str(lookup(name).as_deref().unwrap_or(written)),
            None => output.push_str(written),
        }
        rest = after;
    }
    output.push_str(rest);
    output
}

/// What stands at an `@`.
struct Reference<'t> {
    name: Option<&'t str>,
    length: usize,
}

/// Reads the reference that `text`, which begins with `@`, begins with.
fn reference(text: &str) -> Reference<'_> {
    let rest = text.get(1..).unwrap_or("");
    if rest.starts_with('@') {
        return Reference { name: None, length: 2 };
    }
    let braced = rest.strip_prefix('{');
    let name = name_prefix(braced.unwrap_or(rest));
    let is_closed = braced.is_none_or(|braced| braced.get(name.len()..).is_some_and(|rest| rest.starts_with('}')));
    if name.is_empty() || !is_closed {
        return Reference { name: None, length: 1 };
    }
    let braces = if braced.is_some() { 2 } else { 0 };
    Reference { name: Some(name), length: 1 + name.len() + braces }
}

fn name_prefix(text: &str) -> &str {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return "";
    }
    let end = text.find(|c: char| !is_part(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from `SELECT @'…'` rendered by SQLMesh with the variable `c` set to `v`.
    #[test]
    fn known_names_are_replaced_and_the_rest_stays() {
        let check = |text: &str, expected: &str| {
            let value = substitute(text, |name| (name.eq_ignore_ascii_case("c")).then(|| "v".to_owned()));
            assert_eq!(value, expected);
        };
        check("@c b @{c}c @C", "v b vc v");
        check("@@{c}", "@{c}");
        check("a@b.com", "a@b.com");
        check("100@", "100@");
        check("@ c @{c @c_x", "@ c @{c @c_x");
        check("é@cé", "évé");
    }
}
