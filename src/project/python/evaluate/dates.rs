//! Dates that are written out, and their texts: `date(2022, 6, 1).strftime("%Y-%m-%d")`.

use crate::project::literal::{Literal, Object, Value};

/// `date(...)`
pub(super) fn is_date(object: &Object) -> bool {
    object.class == "date"
}

/// `date(...)` or `datetime(...)`
pub(super) fn is_moment(object: &Object) -> bool {
    is_date(object) || object.class == "datetime"
}

/// The text of a date in a format; `None` for what isn't a date, or a format that isn't known to be written alike everywhere.
pub(super) fn written(object: &Object, format: &str) -> Option<String> {
    const LEAST: [i64; 6] = [1, 1, 1, 0, 0, 0];
    const MOST: [i64; 6] = [9999, 12, 31, 23, 59, 59];
    let given: Vec<i64> = object.arguments.iter().map(whole).collect::<Option<_>>()?;
    let is_plain = object.fields.is_empty() && (3..=6).contains(&given.len());
    let within = given.iter().zip(LEAST.iter().zip(&MOST)).all(|(part, (least, most))| (least..=most).contains(&part));
    if !is_plain || !within {
        return None;
    }
    let part = |at: usize| given.get(at).copied().unwrap_or(0);
    let mut text = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        match letters.next()? {
            // Years of less than four digits are written otherwise on some systems.
            'Y' if part(0) >= 1000 => text.push_str(&part(0).to_string()),
            'm' => text.push_str(&format!("{:02}", part(1))),
            'd' => text.push_str(&format!("{:02}", part(2))),
            'H' => text.push_str(&format!("{:02}", part(3))),
            'M' => text.push_str(&format!("{:02}", part(4))),
            'S' => text.push_str(&format!("{:02}", part(5))),
            '%' => text.push('%'),
            _ => return None,
        }
    }
    Some(text)
}

fn whole(literal: &Literal) -> Option<i64> {
    match &literal.value {
        Value::Number(number) => number.as_i64(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_python_writes_them() {
        let date = |parts: &[i64]| Object {
            class: "date".to_owned(),
            arguments: parts.iter().map(|part| Literal::new(Value::Number((*part).into()), 1)).collect(),
            fields: vec![],
        };
        assert_eq!(written(&date(&[2022, 6, 1]), "%Y-%m-%d %H:%M:%S%%").as_deref(), Some("2022-06-01 00:00:00%"));
        assert_eq!(written(&date(&[2022, 6, 1, 5]), "%H"), Some("05".to_owned()));
        for (parts, format) in
            [(&[2022, 6][..], "%Y"), (&[2022, 13, 1], "%Y"), (&[2022, 6, 1], "%B"), (&[22, 6, 1], "%Y")]
        {
            assert_eq!(written(&date(parts), format), None, "{format}");
        }
    }
}
