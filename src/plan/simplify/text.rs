//! An expression as the text by which sqlglot sorts operands (`simplify.gen`).
//!
//! Only the order of two texts matters, so what sqlglot writes in its own way for rare nodes is written plainly.

use std::fmt::Write;

use crate::sql::tree::{Op, Tree};

/// The text of an expression.
pub(in crate::plan) fn text(tree: &Tree) -> String {
    let mut out = String::new();
    write(tree, &mut out);
    out
}

fn write(tree: &Tree, out: &mut String) {
    match &tree.op {
        Op::Ident(name) => quoted(name, out),
        Op::Column => list(tree.kids.strip_suffix(&[super::boolean_mark(tree.span)]).unwrap_or(&tree.kids), ".", out),
        Op::Number(text) => out.push_str(text),
        Op::Text(text) => between("'", |out| out.push_str(text), "'", out),
        Op::Null => out.push_str("NULL"),
        Op::Bool(value) => out.push_str(if *value { "TRUE" } else { "FALSE" }),
        Op::Star => out.push_str("STAR,,True"),
        Op::Binary(op) => list(&tree.kids, &format!(" {op} "), out),
        Op::And => list(&tree.kids, " AND ", out),
        Op::Or => list(&tree.kids, " OR ", out),
        Op::Not => prefixed("NOT ", tree, out),
        Op::Unary(op) => prefixed(op, tree, out),
        Op::Paren => between("(", |out| list(&tree.kids, ",", out), ")", out),
        Op::IsNull => suffixed(tree, " IS NULL", out),
        Op::Is(what) => suffixed(tree, &format!(" IS {what}"), out),
        Op::Like(name) => {
            list(&tree.kids, if name.ends_with(" LIKE") || *name == "LIKE" { " Like " } else { " ILIKE " }, out)
        }
        Op::Between => between_bounds(tree, out),
        Op::In => membership(tree, out),
        Op::Cast(_) => between("CAST(", |out| list(&tree.kids, ",", out), ")", out),
        Op::Type(name) => suffixed_text(name, " :nested,False", out),
        Op::Function(name) => call(name, tree, out),
        Op::Case => call("CASE", tree, out),
        Op::When => call("IF", tree, out),
        Op::Else => list(&tree.kids, ",", out),
        Op::Other(text) => between(text, |out| list(&tree.kids, ",", out), "", out),
        other => between(&format!("{other:?}("), |out| list(&tree.kids, ",", out), ")", out),
    }
}

fn call(name: &str, tree: &Tree, out: &mut String) {
    between(&format!("{name}("), |out| list(&tree.kids, ",", out), ")", out);
}

fn between(open: &str, inner: impl FnOnce(&mut String), close: &str, out: &mut String) {
    out.push_str(open);
    inner(out);
    out.push_str(close);
}

fn list(trees: &[Tree], separator: &str, out: &mut String) {
    for (at, tree) in trees.iter().enumerate() {
        if at > 0 {
            out.push_str(separator);
        }
        write(tree, out);
    }
}

fn prefixed(prefix: &str, tree: &Tree, out: &mut String) {
    out.push_str(prefix);
    list(&tree.kids, ",", out);
}

fn suffixed(tree: &Tree, suffix: &str, out: &mut String) {
    list(&tree.kids, ",", out);
    out.push_str(suffix);
}

fn suffixed_text(text: &str, suffix: &str, out: &mut String) {
    out.push_str(text);
    out.push_str(suffix);
}

fn quoted(name: &str, out: &mut String) {
    // Writing to a string doesn't fail.
    let _ = write!(out, "\"{name}\"");
}

fn between_bounds(tree: &Tree, out: &mut String) {
    for (kid, separator) in tree.kids.iter().zip(["", " BETWEEN ", " AND "]) {
        out.push_str(separator);
        write(kid, out);
    }
}

fn membership(tree: &Tree, out: &mut String) {
    let Some((operand, items)) = tree.kids.split_first() else { return };
    write(operand, out);
    let kind = if items.first().is_some_and(|item| item.op == Op::Subquery) { ":query," } else { ":expressions," };
    between(&format!(" IN ({kind}"), |out| list(items, ",", out), ")", out);
}
