//! Two expressions side by side, with what differs marked.
//!
//! In: the old and the new text of an expression. Out: both as one line each, cut into [`Segment`]s. Time is bounded:
//! long texts lose their middle first.

use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};
use unicode_width::UnicodeWidthStr;

use super::escape::{ELLIPSIS, fit, one_line, visible};

/// A stretch of one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub text: String,
    /// The other side doesn't have it.
    pub changed: bool,
}

/// How much of an unchanged stretch stays beside a changed one, in columns.
const CONTEXT: usize = 16;

/// Both sides as one line each, safe to print. A line break counts as a space unless nothing else differs.
pub fn lines(before: Option<&str>, after: Option<&str>) -> (Option<String>, Option<String>) {
    let flat = |text: &str| visible(&one_line(text));
    let (old, new) = (before.map(flat), after.map(flat));
    if old == new && before != after {
        return (before.map(visible), after.map(visible));
    }
    (old, new)
}

/// Both sides cut where they differ. Sides that share nothing are not marked at all: all of it differs.
pub fn segments(before: &str, after: &str) -> (Vec<Segment>, Vec<Segment>) {
    let (old, new) = (tokens(before), tokens(after));
    let mut sides = (Vec::new(), Vec::new());
    let mut shared = false;
    for (changed, old_range, new_range) in stretches(&old, &new) {
        let (old_text, new_text) = (text_of(&old, old_range), text_of(&new, new_range));
        shared |= !changed && !old_text.trim().is_empty();
        push(&mut sides.0, old_text, changed);
        push(&mut sides.1, new_text, changed);
    }
    if !shared {
        return (whole(before), whole(after));
    }
    sides
}

/// Above this number of pairs of tokens only the common start and end are looked for: the exact comparison takes time
/// in proportion to it.
const MAX_PAIRS: usize = 250_000;

/// Which tokens of both sides belong together, and whether they differ.
fn stretches(old: &[&str], new: &[&str]) -> Vec<(bool, Range<usize>, Range<usize>)> {
    if old.len().saturating_mul(new.len()) <= MAX_PAIRS {
        let ops = capture_diff_slices(Algorithm::Myers, old, new);
        return ops.iter().map(|op| (op.tag() != DiffTag::Equal, op.old_range(), op.new_range())).collect();
    }
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - start;
    let ends = old.iter().rev().zip(new.iter().rev()).take(rest);
    let end = ends.take_while(|(a, b)| a == b).count();
    let (old_end, new_end) = (old.len() - end, new.len() - end);
    vec![
        (false, 0..start, 0..start),
        (true, start..old_end, start..new_end),
        (false, old_end..old.len(), new_end..new.len()),
    ]
}

fn whole(text: &str) -> Vec<Segment> {
    vec![Segment { text: text.to_owned(), changed: false }]
}

fn text_of(tokens: &[&str], range: Range<usize>) -> String {
    tokens.get(range).unwrap_or_default().concat()
}

fn push(segments: &mut Vec<Segment>, text: String, changed: bool) {
    if text.is_empty() {
        return;
    }
    match segments.last_mut() {
        Some(last) if last.changed == changed => last.text += &text,
        _ => segments.push(Segment { text, changed }),
    }
}

/// Words, spaces and single punctuation characters.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (at, c) in text.char_indices() {
        let kind = TokenKind::of(c);
        if at > start && (last != Some(kind) || kind == TokenKind::Punctuation) {
            tokens.push(&text[start..at]);
            start = at;
        }
        last = Some(kind);
    }
    if start < text.len() {
        tokens.push(&text[start..]);
    }
    tokens
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TokenKind {
    Word,
    Space,
    Punctuation,
}

impl TokenKind {
    fn of(c: char) -> Self {
        match c {
            ' ' => TokenKind::Space,
            '_' => TokenKind::Word,
            c if c.is_alphanumeric() => TokenKind::Word,
            _ => TokenKind::Punctuation,
        }
    }
}

/// Shortens a side to about `width` columns: unchanged stretches first, then the middle of changed ones.
pub fn elide(segments: Vec<Segment>, width: usize) -> Vec<Segment> {
    if columns(&segments) <= width {
        return segments;
    }
    let last = segments.len().saturating_sub(1);
    let unmarked = last == 0;
    let short: Vec<Segment> = segments
        .into_iter()
        .enumerate()
        .map(|(at, segment)| match segment.changed || unmarked {
            true => segment,
            false => Segment { text: context(&segment.text, at > 0, at < last), changed: false },
        })
        .collect();
    fit_changed(short, width)
}

