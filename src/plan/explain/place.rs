//! The first place where two rendered queries differ, as SQLMesh compares them.
//!
//! In: both queries. Out: the place in words, such as "the projection `amount` of the CTE `x`".
//! It goes down through both queries in step, one block at a time, and never back up.

use crate::resolve::{BlockId, BlockKind, Select, Source};

use super::super::side::{Side, Subqueries};

/// The deepest nesting that is looked into.
const MAX_DEPTH: usize = 64;

pub(super) fn first(sides: &(Side<'_>, Side<'_>)) -> Option<String> {
    let mut blocks = (sides.0.resolved.root, sides.1.resolved.root);
    let mut around = String::new();
    for _ in 0..MAX_DEPTH {
        match step(sides, blocks)? {
            Step::Here(what) => return Some(format!("{what}{around}")),
            Step::Inside(inner, what) => {
                if let Some(what) = what {
                    around = format!(" of {what}");
                }
                blocks = inner;
            }
            Step::Nowhere => return None,
        }
    }
    None
}

/// Where to look.
enum Step {
    Here(String),
    /// In these blocks, which may have a name.
    Inside((BlockId, BlockId), Option<String>),
    /// At something that has no name.
    Nowhere,
}

fn step((before, after): &(Side<'_>, Side<'_>), (b, a): (BlockId, BlockId)) -> Option<Step> {
    let (old, new) = (before.resolved.block(b)?, after.resolved.block(a)?);
    let here = |what: &str| Some(Step::Here(what.to_owned()));
    let names = |ctes: &[(crate::sql::tree::Name, BlockId)]| -> Vec<String> {
        ctes.iter().map(|(name, _)| name.to_string()).collect()
    };
    if names(&old.ctes) != names(&new.ctes) {
        return here("the list of CTEs");
    }
    for ((name, b), (_, a)) in old.ctes.iter().zip(&new.ctes) {
        if before.block(*b) != after.block(*a) {
            return Some(Step::Inside((*b, *a), Some(format!("the CTE `{name}`"))));
        }
    }
    match (&old.kind, &new.kind) {
        (BlockKind::Select(was), BlockKind::Select(is)) => {
            if let Some(found) = select((before, after), (b, was), (a, is)) {
                return Some(found);
            }
        }
        (
            BlockKind::SetOperation { left: left_b, right: right_b, .. },
            BlockKind::SetOperation { left: left_a, right: right_a, .. },
        ) => {
            for (b, a) in [(*left_b, *left_a), (*right_b, *right_a)] {
                if before.block(b) != after.block(a) {
                    return Some(Step::Inside((b, a), None));
                }
            }
            return here("the set operation or what follows it");
        }
        (BlockKind::Wrapped(b), BlockKind::Wrapped(a)) if before.block(*b) != after.block(*a) => {
            return Some(Step::Inside((*b, *a), None));
        }
        (BlockKind::Values(_), BlockKind::Values(_)) => return here("the values"),
        _ => return here("the form of the query"),
    }
    here("ORDER BY, LIMIT or what follows the query")
}

/// The parts of two SELECTs, in the order of the text.
fn select(
    (before, after): (&Side<'_>, &Side<'_>),
    (b, was): (BlockId, &Select),
    (a, is): (BlockId, &Select),
) -> Option<Step> {
    let (old, new) = (before.resolved.block(b)?, after.resolved.block(a)?);
    let (was_put_out, is_put_out) = (before.outputs(b, old, was), after.outputs(a, new, is));
    let differs = |at: usize| was_put_out.get(at).map(|(print, _)| print) != is_put_out.get(at).map(|(print, _)| print);
    if let Some(at) = (0..was_put_out.len().max(is_put_out.len())).find(|at| differs(*at)) {
        // What a macro gives has no name before it runs.
        let name = |outputs: &[crate::resolve::Output], at: Option<usize>| {
            let output = at.and_then(|at| outputs.get(at)).filter(|output| !output.name.is_empty());
            output.map(|output| format!("the projection `{}`", output.name))
        };
        let place = |put_out: &[(u128, Option<usize>)]| put_out.get(at).and_then(|(_, at)| *at);
        let named = name(&old.outputs, place(&was_put_out)).or_else(|| name(&new.outputs, place(&is_put_out)));
        let is_star = |put_out: &[(u128, Option<usize>)]| put_out.get(at).is_some_and(|(_, at)| at.is_none());
        let star = || (is_star(&was_put_out) || is_star(&is_put_out)).then(|| "a star".to_owned());
        return Some(named.or_else(star).map_or(Step::Nowhere, Step::Here));
    }
    if was.relations.len() != is.relations.len() {
        return Some(Step::Here("FROM and its joins".to_owned()));
    }
    for (old, new) in was.relations.iter().zip(&is.relations) {
        let alias = new.alias.as_ref().map_or_else(String::new, |alias| format!(" `{alias}`"));
        if before.alias(old) != after.alias(new) || before.source(old) != after.source(new) {
            return Some(Step::Here(format!("the table{alias} in FROM")));
        }
        if before.join(old, Subqueries::Exact) != after.join(new, Subqueries::Exact) {
            return Some(Step::Here(format!("the join of{alias}")));
        }
        if let (Source::Block(b) | Source::Altered(b), Source::Block(a) | Source::Altered(a)) =
            (&old.source, &new.source)
            && before.cte(*b).is_none()
            && before.block(*b) != after.block(*a)
        {
            // VALUES in FROM are a table to sqlglot.
            let are_values = [before.resolved.block(*b), after.resolved.block(*a)]
                .iter()
                .all(|block| block.is_some_and(|block| matches!(block.kind, BlockKind::Values(_))));
            return Some(match are_values {
                true => Step::Here(format!("the table{alias} in FROM")),
                false => Step::Inside((*b, *a), Some(format!("the subquery{alias}"))),
            });
        }
    }
    let (was_filtered, is_filtered) = (before.filters(was, Subqueries::Exact), after.filters(is, Subqueries::Exact));
    for (at, clause) in ["WHERE", "HAVING", "QUALIFY"].into_iter().enumerate() {
        if was_filtered.get(at) != is_filtered.get(at) {
            return Some(Step::Here(clause.to_owned()));
        }
    }
    (before.grouping(was) != after.grouping(is)).then(|| Step::Here("GROUP BY or DISTINCT".to_owned()))
}
