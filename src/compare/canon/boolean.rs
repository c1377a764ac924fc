//! Laws of expressions in three-valued logic.
//!
//! Each holds for NULLs as it stands, unless it is only used where a condition decides whether a row is kept: there NULL
//! is FALSE. An operand is never dropped for being computed twice: what is rewritten is deterministic.

use std::collections::BTreeSet;

use crate::sql::tree::{Node, Op, Tree};

use super::form::{binary, boolean, node, operands};
use super::literals::{compared, folded, integer};

/// Longer lists aren't written as a chain of OR.
const LONGEST_LIST: usize = 60;

/// The expression without parentheses, AND and OR flattened.
pub(super) fn without_parens(tree: &Tree) -> Tree {
    let inner = tree.unwrap_parens();
    if inner.kids.is_empty() {
        return inner.clone();
    }
    let kids: Vec<Tree> = inner.kids.iter().map(without_parens).collect();
    match inner.op {
        Op::And | Op::Or => flat(&inner.op, kids),
        _ => inner.with_kids(kids),
    }
}

fn flat(op: &Op, kids: Vec<Tree>) -> Tree {
    let mut all = Vec::with_capacity(kids.len());
    for kid in kids {
        if kid.op == *op { all.extend(kid.kids.iter().cloned()) } else { all.push(kid) }
    }
    node(op.clone(), all)
}

/// The value in its simplest form.
pub(super) fn value(tree: &Tree) -> Tree {
    let kids: Vec<Tree> = match &tree.op {
        // The conditions of CASE are only met if they are TRUE.
        Op::When if tree.kids.len() == 2 => vec![condition(&tree.kids[0]), value(&tree.kids[1])],
        // Those of `CASE a WHEN b` are values that `a` is compared with.
        Op::Case if has_operand(&tree.kids) => {
            tree.kids.iter().map(|kid| kid.with_kids(kid.kids.iter().map(value).collect())).collect()
        }
        Op::Filter => tree.kids.iter().map(condition).collect(),
        _ => tree.kids.iter().map(value).collect(),
    };
    simplified(&tree.with_kids(kids))
}

/// A condition of which only matters whether it is TRUE, in its simplest form.
pub(super) fn condition(tree: &Tree) -> Tree {
    match &tree.op {
        Op::And | Op::Or => {
            let kids: Vec<Tree> = tree.kids.iter().map(condition).collect();
            connective(&tree.op, kids)
        }
        _ => met(&value(tree)),
    }
}

/// Of which only matters whether it is TRUE.
fn met(tree: &Tree) -> Tree {
    match (&tree.op, tree.kids.as_slice()) {
        (Op::Null, _) => boolean(false),
        (Op::And | Op::Or, kids) => connective(&tree.op, kids.iter().map(met).collect()),
        (Op::Is("TRUE"), [inner]) => met(inner),
        (Op::Case, _) => case_met(tree).unwrap_or_else(|| tree.clone()),
        (Op::Binary(op), [left, right]) if &**op == "=" => match (is_predicate(left), &right.op, &left.op) {
            (true, Op::Bool(true), _) => met(left),
            (_, _, Op::Bool(true)) if is_predicate(right) => met(right),
            _ => tree.clone(),
        },
        _ => tree.clone(),
    }
}

/// `CASE WHEN a THEN TRUE WHEN b THEN FALSE ELSE c END` is `a OR (c AND NOT (a IS TRUE) AND NOT (b IS TRUE))`.
fn case_met(tree: &Tree) -> Option<Tree> {
    let mut otherwise = Vec::new();
    let mut ways = Vec::new();
    for kid in &tree.kids {
        match (&kid.op, kid.kids.as_slice()) {
            (Op::When, [test, result]) => {
                ways.push(connective(&Op::And, [otherwise.clone(), vec![test.clone(), met(result)]].concat()));
                otherwise.push(simplified(&node(Op::Not, vec![simplified(&node(Op::Is("TRUE"), vec![test.clone()]))])));
            }
            (Op::Else, [result]) => ways.push(connective(&Op::And, [otherwise.clone(), vec![met(result)]].concat())),
            _ => return None,
        }
    }
    let constant = |kid: &Tree| kid.kids.last().is_some_and(|result| matches!(met(result).op, Op::Bool(_)));
    tree.kids.iter().all(constant).then(|| connective(&Op::Or, ways))
}

