//! From two resolved queries to effects on rows and columns, with evidence.
//!
//! In: the query before and after, resolved. Out: [`QueryDiff`]. What is called the same is decided by
//! [`fingerprint`] alone; `evidence` then looks for the places that explain a difference, and a place that it doesn't
//! find costs an explanation, never a verdict.

pub mod bare;
mod batches;
pub mod canon;
mod certain_types;
mod declared;
mod environment;
mod evidence;
pub mod fingerprint;
mod header;
pub(crate) mod layout;
mod model;
mod outside;
mod premises;
mod remarks;
mod seed;
mod snippet;
mod statements;

use std::cell::Cell;

use rustc_hash::FxHashSet;

use crate::impact::{ColumnEffect, RowEffect};
use crate::resolve::{Output, Resolved};
use crate::sql::tree::{Name, Op, Span};

pub use canon::Facts;
use evidence::Evidences;
pub use fingerprint::{KnownNames, Renames};
use fingerprint::{Print, Prints};
pub use model::{LocalChange, ModelDiff, compare_models};
pub use outside::Outside;
pub use premises::declared;
pub(crate) use premises::{AuditCall, audit_calls};

/// One side of a comparison.
pub struct Side<'r> {
    pub resolved: &'r Resolved,
    /// What a hole stands for, its definition included.
    pub holes: &'r dyn Fn(u32) -> Print,
    /// The same without the definition: what is called, not what it does.
    pub hole_names: &'r dyn Fn(u32) -> Print,
    /// What the parents' columns are called on the other side.
    pub renames: &'r Renames,
    /// The names that the older side has.
    pub known: &'r KnownNames,
}

/// What a change of the query does to its result, its parents staying as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryDiff {
    pub rows: RowEffect,
    /// Indices into `evidence`.
    pub rows_because: Vec<usize>,
    /// The outputs of the new query in their order, then the removed ones.
    pub columns: Vec<ColumnDiff>,
    /// The columns that both have stand in another order.
    pub reordered: bool,
    pub evidence: Vec<Evidence>,
    /// What the answer rests on, if the queries as they are written don't show it.
    pub proof: Option<canon::Proof>,
    /// No proof was looked for to the end: a query is too large.
    pub given_up: bool,
}

/// What happens to one output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDiff {
    pub name: Name,
    pub effect: ColumnEffect,
    /// The old name of a renamed column.
    pub from: Option<Name>,
    pub because: Vec<usize>,
}

/// A place that explains a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// A change code.
    pub code: &'static str,
    /// The output in question, if it is about one.
    pub column: Option<Name>,
    /// Where, in the rendered SQL of either side.
    pub before: Option<Span>,
    pub after: Option<Span>,
    /// One sentence.
    pub message: String,
}

impl QueryDiff {
    /// Nothing changes in rows or columns.
    pub fn is_same(&self) -> bool {
        self.rows == RowEffect::Same && self.columns.iter().all(|column| column.effect == ColumnEffect::Same)
    }

    /// What was found to be the same may not be, and rows that differ for no reason that was found may be the same.
    pub(crate) fn nothing_is_certain(
        &mut self,
        code: &'static str,
        spans: (Option<Span>, Option<Span>),
        message: &str,
    ) {
        let is_unexplained = |at: &usize| self.evidence.get(*at).is_some_and(|evidence| evidence.code == "R199");
        let unexplained = match self.rows_because.as_slice() {
            [only] => Some(*only).filter(is_unexplained),
            _ => None,
        };
        let because = unexplained.unwrap_or(self.evidence.len());
        let mut doubted = unexplained.is_some();
        if doubted {
            self.rows = RowEffect::Unknown;
        } else if self.rows == RowEffect::Same {
            self.rows = RowEffect::Unknown;
            self.rows_because.push(because);
            doubted = true;
        }
        for column in self.columns.iter_mut().filter(|column| column.effect == ColumnEffect::Same) {
            column.effect = ColumnEffect::Unknown;
            column.because.push(because);
            doubted = true;
        }
        if doubted {
            let (before, after) = spans;
            let evidence = Evidence { code, column: None, before, after, message: message.to_owned() };
            match self.evidence.get_mut(because) {
                Some(found) => *found = evidence,
                None => self.evidence.push(evidence),
            }
        }
    }
}

/// Which output of one query is compared with which of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pairing {
    ByName,
    /// Names don't matter.
    ByPosition,
}

/// Compares two versions of a query. The facts are what is declared of the models that they read.
pub fn compare(before: &Side<'_>, after: &Side<'_>, facts: &Facts) -> QueryDiff {
    compare_paired(before, after, Pairing::ByName, facts)
}

