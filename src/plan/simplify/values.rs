//! Constants as sqlglot reads them: numbers, texts, dates.

use std::cmp::Ordering;

use crate::sql::tree::{Node, Op, Span, Tree};

use super::dates::Instant;

/// How many digits Python's decimals keep.
const PRECISION: usize = 28;

/// A literal number: Python's `int`, or its `Decimal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    digits: i128,
    /// How many of the digits stand after the point; less than none where zeros follow them.
    scale: i32,
    /// Written without a point.
    pub(super) is_whole: bool,
}

impl Number {
    /// `is_number` and `to_py`; `None` also for a number in a notation that isn't plain.
    pub(super) fn of(tree: &Tree) -> Option<Number> {
        match (&tree.op, tree.kids.as_slice()) {
            (Op::Number(text), _) => Number::read(text),
            (Op::Unary(op), [inner]) if &**op == "-" => {
                let number = Number::of(inner)?;
                Some(Number { digits: number.digits.checked_neg()?, ..number })
            }
            _ => None,
        }
    }

    fn read(text: &str) -> Option<Number> {
        if let Some((number, exponent)) = text.split_once(['e', 'E']) {
            return Number::read(number)?.shifted(exponent.parse().ok()?);
        }
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_plain(whole) || !is_plain(fraction) || text.len() > 30 {
            return None;
        }
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some(Number { digits, scale: fraction.len() as i32, is_whole: !text.contains('.') })
    }

    /// Times a power of ten, which makes it a `Decimal`.
    fn shifted(self, exponent: i32) -> Option<Number> {
        let scale = self.scale.checked_sub(exponent).filter(|scale| scale.abs() < 30)?;
        Some(Number { scale, is_whole: false, ..self })
    }

    pub(super) fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// The digits of both at the same scale.
    fn aligned(self, other: Number) -> Option<(i128, i128, i32)> {
        let scale = self.scale.max(other.scale);
        let at = |number: Number| number.digits.checked_mul(10i128.checked_pow((scale - number.scale).unsigned_abs())?);
        Some((at(self)?, at(other)?, scale))
    }

    pub(super) fn compare(self, other: Number) -> Option<Ordering> {
        self.aligned(other).map(|(a, b, _)| a.cmp(&b))
    }

    pub(super) fn plus(self, other: Number) -> Option<Number> {
        let (a, b, scale) = self.aligned(other)?;
        Some(Number { digits: a.checked_add(b)?, scale, is_whole: self.is_whole && other.is_whole })
    }

    pub(super) fn minus(self, other: Number) -> Option<Number> {
        self.plus(Number { digits: other.digits.checked_neg()?, ..other })
    }

    pub(super) fn times(self, other: Number) -> Option<Number> {
        let digits = self.digits.checked_mul(other.digits)?;
        Some(Number { digits, scale: self.scale + other.scale, is_whole: self.is_whole && other.is_whole })
    }

    /// Division of decimals: even, or to as many digits as Python keeps.
    pub(super) fn over(self, other: Number) -> Option<Number> {
        if other.digits == 0 || self.digits == 0 {
            return None;
        }
        let (a, b, _) = self.aligned(other)?;
        let shifted = |scale: i32| a.checked_mul(10i128.checked_pow(scale.unsigned_abs())?);
        let ideal = Some(self.scale - other.scale).filter(|scale| *scale > -30)?.max(0);
        for scale in ideal..=PRECISION as i32 {
            let dividend = shifted(scale)?;
            if dividend % b == 0 {
                return Some(Number { digits: dividend / b, scale, is_whole: false });
            }
            let digits = dividend / b;
            if digits.unsigned_abs().to_string().len() == PRECISION {
                // Half of the divisor isn't left over: the result would have been even one digit later.
                let up = (dividend % b).checked_mul(2)?.unsigned_abs() > b.unsigned_abs();
                let step = if (dividend < 0) == (b < 0) { 1 } else { -1 };
                return Some(Number { digits: digits + i128::from(up) * step, scale, is_whole: false });
            }
        }
        None
    }

    /// `exp.Literal.number`; `None` where Python writes an exponent or rounds.
    pub(super) fn literal(self, span: Span) -> Option<Tree> {
        let digits = self.digits.unsigned_abs().to_string();
        let scale = usize::try_from(self.scale).ok()?;
        let has_exponent = scale > digits.len() + 5;
        if !self.is_whole && (has_exponent || digits.len() > PRECISION) {
            return None;
        }
        let digits = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = digits.split_at_checked(digits.len() - scale)?;
        let text = if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
        let literal = Node::leaf(Op::Number(text.into()), span);
        let is_negative = self.digits < 0;
        Some(if is_negative { Node::new(Op::Unary("-".into()), vec![literal], span) } else { literal })
    }
}

/// `is_number`
pub(super) fn is_number(tree: &Tree) -> bool {
    match (&tree.op, tree.kids.as_slice()) {
        (Op::Number(_), _) => true,
        (Op::Unary(op), [inner]) if &**op == "-" => is_number(inner),
        _ => false,
    }
}

/// `is_zero`: of a literal, which a number with a sign isn't.
pub(super) fn is_zero(tree: &Tree) -> bool {
    matches!(tree.op, Op::Number(_)) && Number::of(tree).is_some_and(Number::is_zero)
}

/// `always_true`
pub(super) fn is_true(tree: &Tree) -> bool {
    match &tree.op {
        Op::Bool(value) => *value,
        Op::Number(_) => Number::of(tree).is_some_and(|number| !number.is_zero()),
        _ => false,
    }
}

/// `is_false`
pub(super) fn is_false(tree: &Tree) -> bool {
    tree.op == Op::Bool(false)
}

/// `always_false`
pub(super) fn is_never_true(tree: &Tree) -> bool {
    is_false(tree) || tree.op == Op::Null || is_zero(tree)
}

/// `_is_constant`
pub(super) fn is_constant(tree: &Tree) -> bool {
    let inner = match (&tree.op, tree.kids.as_slice()) {
        (Op::Unary(op), [inner]) if &**op == "-" => inner,
        _ => tree,
    };
    match &inner.op {
        Op::Number(_) | Op::Text(_) | Op::Bool(_) | Op::Null | Op::Literal(..) => true,
        _ => Instant::of(inner).is_some(),
    }
}

pub(super) fn truth(value: bool, span: Span) -> Tree {
    Node::leaf(Op::Bool(value), span)
}

/// How two constants of one sort compare: numbers, texts, dates.
pub(super) fn compared(left: &Tree, right: &Tree) -> Option<Ordering> {
    match (&left.op, &right.op) {
        (Op::Text(left), Op::Text(right)) => return Some(left.cmp(right)),
        _ if is_number(left) && is_number(right) => return Number::of(left)?.compare(Number::of(right)?),
        _ => {}
    }
    Some(Instant::of(left)?.at.cmp(&Instant::of(right)?.at))
}