/// Does the node give a truth value in every engine?
pub(super) fn is_predicate(tree: &Tree) -> bool {
    match &tree.op {
        Op::And | Op::Or | Op::Not | Op::IsNull | Op::Is(_) | Op::IsDistinct | Op::Between => true,
        Op::In | Op::Like(_) | Op::Exists | Op::Bool(_) => true,
        Op::Binary(op) => matches!(&**op, "=" | "<>" | "<" | ">" | "<=" | ">="),
        _ => false,
    }
}

/// One step at the root; the children are simple.
fn simplified(tree: &Tree) -> Tree {
    match (&tree.op, tree.kids.as_slice()) {
        (Op::And | Op::Or, kids) => {
            // `5 AND TRUE` is 1 where there are no truth values.
            let simple = connective(&tree.op, kids.to_vec());
            if is_predicate(&simple) { simple } else { tree.clone() }
        }
        (Op::Not, [inner]) => negated(inner).unwrap_or_else(|| tree.clone()),
        (Op::IsNull, [inner]) => is_null(inner).map_or_else(|| tree.clone(), boolean),
        (Op::Is("TRUE"), [inner]) => match inner.op {
            Op::Bool(value) => boolean(value),
            Op::Null => boolean(false),
            Op::IsNull | Op::Exists => inner.clone(),
            _ => tree.clone(),
        },
        (Op::Binary(op), [left, right]) if is_comparison(op) => comparison(op, left, right),
        (Op::Binary(op), [left, right]) if &**op == "<=>" && right.op == Op::Bool(true) && is_predicate(left) => {
            simplified(&node(Op::Is("TRUE"), vec![left.clone()]))
        }
        (Op::Binary(_), [left, rest @ ..]) if left.op == tree.op => {
            folded(&tree.with_kids(left.kids.iter().chain(rest).cloned().collect()))
        }
        (Op::Binary(_) | Op::Unary(_), _) => folded(tree),
        (Op::Case, _) => case(tree),
        (Op::Function(name), [test, yes, no]) if matches!(&**name, "IF" | "IFF") => {
            let when = node(Op::When, vec![condition(test), yes.clone()]);
            case(&node(Op::Case, vec![when, node(Op::Else, vec![no.clone()])]))
        }
        (Op::Function(name), [only]) if &**name == "COALESCE" => only.clone(),
        (Op::Function(name), [first, rest @ ..]) if &**name == "COALESCE" && integer(first).is_some() => {
            let alike = |kid: &Tree| integer(kid).is_some() || matches!(kid.op, Op::Modifier(_));
            if rest.iter().all(alike) { first.clone() } else { tree.clone() }
        }
        (Op::Function(_), kids) if kids.iter().any(is_always_true_filter) => {
            tree.with_kids(kids.iter().filter(|kid| !is_always_true_filter(kid)).cloned().collect())
        }
        _ => tree.clone(),
    }
}

fn is_always_true_filter(tree: &Tree) -> bool {
    tree.op == Op::Filter && tree.first().is_some_and(|condition| condition.op == Op::Bool(true))
}

fn is_comparison(op: &str) -> bool {
    matches!(op, "=" | "<>" | "<" | ">" | "<=" | ">=")
}

/// `a > b` is `b < a`.
pub(super) fn comparison(op: &str, left: &Tree, right: &Tree) -> Tree {
    if is_certainly_null(left) || is_certainly_null(right) {
        return node(Op::Null, vec![]);
    }
    if let Some(known) = compared(op, left, right) {
        return boolean(known);
    }
    if let (true, Op::Bool(value)) = (is_predicate(left) && op == "=", &right.op) {
        let not = || negated(left).unwrap_or_else(|| node(Op::Not, vec![left.clone()]));
        return if *value { left.clone() } else { not() };
    }
    if op == "=" && matches!(left.op, Op::Bool(_)) && !matches!(right.op, Op::Bool(_)) {
        return comparison(op, right, left);
    }
    if let Some(inside) = compared_case(op, left, right) {
        return inside;
    }
    match op {
        ">" => binary("<", right.clone(), left.clone()),
        ">=" => binary("<=", right.clone(), left.clone()),
        _ => binary(op, left.clone(), right.clone()),
    }
}

