//! Which of TRUE, FALSE and NULL an expression can give if some of its columns are NULL.
//!
//! In: an expression and what its columns can be. Out: the values it can have. Never too few of them: what isn't
//! understood can be anything.

use crate::sql::tree::{Op, Tree};

/// A set of TRUE, FALSE and NULL; a value of another type counts as TRUE or FALSE.
pub(super) type Outcomes = u8;

pub(super) const TRUE: Outcomes = 1;
pub(super) const FALSE: Outcomes = 2;
pub(super) const NULL: Outcomes = 4;
/// Anything but NULL.
pub(super) const SOME: Outcomes = TRUE | FALSE;
pub(super) const ANY: Outcomes = SOME | NULL;

/// How deep is looked; what lies deeper can be anything.
const DEPTH: usize = 100;

/// What a column can be: its relation, its place, its name.
pub(super) type Columns<'c> = &'c dyn Fn(u32, u32, &str) -> Outcomes;

/// What an expression can give.
pub(super) fn outcomes(tree: &Tree, columns: Columns<'_>) -> Outcomes {
    of(tree, columns, DEPTH)
}

fn of(tree: &Tree, columns: Columns<'_>, depth: usize) -> Outcomes {
    let Some(depth) = depth.checked_sub(1) else { return ANY };
    let kids = || tree.kids.iter().map(|kid| of(kid, columns, depth));
    match &tree.op {
        Op::Bound(relation, place, name) => columns(*relation, *place, name),
        Op::Null => NULL,
        Op::Bool(value) => {
            if *value {
                TRUE
            } else {
                FALSE
            }
        }
        // In Oracle the empty text is NULL.
        Op::Text(text) if text.is_empty() => ANY,
        Op::Number(_) | Op::Text(_) | Op::Literal(..) | Op::Exists => SOME,
        Op::Paren => kids().next().unwrap_or(ANY),
        Op::Not => negated(kids().next().unwrap_or(ANY)),
        Op::And => kids().fold(TRUE, both),
        Op::Or => negated(kids().map(negated).fold(TRUE, both)),
        Op::IsNull => match kids().next().unwrap_or(ANY) {
            NULL => TRUE,
            outcome if outcome & NULL == 0 => FALSE,
            _ => SOME,
        },
        Op::Is("TRUE") => is(kids().next().unwrap_or(ANY), TRUE),
        Op::Is("FALSE") => is(kids().next().unwrap_or(ANY), FALSE),
        Op::Binary(op) if is_strict(op) => strict(kids()),
        // NULL BETWEEN x AND y is NULL; x BETWEEN NULL AND y may be FALSE.
        Op::Between => match kids().next() {
            Some(NULL) => NULL,
            _ => ANY,
        },
        Op::Unary(_) | Op::Cast(false) => strict(kids().take(1)),
        Op::Cast(true) => match kids().next() {
            Some(NULL) => NULL,
            _ => ANY,
        },
        Op::Like(_) => strict(kids()),
        Op::In => match (kids().next(), tree.kids.get(1).map(|kid| &kid.op)) {
            // NULL is in no empty list, and that is FALSE.
            (Some(NULL), Some(Op::Subquery)) => NULL | FALSE,
            (Some(NULL), Some(Op::Function(_))) => ANY,
            (Some(NULL), _) => NULL,
            _ => ANY,
        },
        Op::Function(name) if &**name == "COALESCE" => coalesced(kids()),
        Op::Case => case(tree, columns, depth),
        _ => ANY,
    }
}

/// Operators that give NULL if an operand is.
fn is_strict(op: &str) -> bool {
    matches!(op, "=" | "<>" | "<" | ">" | "<=" | ">=" | "+" | "-" | "*")
}

fn negated(outcome: Outcomes) -> Outcomes {
    (outcome & NULL) | if outcome & TRUE != 0 { FALSE } else { 0 } | if outcome & FALSE != 0 { TRUE } else { 0 }
}

