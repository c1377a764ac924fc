//! Where macros are: the forms that SQLMesh's parser gives a meaning to, found in the token list.
//!
//! In: tokens. Out: what macro begins at a token and behind which token it ends. Nothing is evaluated here.

use crate::lex::TokenKind;

use super::fragment::Lexed;

/// A macro form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Macro {
    /// `@name`
    Variable,
    /// `@'…'` or `@"…"`
    Text,
    /// `col_@x`, `@{x}`, `@{x}_suffix`: the name as SQLMesh reads it.
    Name(String),
    /// An identifier in quotes with an `@` inside.
    QuotedName,
    /// `@name(…)`; the tokens of the parentheses.
    Call { open: usize, close: usize },
    /// `@name(` without an end.
    Unclosed,
}

/// Words that are never glued to an `@` that follows them without a space.
const NOT_A_NAME: &[&str] = &[
    "select", "distinct", "from", "where", "and", "or", "not", "in", "on", "by", "as", "then", "else", "when", "like",
    "join", "between", "limit", "case", "interval", "having", "using", "union", "all", "is", "with",
];

/// The macro that begins at token `at` (before `end`), and the index behind it.
pub(super) fn macro_at(lexed: &Lexed, at: usize, end: usize) -> Option<(Macro, usize)> {
    let found = match lexed.kind(at)? {
        TokenKind::Symbol('@') => behind_at_sign(lexed, at)?,
        TokenKind::Word => glued_name(lexed, at)?,
        TokenKind::QuotedIdentifier if lexed.text(at).contains('@') => (Macro::QuotedName, at + 1),
        _ => return None,
    };
    (found.1 <= end).then_some(found)
}

fn behind_at_sign(lexed: &Lexed, at: usize) -> Option<(Macro, usize)> {
    let is_operator = (at > 0 && lexed.is_symbol(at - 1, '<') && lexed.is_connected(at))
        || (lexed.is_symbol(at + 1, '>') && lexed.is_connected(at + 1));
    if is_operator {
        return None;
    }
    match lexed.kind(at + 1)? {
        TokenKind::Word if continues_name(lexed, at + 2) => Some(read_name(lexed, at + 1, at + 2)),
        TokenKind::Word if lexed.is_symbol(at + 2, '(') => Some(match lexed.partner(at + 2) {
            Some(close) => (Macro::Call { open: at + 2, close }, close + 1),
            None => (Macro::Unclosed, at + 3),
        }),
        TokenKind::Word => Some((Macro::Variable, at + 2)),
        TokenKind::Symbol('{') => braced(lexed, at + 1).map(|end| read_name(lexed, at, end)),
        TokenKind::String | TokenKind::QuotedIdentifier => Some((Macro::Text, at + 2)),
        // `@1` is a variable that can't be defined.
        TokenKind::Number => Some((Macro::Variable, at + 2)),
        TokenKind::Comment | TokenKind::Symbol(_) => None,
    }
}

fn glued_name(lexed: &Lexed, at: usize) -> Option<(Macro, usize)> {
    if !continues_name(lexed, at + 1) || lexed.is_any_word(at, NOT_A_NAME) {
        return None;
    }
    Some(read_name(lexed, at, at + 1))
}

/// Does `@word` or `@{word}` follow without a space?
fn continues_name(lexed: &Lexed, at: usize) -> bool {
    name_part(lexed, at).is_some()
}

/// The index behind a part of a name that begins with an `@`.
fn name_part(lexed: &Lexed, at: usize) -> Option<usize> {
    if !lexed.is_symbol(at, '@') || !lexed.is_connected(at) || !lexed.is_connected(at + 1) {
        return None;
    }
    match lexed.kind(at + 1)? {
        TokenKind::Word => Some(at + 2),
        TokenKind::Symbol('{') => braced(lexed, at + 1),
        _ => None,
    }
}

/// `{word}`: the index behind it.
fn braced(lexed: &Lexed, open: usize) -> Option<usize> {
    let is_braced =
        lexed.is_symbol(open, '{') && lexed.kind(open + 1) == Some(TokenKind::Word) && lexed.is_symbol(open + 2, '}');
    is_braced.then_some(open + 3)
}

/// Reads on from a name's first part, which ends before `end`.
fn read_name(lexed: &Lexed, start: usize, mut end: usize) -> (Macro, usize) {
    loop {
        if let Some(next) = name_part(lexed, end) {
            end = next;
        } else if lexed.kind(end) == Some(TokenKind::Word) && lexed.is_connected(end) {
            end += 1;
        } else {
            break;
        }
    }
    let name: String = (start..end).map(|index| lexed.text(index)).collect();
    (Macro::Name(name), end)
}

#[cfg(test)]
mod tests {
    use super::super::fragment::Fragment;
    use super::*;
    use crate::dialect::Dialect;

    fn first(text: &str) -> Option<(Macro, String)> {
        let lexed = Lexed::new(Fragment::copied(text, 0), Dialect::default().lexical());
        (0..lexed.len()).find_map(|at| {
            let (found, end) = macro_at(&lexed, at, lexed.len())?;
            Some((found, lexed.slice(&(at..end)).text().to_owned()))
        })
    }

    #[test]
    fn every_form_is_found_with_its_end() {
        let check = |text: &str, form: Macro, whole: &str| {
            assert_eq!(first(text), Some((form, whole.to_owned())), "{text}");
        };
        check("a + @b_c.d", Macro::Variable, "@b_c");
        check("x_@a_b c", Macro::Name("x_@a_b".into()), "x_@a_b");
        check("@{a}_b@{c}.d", Macro::Name("@{a}_b@{c}".into()), "@{a}_b@{c}");
        check("@a@b", Macro::Name("a@b".into()), "@a@b");
        check("@'x @y' z", Macro::Text, "@'x @y'");
        check("\"c @y\" z", Macro::QuotedName, "\"c @y\"");
        check("@f (a, (b)) c", Macro::Call { open: 2, close: 8 }, "@f (a, (b))");
        check("@f(a, (b)", Macro::Unclosed, "@f(");
        check("a AND@b", Macro::Variable, "@b");
    }

    #[test]
    fn operators_strings_and_comments_are_no_macros() {
        for text in ["a @> b", "a <@ b", "@-5", "'@a'", "-- @a", "/* @a */", "a @ 'b'x"] {
            assert!(!matches!(first(text), Some((Macro::Variable | Macro::Call { .. }, _))), "{text}");
        }
    }
}