/// `CASE WHEN a THEN 1 ELSE 2 END = 1` compares each result.
fn compared_case(op: &str, left: &Tree, right: &Tree) -> Option<Tree> {
    let (case_node, is_left) = match (&left.op, &right.op) {
        (Op::Case, _) if integer(right).is_some() => (left, true),
        (_, Op::Case) if integer(left).is_some() => (right, false),
        _ => return None,
    };
    let known = |result: &Tree| integer(result).is_some() || result.op == Op::Null;
    if !case_node.kids.iter().all(|kid| kid.op != Op::Operand && kid.kids.last().is_some_and(known)) {
        return None;
    }
    let against = |result: &Tree| if is_left { comparison(op, result, right) } else { comparison(op, left, result) };
    let kids = case_node.kids.iter().map(|kid| {
        let (last, rest) = kid.kids.split_last()?;
        Some(kid.with_kids([rest.to_vec(), vec![against(last)]].concat()))
    });
    Some(node(Op::Case, kids.collect::<Option<Vec<Tree>>>()?))
}

/// NULL, of whatever type.
pub(super) fn is_certainly_null(tree: &Tree) -> bool {
    match (&tree.op, tree.first()) {
        (Op::Null, _) => true,
        (Op::Cast(_), Some(inner)) => is_certainly_null(inner),
        _ => false,
    }
}

fn is_null(tree: &Tree) -> Option<bool> {
    match &tree.op {
        _ if is_certainly_null(tree) => Some(true),
        Op::Number(_) | Op::Bool(_) | Op::IsNull | Op::Exists => Some(false),
        _ => None,
    }
}

fn negated(inner: &Tree) -> Option<Tree> {
    let not = |tree: &Tree| negated(tree).unwrap_or_else(|| node(Op::Not, vec![tree.clone()]));
    match (&inner.op, inner.kids.as_slice()) {
        (Op::Bool(value), _) => Some(boolean(!value)),
        (Op::Null, _) => Some(inner.clone()),
        (Op::Not, [twice]) if is_predicate(twice) => Some(twice.clone()),
        (Op::And, kids) => Some(connective(&Op::Or, kids.iter().map(not).collect())),
        (Op::Or, kids) => Some(connective(&Op::And, kids.iter().map(not).collect())),
        (Op::Binary(op), [left, right]) if !is_row(left) && !is_row(right) => match &**op {
            "=" => Some(binary("<>", left.clone(), right.clone())),
            "<>" => Some(binary("=", left.clone(), right.clone())),
            _ => None,
        },
        _ => None,
    }
}

/// Rows of several values have rules of their own.
pub(super) fn is_row(tree: &Tree) -> bool {
    matches!(tree.op, Op::Tuple | Op::Struct | Op::Subquery)
        || matches!(&tree.op, Op::Function(name) if &**name == "ROW")
}

fn has_operand(kids: &[Tree]) -> bool {
    kids.iter().any(|kid| kid.op == Op::Operand)
}

/// The ways of a CASE that may be taken, and the results of those that never are.
pub(super) fn possible_ways(ways: &[Tree]) -> (Vec<Tree>, Vec<Tree>) {
    let (mut kept, mut idle) = (Vec::new(), Vec::new());
    let mut is_decided = false;
    for way in ways {
        match (&way.op, way.kids.as_slice()) {
            (_, [.., result]) if is_decided => idle.push(result.clone()),
            (Op::When, [test, result]) if test.op == Op::Bool(false) => idle.push(result.clone()),
            (Op::When, [test, result]) if test.op == Op::Bool(true) => {
                kept.push(node(Op::Else, vec![result.clone()]));
                is_decided = true;
            }
            _ => kept.push(way.clone()),
        }
    }
    (kept, idle)
}

