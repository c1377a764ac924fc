//! Two versions of a model's query: equal, with safe additions, or different.

use std::sync::Arc;

use crate::lex::{Token, TokenKind};
use crate::project::Body;
use crate::resolve::{Block, BlockKind};
use crate::state::AnalysedModel;
use crate::state::believed::is_off;

use super::cache::share_an_entry;
use super::columns::Columns;
use super::environment::origin;
use super::lockstep::walked;
use super::regenerated::is_regenerated;
use super::side::Side;

/// How two queries compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Match {
    Equal,
    /// Equal but for added projections that SQLMesh takes for safe.
    Additions,
    /// An added projection may give rows.
    AddsRows,
    /// A projection is added before others, to which numbers in ORDER BY refer.
    ShiftsOrdinals,
    Different,
}

/// Compares the queries of two versions of a model, each in its project. `same_columns`: the parents' columns are the same;
/// `same_surroundings`: macros and variables, too.
pub(super) fn compare(
    before: (&Columns, &AnalysedModel),
    after: (&Columns, &AnalysedModel),
    (same_columns, same_surroundings): (bool, bool),
) -> Match {
    let (old, new) = (&before.1.query, &after.1.query);
    match (old, new) {
        // Whatever `optimize_query` says.
        (Some(old), Some(new))
            if same_surroundings
                && share_an_entry((old, (before.0.state(), before.1)), (new, (after.0.state(), after.1)), || {
                    same_origin(before, after, same_columns)
                }) =>
        {
            Match::Equal
        }
        (Some(old), Some(new)) => {
            let name = &after.1.model.name;
            let optimized = (before.0.is_optimized(name), after.0.is_optimized(name));
            if same_dialect(before.1, after.1) && optimized.0 == optimized.1 && Arc::ptr_eq(old, new) {
                return Match::Equal;
            }
            if old.resolved.is_none() && new.resolved.is_none() && same_dialect(before.1, after.1) {
                let same = same_optimizer(before.1, after.1) && same_origin(before, after, same_columns);
                return if same { Match::Equal } else { Match::Different };
            }
            queries(before, after)
        }
        (None, None) if same_surroundings && same_code(before.1, after.1) => Match::Equal,
        (None, None) => written_in_python(before, after, same_columns),
        _ => Match::Different,
    }
}

/// Does only SQLMesh's cache make the queries equal, which takes both for one?
pub(super) fn is_one_only_in_cache(before: (&Columns, &AnalysedModel), after: (&Columns, &AnalysedModel)) -> bool {
    queries(before, after) != Match::Equal
}

fn same_dialect(before: &AnalysedModel, after: &AnalysedModel) -> bool {
    before.model.dialect == after.model.dialect
}

fn queries(before: (&Columns, &AnalysedModel), after: (&Columns, &AnalysedModel)) -> Match {
    let (Some(old), Some(new)) = (&before.1.query, &after.1.query) else { return Match::Different };
    let Some((before, after)) = sides(before, after) else {
        let (old, new) = (&old.rendered, &new.rendered);
        let equal = old.rendered.sql == new.rendered.sql && old.holes == new.holes;
        return if equal { Match::Equal } else { Match::Different };
    };
    if spellings(&before) != spellings(&after) {
        Match::Different
    } else if before.block(before.resolved.root) == after.block(after.resolved.root) {
        Match::Equal
    } else {
        walked(&before.strict(), &after.strict())
    }
}