fn columns(segments: &[Segment]) -> usize {
    segments.iter().map(|segment| segment.text.width()).sum()
}

/// The ends of an unchanged stretch that touch a changed one.
fn context(text: &str, keep_start: bool, keep_end: bool) -> String {
    let kept = usize::from(keep_start) * CONTEXT + usize::from(keep_end) * CONTEXT;
    if text.chars().count() <= kept + 1 {
        return text.to_owned();
    }
    let mut short = String::new();
    if keep_start {
        short.extend(text.chars().take(CONTEXT));
    }
    short.push(ELLIPSIS);
    if keep_end {
        let tail: Vec<char> = text.chars().rev().take(CONTEXT).collect();
        short.extend(tail.into_iter().rev());
    }
    short
}

/// Gives every segment its share of a line that is still too long.
fn fit_changed(segments: Vec<Segment>, width: usize) -> Vec<Segment> {
    let total = columns(&segments);
    if total <= width {
        return segments;
    }
    let mut room = width;
    let mut fitted = Vec::new();
    let count = segments.len();
    for (at, segment) in segments.into_iter().enumerate() {
        // What follows gets an equal share; what an earlier one left over is used.
        let share = (room / (count - at)).max(CONTEXT.min(room));
        if share < 2 {
            fitted.push(Segment { text: ELLIPSIS.to_string(), changed: false });
            break;
        }
        let text = fit(&segment.text, share);
        room = room.saturating_sub(text.width());
        fitted.push(Segment { text, changed: segment.changed });
    }
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(segments: &[Segment]) -> String {
        let mark = |segment: &Segment| match segment.changed {
            true => format!("[{}]", segment.text),
            false => segment.text.clone(),
        };
        segments.iter().map(mark).collect()
    }

    #[test]
    fn only_the_changed_words_are_marked() {
        let (old, new) = segments("SUM(amount) * 1.0", "SUM(net_amount) * 1.0");
        assert_eq!(marked(&old), "SUM([amount]) * 1.0");
        assert_eq!(marked(&new), "SUM([net_amount]) * 1.0");
    }

    #[test]
    fn of_very_long_sides_the_common_start_and_end_are_found() {
        let text = "a, ".repeat(600);
        let (old, new) = segments(&format!("{text}x, {text}"), &format!("{text}y, z, {text}"));
        let differing =
            |side: &[Segment]| side.iter().filter(|segment| segment.changed).map(|s| s.text.clone()).collect();
        let (old, new): (Vec<String>, Vec<String>) = (differing(&old), differing(&new));
        assert_eq!((old, new), (vec!["x".to_owned()], vec!["y, z".to_owned()]));
    }

    #[test]
    fn sides_without_anything_in_common_are_not_marked() {
        let (old, new) = segments("amount", "COALESCE(x, 0)");
        assert_eq!((marked(&old), marked(&new)), ("amount".into(), "COALESCE(x, 0)".into()));
    }

    #[test]
    fn a_long_unchanged_stretch_loses_what_is_far_from_the_change() {
        let text = format!("{} + tax + {}", "a + ".repeat(40), "b + ".repeat(40));
        let (old, _) = segments(&text, &text.replace("tax", "vat"));
        let short = elide(old, 60);
        assert!(columns(&short) <= 60, "{short:?}");
        assert!(marked(&short).contains("+ [tax] +"), "{short:?}");
    }

    #[test]
    fn a_long_change_is_shortened_too() {
        let (_, new) = segments("a + b", &format!("a + {}", "word ".repeat(300)));
        assert!(columns(&elide(new, 40)) <= 41);
    }

    #[test]
    fn line_breaks_are_shown_where_nothing_else_differs() {
        let (old, new) = lines(Some("a\nb"), Some("a b"));
        assert_eq!((old.as_deref(), new.as_deref()), (Some("a\\nb"), Some("a b")));
        let (old, new) = lines(Some("a\n  + b"), Some("a - b"));
        assert_eq!((old.as_deref(), new.as_deref()), (Some("a + b"), Some("a - b")));
    }
}
