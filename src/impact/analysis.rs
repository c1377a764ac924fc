//! The answer: what `report/` prints, in the terms of the contract. Plain data, no behaviour beyond ordering.
//!
//! The JSON of `impact diff` is these structs, serialized as they are; their field names are a promise.

use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnostic::Severity;

/// Everything `impact diff` found. Serialized, it is the JSON output.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Analysis {
    /// Of this format; fields may be added without raising it, never renamed or removed.
    pub schema_version: u32,
    pub base: Revision,
    pub head: Revision,
    /// The worst verdict of all models.
    pub verdict: Verdict,
    /// Every model that is added, removed, changed or reached, sorted by name.
    pub models: Vec<ModelImpact>,
    /// Numbered from 1 in the order of reading: failures first.
    pub findings: Vec<Finding>,
    pub diagnostics: Vec<ReportedDiagnostic>,
    pub coverage: Coverage,
    /// What would be built again, by SQLMesh and as far as needed.
    pub rebuild: RebuildTotals,
    /// The standalone audits that `sqlmesh plan` would list beside the models, sorted by name.
    pub standalone_audits: Vec<AuditImpact>,
}

/// A standalone audit, which is a node of SQLMesh's graph without data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AuditImpact {
    pub name: String,
    /// The file that defines it in the new state (in the old one if it is removed).
    pub path: String,
    pub change: Change,
    /// SQLMesh's category; `null` if it is removed.
    pub sqlmesh: Option<Category>,
}

/// One of the two states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Revision {
    /// As typed, or `work tree`, `index`.
    pub rev: String,
    /// 40 hexadecimal digits, if it is a commit.
    pub commit: Option<String>,
}

/// What is true of a model, best first: the order is that of `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing but metadata changed.
    Metadata,
    /// Changed text, proved the same.
    Equivalent,
    /// Only additions.
    NonBreaking,
    /// Could not be decided; counts as changed.
    Unknown,
    /// A reader could see other rows, or other values in a column that it could already read, or fails.
    Breaking,
}

/// How `sqlmesh plan` would list a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Added,
    Removed,
    Direct,
    Indirect,
    Metadata,
    /// SQLMesh would not list it.
    None,
}

/// SQLMesh's own category (`SnapshotChangeCategory`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Category {
    Breaking,
    NonBreaking,
    IndirectBreaking,
    IndirectNonBreaking,
    Metadata,
}

impl Category {
    /// SQLMesh's own spelling.
    pub fn name(self) -> &'static str {
        match self {
            Category::Breaking => "BREAKING",
            Category::NonBreaking => "NON_BREAKING",
            Category::IndirectBreaking => "INDIRECT_BREAKING",
            Category::IndirectNonBreaking => "INDIRECT_NON_BREAKING",
            Category::Metadata => "METADATA",
        }
    }
}

/// Where SQLMesh's answer and the truth part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disagreement {
    /// SQLMesh will not rebuild something whose data changes.
    SqlmeshUnsafe,
    /// SQLMesh will rebuild something whose data stays as it is.
    SqlmeshOverBroad,
}

/// What happens to one model.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ModelImpact {
    pub name: String,
    /// The file that defines it in the new state (in the old one for removed models).
    pub path: String,
    /// SQLMesh's name of the kind: `FULL`, `VIEW`, `SEED`, `EXTERNAL`, ….
    pub kind: String,
    pub change: Change,
    /// SQLMesh's category; `null` where SQLMesh would ask the user.
    pub sqlmesh: Option<Category>,
    pub verdict: Verdict,
    pub disagreement: Option<Disagreement>,
    /// The model's query will fail.
    pub fails: bool,
    pub rows: RowsImpact,
    /// All output columns, old and new, in the new order, removed ones last. Empty where they can't be known.
    pub columns: Vec<ColumnImpact>,
    /// What happens to the model's table.
    pub rebuild: RebuildPreview,
    /// `false` where `change` and `sqlmesh` hang on what code of the project gives, which wasn't run (`--python` runs it):
    /// then they are the likelier answer.
    pub sqlmesh_certain: bool,
    /// The steps of SQLMesh's reasoning that decided, in their order; empty if SQLMesh would not list the model.
    pub sqlmesh_because: Vec<SqlmeshReason>,
}