/// Have the results that are never given no say in the type of the others? `CASE WHEN TRUE THEN 1 ELSE 2.5 END` is 1.0.
fn keeps_its_type(kept: &[Tree], idle: &[Tree]) -> bool {
    let mut results = kept.iter().filter_map(|way| way.kids.last()).filter(|result| result.op != Op::Null).peekable();
    if results.peek().is_none() {
        return idle.iter().all(|result| result.op == Op::Null);
    }
    let results: Vec<&Tree> = results.collect();
    let is_text = |tree: &Tree| matches!(tree.op, Op::Text(_));
    idle.iter().all(|result| {
        let alike = |is: &dyn Fn(&Tree) -> bool| is(result) && results.iter().all(|other| is(other));
        result.op == Op::Null
            || results.contains(&result)
            || alike(&integer_like)
            || alike(&is_text)
            || alike(&is_predicate)
    })
}

fn case(tree: &Tree) -> Tree {
    if has_operand(&tree.kids) {
        return tree.clone();
    }
    let (mut kids, idle) = possible_ways(&tree.kids);
    if !keeps_its_type(&kids, &idle) {
        return tree.clone();
    }
    if let Some(same) = same_result(&kids) {
        return same;
    }
    kids = super::choices::turned(kids);
    match kids.as_slice() {
        [when, otherwise] if is_yes_or_no(when, otherwise) => {
            let test = when.first().cloned().unwrap_or_else(|| boolean(false));
            simplified(&node(Op::Is("TRUE"), vec![test]))
        }
        [] => node(Op::Null, vec![]),
        [only] if only.op == Op::Else => only.first().cloned().unwrap_or_else(|| node(Op::Null, vec![])),
        [.., last] if last.op == Op::Else && last.first().is_some_and(|result| result.op == Op::Null) => {
            kids.pop();
            node(Op::Case, kids)
        }
        _ => node(Op::Case, kids),
    }
}

/// `CASE WHEN a THEN TRUE ELSE FALSE END` is `a IS TRUE`.
fn is_yes_or_no(when: &Tree, otherwise: &Tree) -> bool {
    let results = (when.kids.get(1).map(|kid| &kid.op), otherwise.first().map(|kid| &kid.op));
    when.op == Op::When && otherwise.op == Op::Else && results == (Some(&Op::Bool(true)), Some(&Op::Bool(false)))
}

/// What each way of a CASE gives.
fn same_result(kids: &[Tree]) -> Option<Tree> {
    let first = kids.first()?.kids.last()?;
    let has_else = kids.last().is_some_and(|kid| kid.op == Op::Else);
    let tests = kids.iter().filter(|kid| kid.op == Op::When).filter_map(|kid| kid.first());
    let quiet = !tests.into_iter().any(super::calls::may_fail);
    (has_else && quiet && kids.iter().all(|kid| kid.kids.last() == Some(first))).then(|| first.clone())
}

/// AND or OR: flat, without what decides nothing.
pub(super) fn connective(op: &Op, kids: Vec<Tree>) -> Tree {
    let is_and = *op == Op::And;
    let flat = flat(op, kids);
    let mut seen = BTreeSet::new();
    let mut parts: Vec<Tree> = Vec::new();
    for kid in &flat.kids {
        match kid.op {
            Op::Bool(value) if value == is_and => {}
            Op::Bool(_) => return kid.clone(),
            _ if seen.insert(kid.fingerprint()) => parts.push(kid.clone()),
            _ => {}
        }
    }
    absorb(if is_and { &Op::Or } else { &Op::And }, &seen, &mut parts);
    match parts.as_slice() {
        [] => boolean(is_and),
        [only] => only.clone(),
        _ => node(op.clone(), parts),
    }
}

/// `a AND (a OR b)` is `a`, and `(a OR b) AND (a OR b OR c)` is `a OR b`, for NULLs too.
fn absorb(other: &Op, seen: &BTreeSet<u128>, parts: &mut Vec<Tree>) {
    parts.retain(|part| part.op != *other || !part.kids.iter().any(|kid| seen.contains(&kid.fingerprint())));
    let sets: Vec<Option<BTreeSet<u128>>> = parts
        .iter()
        .map(|part| (part.op == *other).then(|| part.kids.iter().map(|kid| kid.fingerprint()).collect()))
        .collect();
    if sets.len() > LONGEST_LIST {
        return;
    }
    let larger = |at: usize| {
        let Some(Some(mine)) = sets.get(at) else { return false };
        sets.iter().enumerate().any(|(other, set)| {
            other != at && set.as_ref().is_some_and(|set| set.is_subset(mine) && (set.len() < mine.len() || other < at))
        })
    };
    let drop: Vec<bool> = (0..parts.len()).map(larger).collect();
    let mut at = 0;
    parts.retain(|_| {
        at += 1;
        !drop.get(at - 1).copied().unwrap_or(false)
    });
}