/// Both queries as SQLMesh compares them, if both are understood.
pub(super) fn sides<'q>(
    before: (&Columns, &'q AnalysedModel),
    after: (&Columns, &'q AnalysedModel),
) -> Option<(Side<'q>, Side<'q>)> {
    let side = |(columns, analysed): (&Columns, &'q AnalysedModel), other: &AnalysedModel| {
        let query = analysed.query.as_ref()?;
        let resolved = query.resolved.as_ref()?;
        let known = (columns.is_optimized(&analysed.model.name), columns.unseen_outputs(resolved));
        let side = Side::new(query, resolved, analysed.model.dialect, known).across_dialects(other.model.dialect);
        Some(side.regenerated_if(is_regenerated(&analysed.model)))
    };
    Some((side(before, after.1)?, side(after, before.1)?))
}

/// What sqlglot keeps of a query's text and our blocks don't: how many queries stand in parentheses of their own, alone or
/// in a set operation, and how often RECURSIVE is written.
fn spellings(side: &Side<'_>) -> (usize, usize) {
    let sql = &side.query.rendered.rendered.sql;
    let is_recursive = |token: &&Token| token.is_word(sql, "RECURSIVE");
    let operands = side.resolved.blocks.iter().flat_map(|block| match block.kind {
        BlockKind::SetOperation { left, right, .. } => vec![left, right],
        _ => vec![],
    });
    let operands = operands.filter_map(|id| side.resolved.block(id));
    // Those around all that stands behind WITH are taken off.
    let whole = side.resolved.root().filter(|root| root.ctes.is_empty());
    let in_parentheses = operands.chain(whole).filter(|block| is_in_parentheses(side, block)).count();
    (in_parentheses, side.tokens.iter().filter(is_recursive).count())
}

pub(super) fn is_in_parentheses(side: &Side<'_>, block: &Block) -> bool {
    let (start, end) = (block.span.start as usize, block.span.end as usize);
    let first = side.tokens.partition_point(|token| token.start < start);
    let behind = side.tokens.partition_point(|token| token.start < end);
    let at = |at: Option<usize>, symbol| {
        at.and_then(|at| side.tokens.get(at)).is_some_and(|token: &Token| token.is_symbol(symbol))
    };
    // A span may hold its own parentheses.
    at(first.checked_sub(1), '(') && at(Some(behind), ')')
        || at(Some(first), '(') && at(behind.checked_sub(1), ')') && closes(side, first, behind)
        || at(Some(first), '(') && is_followed_by_more(side, first)
        || at(first.checked_sub(1), '(') && first.checked_sub(1).is_some_and(|open| is_followed_by_more(side, open))
}

/// `(SELECT …) ORDER BY …`: is what follows the parentheses neither their end nor a set operation?
fn is_followed_by_more(side: &Side<'_>, open: usize) -> bool {
    let sql = &side.query.rendered.rendered.sql;
    let next = closing(side, open).and_then(|close| side.tokens.get(close + 1));
    next.is_some_and(|next| ["ORDER", "LIMIT", "OFFSET", "FETCH"].iter().any(|word| next.is_word(sql, word)))
}

/// Is the parenthesis that opens at one token closed by the last one before the other?
fn closes(side: &Side<'_>, open: usize, end: usize) -> bool {
    closing(side, open) == end.checked_sub(1)
}

/// The token that closes the parenthesis that opens at one.
fn closing(side: &Side<'_>, open: usize) -> Option<usize> {
    let mut depth = 0usize;
    let closed = side.tokens.get(open..)?.iter().position(|token| {
        match token.kind {
            TokenKind::Symbol('(') => depth += 1,
            TokenKind::Symbol(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    closed.map(|at| open + at)
}

/// A query that a Python function makes is taken for equal as long as all is that it goes by.
fn written_in_python(
    before: (&Columns, &AnalysedModel),
    after: (&Columns, &AnalysedModel),
    same_columns: bool,
) -> Match {
    match (&before.1.model.body, &after.1.model.body) {
        (Body::Python(old), Body::Python(new)) if old.is_sql || new.is_sql => {
            let equal = old.is_sql == new.is_sql
                && same_optimizer(before.1, after.1)
                && same_origin(before, after, same_columns);
            if equal { Match::Equal } else { Match::Different }
        }
        _ => Match::Equal,
    }
}

fn same_code(before: &AnalysedModel, after: &AnalysedModel) -> bool {
    match (&before.model.body, &after.model.body) {
        (Body::Python(old), Body::Python(new)) => old.is_sql == new.is_sql && old.definition == new.definition,
        _ => false,
    }
}

fn same_optimizer(before: &AnalysedModel, after: &AnalysedModel) -> bool {
    is_off(&before.model) == is_off(&after.model)
}

/// Are both rendered from the same? What they become then is the same, too, whether we know it or not.
fn same_origin(before: (&Columns, &AnalysedModel), after: (&Columns, &AnalysedModel), same_columns: bool) -> bool {
    let (old, new) = (origin(before.0.state(), before.1), origin(after.0.state(), after.1));
    old == new && (same_columns || !new.reads_columns)
}