/// One step of SQLMesh's reasoning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SqlmeshReason {
    /// The name of the step, such as `data_hash` or `breaking_above`.
    pub step: String,
    /// What it is about, if that has names: entries of a hash, a place in a query, parents.
    pub about: Vec<String>,
    /// What it came to, as a sentence.
    pub text: String,
}

/// What is built again of a model, in an environment that holds the old state whole: by SQLMesh, and as far as needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RebuildPreview {
    /// `null` where SQLMesh would ask the user first.
    pub sqlmesh: Option<RebuildAction>,
    /// How many intervals SQLMesh would compute; `null` without `--now`, or where a date can't be read.
    pub intervals: Option<u64>,
    /// What the verdict asks for: data that may change has to be computed, other data can stay.
    pub needed: RebuildAction,
    /// How many intervals that is; `null` as above.
    pub needed_intervals: Option<u64>,
}

/// What happens to a model's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RebuildAction {
    /// A new one is made and backfilled.
    NewTable,
    /// It stays, and all intervals or those that it lacks are computed.
    Backfilled,
    /// It stays as it is; the environment's view points to it.
    Virtual,
    /// The model is gone.
    Removed,
    /// There is no table (external and embedded models), or the plan doesn't touch it.
    None,
}

impl RebuildAction {
    /// Is any data computed?
    pub fn computes(self) -> bool {
        match self {
            RebuildAction::NewTable | RebuildAction::Backfilled => true,
            RebuildAction::Virtual | RebuildAction::Removed | RebuildAction::None => false,
        }
    }
}

/// Sums over all listed models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RebuildTotals {
    /// The instant that was taken for now, as `2024-01-31T10:00:00Z`; `null` without `--now`.
    pub now: Option<String>,
    /// Models of which SQLMesh would compute data.
    pub sqlmesh_models: usize,
    /// `null` without `--now`, or where one of the counts isn't known.
    pub sqlmesh_intervals: Option<u64>,
    /// Models of which data has to be computed.
    pub needed_models: usize,
    /// `null` as above.
    pub needed_intervals: Option<u64>,
}

/// What happens to a model's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RowsImpact {
    pub effect: RowEffect,
    /// Ids of findings.
    pub because: Vec<u32>,
}

/// What happens to one output column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ColumnImpact {
    pub name: String,
    pub effect: ColumnEffect,
    /// The old name of a renamed column.
    pub from: Option<String>,
    /// Ids of findings.
    pub because: Vec<u32>,
}

/// The effect on a model's bag of rows, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowEffect {
    Same,
    Changed,
    Unknown,
}

/// The effect on an output column. With the rows' effect `same`, the bag of rows projected on all `same`
/// columns is equal before and after, for every content of the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnEffect {
    Same,
    Added,
    Removed,
    Renamed,
    Value,
    Type,
    Unknown,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingSeverity {
    /// A query will fail.
    Failing,
    /// A reader sees other data.
    Breaking,
    /// Could not be decided.
    Unknown,
    /// An addition.
    NonBreaking,
    /// Nothing changes in the data.
    Info,
}

/// One change, with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// From 1, unique in this analysis.
    pub id: u32,
    /// A change code; `impact explain CODE` prints its page.
    pub code: String,
    pub severity: FindingSeverity,
    /// The model in which the evidence stands; the file's path where it holds no model.
    pub model: String,
    pub column: Option<String>,
    /// File in the new state (in the old one for what was removed).
    pub path: String,
    /// From 1; 0 is the file as a whole.
    pub line: u32,
    /// In characters, from 1.
    pub col: u32,
    pub end_line: u32,
    pub end_col: u32,
    pub message: String,
    /// The old expression, where there is one.
    pub before: Option<String>,
    /// The new expression, where there is one.
    pub after: Option<String>,
    /// The shortest path of columns from the change to this place, upstream first; empty at the change itself.
    pub via: Vec<String>,
}

/// A diagnostic as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReportedDiagnostic {
    pub code: String,
    pub severity: Severity,
    pub path: String,
    pub line: u32,
    pub col: u32,
    pub message: String,
    pub help: Option<String>,
}

/// How much of the project was understood. Counts models of the new state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Coverage {
    pub models: usize,
    /// Every column and row dependence is known.
    pub analysed: usize,
    /// Some columns are unknown.
    pub partial: usize,
    /// Nothing about the query is known (Python models, unreadable files).
    pub opaque: usize,
}
