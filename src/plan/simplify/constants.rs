//! Constants: folded, dropped from AND and OR, moved to the right of comparisons.

use crate::sql::tree::{Node, Op, Tree};

use super::connectors::with_true;
use super::text;

/// How many operands of an AND or OR are compared with each other for ranges.
const MAX_PAIRED: usize = 64;

/// `always_true`
pub(super) fn is_true(tree: &Tree) -> bool {
    match &tree.op {
        Op::Bool(value) => *value,
        Op::Number(_) => number(tree).is_some_and(|number| number != 0.0),
        _ => false,
    }
}

fn is_false(tree: &Tree) -> bool {
    match &tree.op {
        Op::Bool(value) => !*value,
        Op::Number(_) => number(tree) == Some(0.0),
        _ => false,
    }
}

fn number(tree: &Tree) -> Option<f64> {
    match (&tree.op, tree.kids.as_slice()) {
        (Op::Number(text), _) => text.parse().ok(),
        (Op::Unary(op), [inner]) if &**op == "-" => number(inner).map(|number| -number),
        _ => None,
    }
}

fn integer(tree: &Tree) -> Option<i64> {
    match &tree.op {
        Op::Number(text) => text.parse().ok(),
        _ => None,
    }
}

/// `_is_constant`
fn is_constant(tree: &Tree) -> bool {
    let inner = match (&tree.op, tree.kids.as_slice()) {
        (Op::Unary(op), [inner]) if &**op == "-" => inner,
        _ => tree,
    };
    match &inner.op {
        Op::Number(_) | Op::Text(_) | Op::Bool(_) | Op::Null | Op::Literal(..) => true,
        Op::Cast(_) => is_date_literal(inner),
        _ => false,
    }
}

fn is_date_literal(tree: &Tree) -> bool {
    let (Op::Cast(_), [value, of]) = (&tree.op, tree.kids.as_slice()) else { return false };
    let is_temporal = matches!(&of.op, Op::Type(name) if name.starts_with("DATE") || name.starts_with("TIME"));
    let is_literal = matches!(&value.op, Op::Text(text) if text.starts_with(|c: char| c.is_ascii_digit()));
    is_temporal && (is_literal || is_date_literal(value))
}

/// `simplify_connectors`
pub(super) fn without_constants(tree: &Tree) -> Tree {
    let is_and = match tree.op {
        Op::And => true,
        Op::Or => false,
        _ => return tree.clone(),
    };
    let decides = |kid: &Tree| if is_and { is_false(kid) } else { is_true(kid) };
    if tree.kids.iter().any(decides) {
        return Node::leaf(Op::Bool(!is_and), tree.span);
    }
    let is_neutral = |kid: &Tree| if is_and { is_true(kid) } else { matches!(kid.op, Op::Bool(false)) };
    let mut kids: Vec<Tree> = tree.kids.iter().filter(|kid| !is_neutral(kid)).cloned().collect();
    if is_and {
        kids = narrowed(kids);
    }
    match kids.as_slice() {
        [] => Node::leaf(Op::Bool(is_and), tree.span),
        [only] => with_true(only),
        _ if kids.len() == tree.kids.len() => tree.clone(),
        _ => tree.with_kids(kids),
    }
}

/// `_simplify_comparison` under AND: of two bounds for one expression in one direction the narrower one stays.
fn narrowed(mut kids: Vec<Tree>) -> Vec<Tree> {
    if kids.len() > MAX_PAIRED {
        return kids;
    }
    let mut at = 0;
    while at < kids.len() {
        let other = (at + 1..kids.len()).find_map(|other| {
            let (left, right) = (kids.get(at)?, kids.get(other)?);
            narrower(left, right).map(|kept| (other, kept.clone()))
        });
        match other {
            Some((other, kept)) => {
                kids.remove(other);
                if let Some(slot) = kids.get_mut(at) {
                    *slot = kept;
                }
            }
            None => at += 1,
        }
    }
    kids
}

fn narrower<'t>(left: &'t Tree, right: &'t Tree) -> Option<&'t Tree> {
    let (l, r) = (Bound::of(left)?, Bound::of(right)?);
    if l.of != r.of || l.is_upper != r.is_upper {
        return None;
    }
    let keep_left = if l.is_upper { l.value <= r.value } else { l.value >= r.value };
    Some(if keep_left { left } else { right })
}

/// `x < 1`, `x >= 2`
struct Bound<'t> {
    of: &'t Tree,
    is_upper: bool,
    value: f64,
}

impl<'t> Bound<'t> {
    fn of(tree: &'t Tree) -> Option<Self> {
        let (Op::Binary(op), [of, value]) = (&tree.op, tree.kids.as_slice()) else { return None };
        let is_upper = match &**op {
            "<" | "<=" => true,
            ">" | ">=" => false,
            _ => return None,
        };
        if is_constant(of) {
            return None;
        }
        Some(Bound { of, is_upper, value: number(value).filter(|_| matches!(value.op, Op::Number(_)))? })
    }
}

