//! Schema changes of forward-only models as findings: SQLMesh stops or warns when the change is deployed.
//!
//! In: what `plan` found. Out: causes that no effect refers to, because they say nothing of the data.

use crate::compare::LocalChange;
use crate::plan::Violation;

use super::effects::Cause;

/// How many columns are named.
const MAX_NAMES: usize = 6;

pub(super) fn cause(violation: &Violation) -> Cause {
    let columns = names(&violation.columns);
    let (code, done) = match violation.is_destructive {
        true => ("P110", format!("dropping {columns}")),
        false => ("P111", format!("adding {columns}")),
    };
    let setting = if violation.is_destructive { "on_destructive_change" } else { "on_additive_change" };
    let verb = if violation.is_error { "refuses the plan" } else { "warns" };
    let condition = match violation.is_certain {
        true => "",
        false => ", if it knows the types of all columns",
    };
    Cause {
        model: violation.model.clone(),
        change: LocalChange {
            code,
            column: None,
            location: violation.location.clone(),
            before: None,
            after: None,
            message: format!("SQLMesh {verb}{condition}: {done} changes the table of a forward-only model ({setting})"),
        },
        via: Vec::new(),
        uncertain: !violation.is_certain,
    }
}

fn names(columns: &[String]) -> String {
    let shown: Vec<&str> = columns.iter().take(MAX_NAMES).map(String::as_str).collect();
    let more = columns.len().saturating_sub(shown.len());
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}
