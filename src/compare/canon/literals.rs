//! Arithmetic and comparison of whole numbers that stand in the text.
//!
//! Only numbers of which every engine makes the same: whole ones of up to nine digits, added, subtracted, multiplied,
//! whose result is of that kind, too. Division, fractions and text differ between engines.

use crate::sql::tree::{Op, Tree};

use super::form::node;

/// Beyond this, types differ.
const LARGEST: i64 = 999_999_999;

/// The whole number that stands here.
pub(super) fn integer(tree: &Tree) -> Option<i64> {
    match (&tree.op, tree.kids.as_slice()) {
        (Op::Number(text), _) => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|value: &i64| is_whole && value.abs() <= LARGEST)
        }
        (Op::Unary(op), [inner]) if &**op == "-" => integer(inner).map(|value| -value),
        _ => None,
    }
}

/// A whole number as it is written everywhere in the form.
fn written(value: i64) -> Tree {
    node(Op::Number(value.to_string().into()), vec![])
}

/// The expression, or the whole number that it is.
pub(super) fn folded(tree: &Tree) -> Tree {
    let value = match (&tree.op, tree.kids.split_first()) {
        (Op::Unary(_), _) => integer(tree),
        (Op::Binary(op), Some((first, rest))) => {
            let apply = |sum: i64, kid: &Tree| {
                let value = integer(kid)?;
                match &**op {
                    "+" => sum.checked_add(value),
                    "-" => sum.checked_sub(value),
                    "*" => sum.checked_mul(value),
                    _ => None,
                }
                .filter(|sum| sum.abs() <= LARGEST)
            };
            integer(first).and_then(|first| rest.iter().try_fold(first, apply))
        }
        _ => None,
    };
    value.map_or_else(|| tree.clone(), written)
}

/// Whether a comparison of two whole numbers holds.
pub(super) fn compared(op: &str, left: &Tree, right: &Tree) -> Option<bool> {
    let (left, right) = (integer(left)?, integer(right)?);
    match op {
        "=" => Some(left == right),
        "<>" => Some(left != right),
        "<" => Some(left < right),
        ">" => Some(left > right),
        "<=" => Some(left <= right),
        ">=" => Some(left >= right),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::form::binary;
    use super::super::pairs::{differ, same};
    use super::*;

    fn number(text: &str) -> Tree {
        node(Op::Number(text.into()), vec![])
    }

    #[test]
    fn whole_numbers_are_computed_and_others_are_not() {
        assert_eq!(folded(&binary("+", number("40"), number("60"))), number("100"));
        assert_eq!(folded(&binary("-", number("1"), number("3"))), number("-2"));
        for (op, left, right) in [("/", "4", "2"), ("+", "0.1", "0.2"), ("*", "999999999", "2"), ("+", "1e3", "1")] {
            let sum = binary(op, number(left), number(right));
            assert_eq!(folded(&sum), sum, "{left} {op} {right}");
        }
    }

    #[test]
    fn comparisons_of_whole_numbers_are_decided() {
        assert_eq!(compared("<", &number("2"), &number("10")), Some(true));
        assert_eq!(compared("=", &number("1"), &number("1.0")), None);
    }

    #[test]
    fn whole_numbers_are_computed_and_nothing_else() {
        same("SELECT a FROM p WHERE b < 40 + 60", "SELECT a FROM p WHERE b < 100");
        same("SELECT a + 1 + 2 FROM p", "SELECT (a + 1) + 2 FROM p");
        differ("SELECT a FROM p WHERE b < 5 / 2", "SELECT a FROM p WHERE b < 2");
        differ("SELECT a FROM p WHERE f < 0.1 + 0.2", "SELECT a FROM p WHERE f < 0.3");
        differ("SELECT a - 1 - 2 FROM p", "SELECT a - (1 - 2) FROM p");
        differ("SELECT a FROM p WHERE b = 2000000000 + 2000000000", "SELECT a FROM p WHERE b = 4000000000");
    }
}