/// `simplify_literals`: sums and products of whole numbers, neighbouring strings, comparisons of numbers that hold.
pub(super) fn folded(tree: &Tree) -> Tree {
    let Op::Binary(op) = &tree.op else { return tree.clone() };
    match &**op {
        "+" => combined(tree, i64::checked_add),
        "*" => combined(tree, i64::checked_mul),
        "-" => match tree.kids.as_slice() {
            [left, right] => match integer(left).zip(integer(right)).and_then(|(l, r)| l.checked_sub(r)) {
                Some(difference) => literal(tree, difference),
                None => tree.clone(),
            },
            _ => tree.clone(),
        },
        "||" => joined(tree),
        "=" | "<>" | "<" | "<=" | ">" | ">=" => decided(op, tree),
        _ => tree.clone(),
    }
}

fn literal(tree: &Tree, value: i64) -> Tree {
    Node::leaf(Op::Number(value.to_string().into()), tree.span)
}

/// `_flat_simplify`: the first number takes up all others.
fn combined(tree: &Tree, combine: impl Fn(i64, i64) -> Option<i64>) -> Tree {
    let mut kids: Vec<Tree> = Vec::with_capacity(tree.kids.len());
    let mut at: Option<(usize, i64)> = None;
    for kid in &tree.kids {
        match (integer(kid), at) {
            (Some(value), Some((place, sum))) => match combine(sum, value) {
                Some(total) => {
                    at = Some((place, total));
                    if let Some(slot) = kids.get_mut(place) {
                        *slot = literal(kid, total);
                    }
                }
                None => kids.push(kid.clone()),
            },
            (Some(value), None) => {
                at = Some((kids.len(), value));
                kids.push(kid.clone());
            }
            (None, _) => kids.push(kid.clone()),
        }
    }
    match kids.as_slice() {
        [only] => only.clone(),
        _ if kids.len() == tree.kids.len() => tree.clone(),
        _ => tree.with_kids(kids),
    }
}

/// `simplify_concat`
fn joined(tree: &Tree) -> Tree {
    let mut kids: Vec<Tree> = Vec::with_capacity(tree.kids.len());
    for kid in &tree.kids {
        let merged = match (kids.last().map(|last| &last.op), &kid.op) {
            (Some(Op::Text(before)), Op::Text(here)) => Some(format!("{before}{here}")),
            _ => None,
        };
        match merged {
            Some(text) => {
                kids.pop();
                kids.push(Node::leaf(Op::Text(text.into()), kid.span));
            }
            None => kids.push(kid.clone()),
        }
    }
    match kids.as_slice() {
        [only] => only.clone(),
        _ => tree.with_kids(kids),
    }
}

fn decided(op: &str, tree: &Tree) -> Tree {
    let [left, right] = tree.kids.as_slice() else { return tree.clone() };
    let ordering = match (&left.op, &right.op) {
        (Op::Number(_), Op::Number(_)) => {
            number(left).zip(number(right)).and_then(|(left, right)| left.partial_cmp(&right))
        }
        (Op::Text(left), Op::Text(right)) => Some(left.cmp(right)),
        _ => None,
    };
    let Some(ordering) = ordering else { return tree.clone() };
    let holds = match op {
        "=" => ordering.is_eq(),
        "<>" => ordering.is_ne(),
        "<" => ordering.is_lt(),
        "<=" => ordering.is_le(),
        ">" => ordering.is_gt(),
        _ => ordering.is_ge(),
    };
    Node::leaf(Op::Bool(holds), tree.span)
}

/// `simplify_equality`: `x + 1 = 3` is `x = 3 - 1`.
pub(super) fn solved(tree: &Tree) -> Tree {
    let (Op::Binary(op), [left, right]) = (&tree.op, tree.kids.as_slice()) else { return tree.clone() };
    if !is_comparison(op) || !matches!(right.op, Op::Number(_)) {
        return tree.clone();
    }
    let (Op::Binary(inner), [a, b]) = (&left.op, left.kids.as_slice()) else { return tree.clone() };
    let inverse = match &**inner {
        "+" => "-",
        "-" => "+",
        _ => return tree.clone(),
    };
    let is_number = |tree: &Tree| matches!(tree.op, Op::Number(_));
    let (unknown, known) = match (is_number(a), is_number(b)) {
        (false, true) => (a, b),
        (true, false) => (b, a),
        _ => return tree.clone(),
    };
    let moved = Node::new(Op::Binary(inverse.into()), vec![right.clone(), known.clone()], right.span);
    tree.with_kids(vec![unknown.clone(), moved])
}

fn is_comparison(op: &str) -> bool {
    matches!(op, "=" | "<>" | "<" | "<=" | ">" | ">=")
}

/// `sort_comparison`: columns to the left, constants to the right, else by text.
pub(super) fn turned(tree: &Tree) -> Tree {
    let (Op::Binary(op), [left, right]) = (&tree.op, tree.kids.as_slice()) else { return tree.clone() };
    if !is_comparison(op) {
        return tree.clone();
    }
    let (l_column, r_column) = (left.op == Op::Column, right.op == Op::Column);
    let (l_constant, r_constant) = (is_constant(left), is_constant(right));
    let is_quantified = matches!(right.op, Op::Exists | Op::Quantified(..));
    if l_column && !r_column || r_constant && !l_constant || is_quantified {
        return tree.clone();
    }
    if !(r_column && !l_column || l_constant && !r_constant || text(left) > text(right)) {
        return tree.clone();
    }
    let op = match &**op {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        same => same,
    };
    Node::new(Op::Binary(op.into()), vec![right.clone(), left.clone()], tree.span)
}
