//! The one place where text of the analysed project is made harmless.
//!
//! In: any string. Out: a string that can be put into a terminal ([`visible`]), Markdown ([`prose`], [`code`],
//! [`link`], [`diff_block`]) or JSON ([`json`]) without being anything but text there: no escape sequences, no
//! reordering, no markup, no mentions, no links, no endless lines.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The longest text printed in one piece, in characters; longer ones lose their middle.
pub const MAX_CHARS: usize = 2_000;

/// The longest name or path.
const MAX_NAME_CHARS: usize = 300;

/// Marks left out text.
pub const ELLIPSIS: char = '…';

/// Combining marks above this number in a row would paint over neighbouring lines.
const MAX_COMBINING: usize = 3;

/// `text` with everything spelled out that a terminal would obey or not show: control and bidi characters, invisible
/// ones, spaces that aren't the space. Applying it twice changes nothing more.
pub fn visible(text: &str) -> String {
    spelled_out(&shorten(text, MAX_CHARS))
}

fn spelled_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut combining = 0;
    for c in text.chars() {
        combining = if c.width() == Some(0) { combining + 1 } else { 0 };
        if is_hidden(c) || combining > MAX_COMBINING {
            push_escaped(&mut out, c);
        } else {
            out.push(c);
        }
    }
    out
}

/// Text of several lines for a terminal: as [`visible`], but line ends and tabs stay.
pub fn visible_lines(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let cells = line.trim_end_matches('\r').split('\t').map(spelled_out);
        cells.collect::<Vec<_>>().join("\t")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// One line from several: a line break with the indentation around it becomes one space.
pub fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text.trim().split('\n').map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(" ")
}

/// `text` with its middle left out where it has more than `max` characters.
pub fn shorten(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max || text.chars().nth(max).is_none() {
        return Cow::Borrowed(text);
    }
    let tail_chars = max / 3;
    let head: String = text.chars().take(max.saturating_sub(tail_chars + 1)).collect();
    let mut tail: Vec<char> = text.chars().rev().take(tail_chars).collect();
    tail.reverse();
    Cow::Owned(head.chars().chain([ELLIPSIS]).chain(tail).collect())
}

/// A name or path, its middle left out where it is longer than any that somebody would choose.
pub fn name(text: &str) -> Cow<'_, str> {
    shorten(text, MAX_NAME_CHARS)
}

/// Visible `text` that takes at most `max` columns, its middle left out where it is wider.
pub fn fit(text: &str, max: usize) -> String {
    let text = visible(text);
    if text.width() <= max {
        return text;
    }
    let room = max.saturating_sub(1);
    let head = take_columns(text.chars(), room - room / 2);
    let mut tail = take_columns(text.chars().rev(), room / 2);
    tail.reverse();
    head.into_iter().chain([ELLIPSIS]).chain(tail).collect()
}

/// As many characters as fit into `columns`.
fn take_columns(chars: impl Iterator<Item = char>, columns: usize) -> Vec<char> {
    let mut used = 0;
    chars
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= columns
        })
        .collect()
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        other => {
            // Writing to a string can't fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(other));
        }
    }
}

/// Characters that a reader would not see, or that change how their neighbours are shown.
fn is_hidden(c: char) -> bool {
    c.is_control() || (c.is_whitespace() && c != ' ' && c != '\u{3000}') || is_format(c)
}

/// Unicode's format characters, variation selectors, tags and blank letters.
fn is_format(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// JSON text in which hidden characters are spelled `\uXXXX`. They can only stand inside strings, so the value
/// stays the same.
pub fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' || c == ' ' || !is_hidden(c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

/// A sentence for Markdown. What stands between single backticks becomes a code span, the rest plain text: no HTML,
/// no emphasis, no mentions, no issue references, no links.
pub fn prose(text: &str) -> String {
    let text = visible(&one_line(text));
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('`').peekable();
    let mut in_code = false;
    while let Some(part) = parts.next() {
        let closed = parts.peek().is_some();
        match (in_code, closed) {
            (true, true) if !part.is_empty() => out.push_str(&code(part)),
            (true, _) => {
                out.push_str("&#96;");
                push_plain(&mut out, part);
                if closed {
                    out.push_str("&#96;");
                }
            }
            (false, _) => push_plain(&mut out, part),
        }
        in_code = !in_code;
    }
    out
}

/// Plain text: characters that Markdown or GitHub would act upon become entities, which are never structure.
/// A zero-width space after `@`, `#` and the rest keeps GitHub from finding a reference in the finished text.
fn push_plain(out: &mut String, text: &str) {
    let starts_line = out.is_empty();
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        // Inside of a word an underscore is no structure.
        let is_plain = c == '_' && before.is_alphanumeric() && rest[1..].starts_with(char::is_alphanumeric);
        if "&<>*_[]\\|~$!#@{}^`".contains(c) && !is_plain || (starts_line && at == 0 && !c.is_alphabetic()) {
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
        let reference = matches!(c, '@' | '#')
            || rest.starts_with("://")
            || (c == '-' && before.eq_ignore_ascii_case(&'h'))
            || rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("www."));
        if reference {
            out.push_str("&#8203;");
        }
        before = c;
    }
}

