//! Tables that models read and that nothing in the project defines or declares.
//!
//! In: an analysed [`State`]. Out: one diagnostic per table, at the first place that names it. Reading a raw table is
//! no mistake, so this is a note; a name that is nearly that of a model is a warning. Never a reason to stop.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Severity};
use crate::names::ModelName;

use super::{AnalysedModel, State, UNDECLARED};

/// The longest name that is compared with others: comparing takes quadratic time.
const LONGEST: usize = 64;

/// The most names that are compared with the models'.
const MOST: usize = 200;

pub(super) fn diagnostics(state: &State) -> Vec<Diagnostic> {
    let mut readers: BTreeMap<&ModelName, Vec<&AnalysedModel>> = BTreeMap::new();
    for model in state.models.values() {
        let unknown = model.parents.iter().filter(|parent| !state.models.contains_key(*parent));
        for parent in unknown.filter(|parent| !is_system_table(parent)) {
            readers.entry(parent).or_default().push(model);
        }
    }
    let one = |(at, (name, readers)): (usize, (&ModelName, Vec<&AnalysedModel>))| {
        let similar = if at < MOST { similar(state, name) } else { None };
        diagnostic(name, &readers, similar)
    };
    readers.into_iter().enumerate().filter_map(one).collect()
}

fn diagnostic(name: &ModelName, readers: &[&AnalysedModel], similar: Option<&ModelName>) -> Option<Diagnostic> {
    let location = readers.first()?.mention(name);
    let others = match readers.len() - 1 {
        0 => String::new(),
        1 => " (1 more model reads it)".to_owned(),
        n => format!(" ({n} more models read it)"),
    };
    let message = format!("no model, seed or external model is called {name}{others}");
    Some(match similar {
        Some(similar) => Diagnostic::new(UNDECLARED, Severity::Warning, location, message)
            .with_help(format!("did you mean {similar}?")),
        None => Diagnostic::new(UNDECLARED, Severity::Info, location, message).with_help(
            "if it is a table from outside, `sqlmesh create_external_models` writes down its columns, and a `*` over \
             it can be followed",
        ),
    })
}

/// Every database has these tables.
fn is_system_table(name: &ModelName) -> bool {
    name.parts().iter().any(|part| part.eq_ignore_ascii_case("information_schema"))
}

/// The model whose name is one slip of a finger away.
fn similar<'s>(state: &'s State, name: &ModelName) -> Option<&'s ModelName> {
    let text = name.to_string();
    state.models.keys().find(|known| is_one_edit_apart(&text, &known.to_string()))
}

/// One character more, less, or different, or two swapped. Case alone is no slip.
pub(crate) fn is_one_edit_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().max(b.len()) > LONGEST || a.len().min(b.len()) < 4 || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(start..).unwrap_or_default(), b.get(start..).unwrap_or_default());
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let middle = |text: &[char]| text.iter().copied().take(text.len() - end).collect::<Vec<_>>();
    match (middle(a).as_slice(), middle(b).as_slice()) {
        ([a], [b]) => !a.is_ascii_digit() && !b.is_ascii_digit(),
        ([one], []) | ([], [one]) => !one.is_ascii_digit(),
        ([a, b], [c, d]) => (a, b) == (d, c),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_a_finger_are_recognised() {
        for (typed, meant) in [
            ("shop.order", "shop.orders"),
            ("shop.ordres", "shop.orders"),
            ("shop.ordars", "shop.orders"),
            ("shop.oorders", "shop.orders"),
        ] {
            assert!(is_one_edit_apart(typed, meant), "{typed}");
        }
    }

    #[test]
    fn other_names_and_numbered_tables_are_no_slips() {
        for (typed, other) in [
            ("shop.orders", "shop.orders"),
            ("shop.items", "shop.orders"),
            ("shop.orders_2023", "shop.orders_2024"),
            ("shop.orders1", "shop.orders"),
            ("a.b", "a.c"),
        ] {
            assert!(!is_one_edit_apart(typed, other), "{typed}");
        }
    }
}