/// The parts of a condition that all have to hold.
pub(super) fn conjuncts(tree: &Tree) -> Vec<Tree> {
    match &tree.op {
        Op::And => tree.kids.iter().flat_map(conjuncts).collect(),
        Op::Bool(true) => vec![],
        _ => vec![tree.clone()],
    }
}

/// The two columns that an equality of columns equates.
pub(super) fn equated(tree: &Tree) -> Option<(&Tree, &Tree)> {
    operands(tree, "=").filter(|(a, b)| is_column(a) && is_column(b))
}

/// Is it a text of which the engine only finds the type by what is done with it?
pub(super) fn is_text_literal(tree: &Tree) -> bool {
    match (&tree.op, tree.kids.as_slice()) {
        (Op::Text(_), _) => true,
        (Op::Case, kids) => kids.iter().any(is_text_literal),
        (Op::When, [_, result]) | (Op::Else, [result]) => is_text_literal(result),
        (Op::Function(name), kids) if matches!(&**name, "COALESCE" | "NULLIF" | "IF" | "IFF" | "IFNULL" | "NVL") => {
            kids.iter().any(is_text_literal)
        }
        _ => false,
    }
}

/// Is it a whole number that stands in the text?
pub(super) fn integer_like(tree: &Tree) -> bool {
    integer(tree).is_some()
}

/// Is it a column and nothing else?
pub(super) fn is_column(tree: &Node) -> bool {
    matches!(tree.op, Op::Bound(..))
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same};

    #[test]
    fn three_valued_logic() {
        same("SELECT a FROM p WHERE NOT (a = 1 OR b = 2)", "SELECT a FROM p WHERE a <> 1 AND b <> 2");
        same("SELECT a IN (1, 2) FROM p", "SELECT a = 2 OR a = 1 FROM p");
        same("SELECT a FROM p WHERE b BETWEEN 1 AND 5", "SELECT a FROM p WHERE b >= 1 AND 5 >= b");
        same("SELECT a FROM p WHERE b = 1 OR NULL", "SELECT a FROM p WHERE b = 1");
        same("SELECT a FROM p WHERE CASE WHEN b < 10 THEN TRUE ELSE FALSE END", "SELECT a FROM p WHERE b < 10");
        same("SELECT (a = 1 OR b = 2) AND (b = 2 OR a = 1 OR a = 5) FROM p", "SELECT a = 1 OR b = 2 FROM p");
        differ("SELECT CASE WHEN b < 10 THEN TRUE ELSE FALSE END FROM p", "SELECT b < 10 FROM p");
        differ("SELECT b = 1 OR NULL FROM p", "SELECT b = 1 FROM p");
        differ("SELECT a FROM p WHERE NOT (b = 1 AND NULL)", "SELECT a FROM p");
        differ("SELECT a FROM p WHERE NOT (b = 1 AND NULL)", "SELECT a FROM p WHERE NOT FALSE");
        differ("SELECT a FROM p WHERE CASE WHEN b < 10 THEN FALSE ELSE TRUE END", "SELECT a FROM p WHERE NOT b < 10");
        differ("SELECT b AND TRUE FROM p", "SELECT b FROM p");
        // Behind CASE and a value there are values.
        differ(
            "SELECT CASE b > 1 WHEN NULL THEN 1 ELSE 2 END FROM p",
            "SELECT CASE b > 1 WHEN FALSE THEN 1 ELSE 2 END FROM p",
        );
        differ(
            "SELECT CASE b > 1 WHEN (a = 1) IS TRUE THEN 1 ELSE 2 END FROM p",
            "SELECT CASE b > 1 WHEN a = 1 THEN 1 ELSE 2 END FROM p",
        );
    }
}