/// Compares two queries, their outputs paired in this way. The facts are what is declared of the tables that they read.
pub fn compare_paired(before: &Side<'_>, after: &Side<'_>, pairing: Pairing, facts: &Facts) -> QueryDiff {
    let mut evidences =
        Evidences::new((before.resolved, before.prints(before.holes)), (after.resolved, after.prints(after.holes)));
    let given_up = Cell::new(false);
    let proof = match evidences.all_same(pairing) {
        true => None,
        false => canon::proof(before, after, facts, &given_up).filter(|proof| evidences.rests_on(proof, pairing)),
    };
    let doubts = Doubts::new(before, after);
    let rows = evidences.rows_effect(&doubts);
    let rows_because = if rows == RowEffect::Same { vec![] } else { evidences.explain_rows(&doubts) };
    let columns = evidences.columns(&doubts, pairing);
    let open_differ = evidences.open_outputs_differ();
    let reordered = pairing == Pairing::ByName && is_reordered(outputs(before.resolved), outputs(after.resolved));
    let mut diff = QueryDiff {
        rows,
        rows_because,
        columns,
        reordered,
        evidence: evidences.found,
        proof,
        given_up: given_up.get(),
    };
    let span = |resolved: &Resolved| resolved.root().map(|block| block.span);
    let spans = (span(before.resolved), span(after.resolved));
    if open_differ {
        diff.nothing_is_certain(
            "U205",
            spans,
            "a star over a table whose columns aren't known stands for other columns",
        );
    }
    if before.resolved.doubt != after.resolved.doubt {
        let message = "a name in the query can't be found, or a part of it isn't understood";
        diff.nothing_is_certain("U207", spans, message);
    }
    diff
}

/// Why a difference may be none: all of it is in calls that can't be expanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doubt {
    /// The code behind a call changed.
    Definition,
    /// A call is the same, but not what it may name around it.
    Around,
    /// A call changed: its name or arguments.
    Call,
}

/// Fingerprints under which a hole is only its name, or nothing but a hole. Where these agree and the full ones don't,
/// what the change does isn't known.
struct Doubts {
    by_name: [fingerprint::BlockPrints; 2],
    alone: [fingerprint::BlockPrints; 2],
    by_place: [fingerprint::BlockPrints; 2],
    /// Rows alone: under the assumption that calls of unknown kind are functions of one row.
    trusting: [Print; 2],
}

impl Doubts {
    fn new(before: &Side<'_>, after: &Side<'_>) -> Self {
        let any_hole = Cell::new(false);
        let named = |side: &Side<'_>| {
            let name = |hole| {
                any_hole.set(true);
                (side.hole_names)(hole)
            };
            root_prints(side.prints(&name))
        };
        let by_name = [named(before), named(after)];
        let [alone, by_place] = if any_hole.get() {
            let alone = |side: &Side<'_>| root_prints(side.prints(side.holes).alone());
            let placed = |side: &Side<'_>| root_prints(side.prints(&|_| fingerprint::ANY_HOLE));
            [[alone(before), alone(after)], [placed(before), placed(after)]]
        } else {
            [by_name.clone(), by_name.clone()]
        };
        let trusting = [before, after].map(|side| {
            let prints = Prints::trusting(side.resolved, side.holes);
            let mut prints = prints.with_renames(side.renames).with_known(side.known);
            prints.block(side.resolved.root).rows
        });
        Doubts { by_name, alone, by_place, trusting }
    }

    fn rows(&self) -> Option<Doubt> {
        self.first(|[before, after]| before.rows == after.rows)
    }

    /// The rows are the same unless a call whose kind isn't known aggregates or gives rows.
    fn rows_hang_on_unlisted_calls(&self) -> bool {
        self.trusting[0] == self.trusting[1]
    }

    fn column(&self, b: usize, a: usize) -> Option<Doubt> {
        self.first(|[before, after]| before.columns.get(b) == after.columns.get(a))
    }

    fn first(&self, agree: impl Fn(&[fingerprint::BlockPrints; 2]) -> bool) -> Option<Doubt> {
        if agree(&self.by_name) {
            Some(Doubt::Definition)
        } else if agree(&self.alone) {
            Some(Doubt::Around)
        } else if agree(&self.by_place) {
            Some(Doubt::Call)
        } else {
            None
        }
    }
}

impl Doubt {
    fn code(self) -> &'static str {
        match self {
            Doubt::Definition => "U201",
            Doubt::Around | Doubt::Call => "U203",
        }
    }
}

impl Side<'_> {
    fn prints<'p>(&'p self, holes: &'p dyn Fn(u32) -> Print) -> Prints<'p> {
        Prints::new(self.resolved, holes).with_renames(self.renames).with_known(self.known)
    }
}

fn root_prints(mut prints: Prints<'_>) -> fingerprint::BlockPrints {
    let root = prints.root();
    (*prints.block(root)).clone()
}

fn outputs(resolved: &Resolved) -> &[Output] {
    resolved.root().map(|block| block.outputs.as_slice()).unwrap_or_default()
}

fn is_reordered(before: &[Output], after: &[Output]) -> bool {
    let common = |these: &[Output], those: &[Output]| -> Vec<Name> {
        let those: FxHashSet<&Name> = those.iter().map(|output| &output.name).collect();
        these.iter().filter(|output| those.contains(&output.name)).map(|output| output.name.clone()).collect()
    };
    common(before, after) != common(after, before)
}

/// Does the value have anything of a source in it? Two equal constants are no sign of a rename.
fn reads_something(output: &Output) -> bool {
    let mut reads = false;
    output.value.walk(&mut |node| {
        reads |= matches!(node.op, Op::Bound(..));
        !reads
    });
    reads
}