fn both(a: Outcomes, b: Outcomes) -> Outcomes {
    let mut all = (a | b) & FALSE;
    if a & TRUE != 0 && b & TRUE != 0 {
        all |= TRUE;
    }
    if a & NULL != 0 && b & (NULL | TRUE) != 0 || b & NULL != 0 && a & (NULL | TRUE) != 0 {
        all |= NULL;
    }
    all
}

fn is(outcome: Outcomes, wanted: Outcomes) -> Outcomes {
    if outcome == wanted {
        TRUE
    } else if outcome & wanted == 0 {
        FALSE
    } else {
        SOME
    }
}

fn strict(kids: impl Iterator<Item = Outcomes>) -> Outcomes {
    let kids: Vec<Outcomes> = kids.collect();
    if kids.contains(&NULL) {
        NULL
    } else if kids.iter().all(|kid| kid & NULL == 0) {
        SOME
    } else {
        ANY
    }
}

fn coalesced(kids: impl Iterator<Item = Outcomes>) -> Outcomes {
    let mut all = 0;
    for kid in kids {
        all |= kid & SOME;
        if kid & NULL == 0 {
            return all;
        }
    }
    all | NULL
}

fn case(tree: &Tree, columns: Columns<'_>, depth: usize) -> Outcomes {
    let mut all = 0;
    for kid in &tree.kids {
        match (&kid.op, kid.kids.as_slice()) {
            (Op::When, [condition, result]) => {
                let met = of(condition, columns, depth);
                if met & TRUE != 0 {
                    all |= of(result, columns, depth);
                }
                if met == TRUE {
                    return all;
                }
            }
            (Op::Else, [result]) => return all | of(result, columns, depth),
            _ => return ANY,
        }
    }
    all | NULL
}

#[cfg(test)]
mod tests {
    use super::super::form::{binary, node};
    use super::super::pairs::{differ, same};
    use super::*;

    fn column() -> Tree {
        node(Op::Bound(0, 0, "".into()), vec![])
    }

    #[test]
    fn a_comparison_with_null_is_null_and_its_negation_too() {
        let null = |_: u32, _: u32, _: &str| NULL;
        let equal = binary("=", column(), node(Op::Number("1".into()), vec![]));
        assert_eq!(outcomes(&equal, &null), NULL);
        assert_eq!(outcomes(&node(Op::Not, vec![equal.clone()]), &null), NULL);
        let is_null = node(Op::IsNull, vec![column()]);
        assert_eq!(outcomes(&node(Op::Or, vec![equal.clone(), is_null.clone()]), &null), TRUE);
        assert_eq!(outcomes(&node(Op::And, vec![equal, is_null]), &null), NULL);
    }

    #[test]
    fn coalesce_and_case_see_through_null() {
        let null = |_: u32, _: u32, _: &str| NULL;
        let one = node(Op::Number("1".into()), vec![]);
        let coalesce = node(Op::Function("COALESCE".into()), vec![column(), one.clone()]);
        assert_eq!(outcomes(&coalesce, &null), SOME);
        let when = node(Op::When, vec![binary("=", column(), one.clone()), one.clone()]);
        let case = node(Op::Case, vec![when.clone(), node(Op::Else, vec![column()])]);
        assert_eq!(outcomes(&case, &null), NULL);
        let case = node(Op::Case, vec![when, node(Op::Else, vec![one])]);
        assert_eq!(outcomes(&case, &null), SOME);
    }

    #[test]
    fn what_is_not_understood_can_be_anything() {
        let call = node(Op::Function("F".into()), vec![column()]);
        assert_eq!(outcomes(&call, &|_, _, _| NULL), ANY);
    }

    #[test]
    fn only_a_condition_that_null_can_t_meet_drops_the_extra_rows() {
        same(
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE q.y IN (1, 2)",
            "SELECT p.a FROM p JOIN q ON p.id = q.pid WHERE q.y IN (1, 2)",
        );
        for condition in ["q.y IS NULL", "q.y = 1 OR p.b = 1", "COALESCE(q.y, 1) = 1", "NOT (q.y = 1 AND p.b = 1)"] {
            differ(
                &format!("SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE {condition}"),
                &format!("SELECT p.a FROM p JOIN q ON p.id = q.pid WHERE {condition}"),
            );
        }
    }
}
