//! What was typed.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// What a change of a SQLMesh project does to its data, per column, straight from git.
#[derive(Debug, Parser)]
#[command(name = "impact", version, about, disable_help_subcommand = true, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    Always,
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what a change does: which queries fail, which columns and rows change, who is reached.
    Diff(DiffArguments),
    /// Show what columns are made from, and what is made from them.
    Lineage(LineageArguments),
    /// Print a model's SQL after macros and Jinja, as analysed.
    Render(RenderArguments),
    /// Say what the change from one bare query to another does, outside of any project.
    Compare(CompareArguments),
    /// Print the page of a change code; without one, the list.
    Explain {
        /// A change code, such as C104.
        code: Option<String>,
    },
    /// Print the JSON Schema of an output.
    Schema {
        /// Which output.
        #[arg(value_enum)]
        output: SchemaOf,
    },
    /// Analyse an embedded sample project: what a newcomer runs first.
    Demo {
        #[command(flatten)]
        report: ReportArguments,
    },
}

/// Outputs that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    Diff,
    Lineage,
}

/// Where the project is and how it is read.
#[derive(Debug, Args)]
pub struct ProjectArguments {
    /// A project's folder; may be repeated. By default the project around the current folder, or below it.
    #[arg(short, long = "project", value_name = "PROJECT")]
    pub projects: Vec<PathBuf>,
    /// The SQL dialect of models that don't name one; wins over the configuration.
    #[arg(long)]
    pub dialect: Option<String>,
    /// The gateway to assume instead of the default one.
    #[arg(long)]
    pub gateway: Option<String>,
    /// The variable of config.py that holds the configuration.
    #[arg(long, value_name = "NAME", default_value = "config")]
    pub config: String,
    /// Run the project's macros with the SQLMesh of this Python, where only running them tells a query. Off by default;
    /// the variable IMPACT_PYTHON turns it on as well, and an empty path off.
    #[arg(long, value_name = "PATH")]
    pub python: Option<OsString>,
    /// How many seconds that may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=86400))]
    pub python_timeout: u64,
}

/// How a report is printed.
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// The format; `terminal` on a terminal, `markdown` elsewhere.
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Unfold long lists.
    #[arg(long)]
    pub all: bool,
    /// In Markdown, link places to this address, e.g. https://github.com/owner/repo/blob/SHA.
    #[arg(long, value_name = "URL")]
    pub link_base: Option<String>,
}

/// Formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Terminal,
    Markdown,
    Json,
}

/// `impact diff`
#[derive(Debug, Args)]
pub struct DiffArguments {
    /// REV, BASE..HEAD (or BASE HEAD) or BASE...HEAD (against the merge base). By default the work tree against HEAD.
    #[arg(value_name = "RANGE", num_args = 0..=2)]
    pub range: Vec<String>,
    /// Compare the index instead of the work tree.
    #[arg(long)]
    pub staged: bool,
    /// Report, and count for --fail-on, only models whose name or path matches; may be repeated.
    #[arg(long, value_name = "GLOB")]
    pub select: Vec<String>,
    /// Exit with 1 if something at or above this happens; each level includes the ones before it.
    #[arg(long, value_enum, default_value_t = FailOn::Never, value_name = "LEVEL")]
    pub fail_on: FailOn,
    #[command(flatten)]
    pub plan: PlanArguments,
    #[command(flatten)]
    pub project: ProjectArguments,
    #[command(flatten)]
    pub report: ReportArguments,
}

/// What is asked of SQLMesh.
#[derive(Debug, Args)]
pub struct PlanArguments {
    /// Count intervals as a plan at this time would: 2024-01-31 or 2024-01-31T10:00, in UTC.
    #[arg(long, value_name = "TIMESTAMP")]
    pub now: Option<String>,
    /// Predict `sqlmesh plan --forward-only`.
    #[arg(long)]
    pub forward_only: bool,
    /// Predict the plan of the CI/CD bot: with its own setting of the categorizer.
    #[arg(long)]
    pub bot: bool,
    /// Say which steps of SQLMesh's reasoning decided over this model; may be repeated.
    #[arg(long, value_name = "MODEL")]
    pub explain_sqlmesh: Vec<String>,
}

/// What makes `diff` exit with 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum FailOn {
    Never,
    /// A downstream query will fail.
    Failing,
    /// A reader sees other rows or values.
    Breaking,
    /// Something could not be decided.
    Unknown,
    /// Any change.
    Any,
}

/// `impact lineage`
#[derive(Debug, Args)]
pub struct LineageArguments {
    /// A model, or a column of one; by default the whole project.
    #[arg(value_name = "MODEL[.COLUMN]")]
    pub name: Option<String>,
    /// Only what flows in.
    #[arg(long, conflicts_with = "downstream")]
    pub upstream: bool,
    /// Only what is made from it.
    #[arg(long)]
    pub downstream: bool,
    /// The revision to look at instead of the work tree.
    #[arg(long)]
    pub rev: Option<String>,
    /// The format; `terminal` on a terminal, `json` elsewhere.
    #[arg(long, value_enum)]
    pub format: Option<LineageFormat>,
    /// What OpenLineage's namespaces are called, for datasets and jobs.
    #[arg(long, value_name = "NAME", default_value = "sqlmesh")]
    pub namespace: String,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub project: ProjectArguments,
}

/// Formats of lineage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LineageFormat {
    Terminal,
    Json,
    /// A flowchart for Markdown.
    Mermaid,
    /// A graph for Graphviz.
    Dot,
    /// A JobEvent with columnLineage facets for each model, one a line.
    Openlineage,
}

/// `impact render`
#[derive(Debug, Args)]
pub struct RenderArguments {
    /// The model's name.
    pub model: String,
    /// The revision to look at instead of the work tree.
    #[arg(long)]
    pub rev: Option<String>,
    #[command(flatten)]
    pub project: ProjectArguments,
}

/// `impact compare`
#[derive(Debug, Args)]
pub struct CompareArguments {
    /// A file with the query before the change.
    #[arg(value_name = "BEFORE.sql", required_unless_present = "batch", requires = "after")]
    pub before: Option<PathBuf>,
    /// A file with the query after the change.
    #[arg(value_name = "AFTER.sql")]
    pub after: Option<PathBuf>,
    /// The SQL dialect, by sqlglot's name.
    #[arg(long, default_value = "")]
    pub dialect: String,
    /// A file with CREATE TABLE statements: the tables that the queries read.
    #[arg(long, value_name = "DDL.sql")]
    pub schema: Option<PathBuf>,
    /// Match output columns by their places and ignore their names.
    #[arg(long)]
    pub positional: bool,
    /// Compare many pairs: one JSON object a line with id, schema_ddl, q1, q2, dialect; a line out for each line in.
    #[arg(long, value_name = "FILE.jsonl", conflicts_with_all = ["before", "after", "schema", "dialect"])]
    pub batch: Option<PathBuf>,
}