/// A code span, usable inside a table's cell too.
pub fn code(text: &str) -> String {
    let text = visible(&name(text));
    // In a table a pipe ends the cell even inside a code span, and how a backslash before it counts differs between
    // Markdown implementations.
    if text.contains('|') || text.trim().is_empty() {
        return html_code(&text);
    }
    let ticks = "`".repeat(longest_run(&text, '`') + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

fn html_code(text: &str) -> String {
    let mut out = String::from("<code>");
    for c in text.chars() {
        if c.is_alphanumeric() {
            out.push(c);
        } else {
            let _ = write!(out, "&#{};", u32::from(c));
        }
    }
    out.push_str("</code>");
    out
}

fn longest_run(text: &str, wanted: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// A place in a file as code; with a base also a link to it.
pub fn link(base: Option<&str>, path: &str, line: u32, col: u32) -> String {
    let label = code(&place(path, line, col));
    let climbs = path.starts_with('/') || path.split('/').any(|part| part == "..");
    match base {
        Some(base) if !climbs && !path.is_empty() => {
            let anchor = if line > 0 { format!("#L{line}") } else { String::new() };
            format!("[{label}]({}{}{anchor})", percent(base, "/:?=&%+,;@~"), percent(path, "/~"))
        }
        _ => label,
    }
}

/// `path:line:col`, or the path alone for the file as a whole.
pub fn place(path: &str, line: u32, col: u32) -> String {
    let path = name(path);
    match (line, col) {
        (0, _) => path.into_owned(),
        (line, 0) => format!("{path}:{line}"),
        (line, col) => format!("{path}:{line}:{col}"),
    }
}

fn percent(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if byte.is_ascii_alphanumeric() || "-._".contains(c) || kept.contains(c) {
            out.push(c);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A fenced block of removed and added lines, each line indented by `indent`.
pub fn diff_block(before: Option<&str>, after: Option<&str>, indent: &str) -> String {
    let marked = [('-', before), ('+', after)];
    let lines: Vec<(char, String)> =
        marked.into_iter().filter_map(|(mark, text)| Some((mark, visible(text?)))).collect();
    let run = lines.iter().map(|(_, text)| longest_run(text, '`')).max().unwrap_or(0);
    let fence = "`".repeat((run + 1).max(3));
    let mut out = format!("{indent}{fence}diff\n");
    for (mark, text) in lines {
        let _ = writeln!(out, "{indent}{mark} {text}");
    }
    out + indent + &fence + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelled_out() {
        assert_eq!(visible("a\u{1b}[31mb\u{7}\u{9b}2J"), "a\\u{1b}[31mb\\u{7}\\u{9b}2J");
        assert_eq!(visible("\u{202e}txt\u{200b}\u{a0}\r\n\t"), "\\u{202e}txt\\u{200b}\\u{a0}\\r\\n\\t");
        assert_eq!(visible("größe 金額 'x' → y"), "größe 金額 'x' → y");
    }

    #[test]
    fn what_is_visible_stays_as_it_is() {
        for text in ["a\u{1b}b", "e\u{301}\u{301}\u{301}\u{301}\u{301}", "\n\t"] {
            assert_eq!(visible(&visible(text)), visible(text));
        }
    }

    #[test]
    fn long_text_loses_its_middle() {
        assert_eq!(shorten("0123456789", 10), "0123456789");
        assert_eq!(shorten("0123456789a", 7), "0123…9a");
        assert_eq!(fit("models/gold/revenue.sql", 11), "model…e.sql");
        assert_eq!(fit("金額金額金額", 6), "金…額");
    }

    #[test]
    fn a_code_span_has_more_backticks_than_its_text() {
        assert_eq!(code("amount"), "`amount`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code("a|b"), "<code>a&#124;b</code>");
        assert_eq!(code(""), "<code></code>");
    }

    #[test]
    fn prose_keeps_code_and_nothing_else() {
        assert_eq!(prose("column `a_b` is gone"), "column `a_b` is gone");
        assert_eq!(prose("*a* <b> `c"), "&#42;a&#42; &#60;b&#62; &#96;c");
        assert_eq!(prose("ask @me about #1"), "ask &#64;&#8203;me about &#35;&#8203;1");
        assert_eq!(prose("see https://x.y or www.x.y"), "see https:&#8203;//x.y or w&#8203;ww.x.y");
        assert_eq!(prose("- item"), "&#45; item");
        assert_eq!(prose("NON_BREAKING _a_ b__c"), "NON_BREAKING &#95;a&#95; b&#95;&#95;c");
    }

    #[test]
    fn links_are_encoded_and_never_climb() {
        let base = Some("https://github.com/o/r/blob/abc/");
        assert_eq!(
            link(base, "models/a b).sql", 3, 1),
            "[`models/a b).sql:3:1`](https://github.com/o/r/blob/abc/models/a%20b%29.sql#L3)"
        );
        assert_eq!(link(base, "../../x.sql", 3, 1), "`../../x.sql:3:1`");
        assert_eq!(link(None, "x.sql", 0, 0), "`x.sql`");
    }

    #[test]
    fn a_fence_is_longer_than_any_in_the_text() {
        let block = diff_block(Some("a ``` b"), None, "");
        assert_eq!(block, "````diff\n- a ``` b\n````\n");
    }

    #[test]
    fn json_spells_out_what_is_hidden() {
        assert_eq!(json("{\"a\": \"\u{9b}\u{e0041}ü\"}\n"), "{\"a\": \"\\u009b\\udb40\\udc41ü\"}\n");
    }
}
