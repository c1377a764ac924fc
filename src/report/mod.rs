//! From an analysis to text: one file per format.
//!
//! In: an [`Analysis`](crate::impact::Analysis) and [`Options`]. Out: a `String`, the same for the same input.
//! The stage never touches the world: no environment, no terminal, no clock, no files. Whether there is a terminal,
//! how wide it is and whether colours are wanted is decided by `cli/`.
//!
//! All text of the analysed project is hostile (names, messages, expressions, paths): it reaches an output only
//! through [`escape`].

mod alike;
mod difference;
pub mod escape;
pub mod json;
pub mod lineage;
pub mod markdown;
mod paths;
mod summary;
pub mod terminal;
mod told;
mod ways;
mod words;

/// How to print. Formats ignore what means nothing to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Write ANSI styles.
    pub color: bool,
    /// Columns of the terminal; 0 where that is unknown.
    pub width: usize,
    /// Print long lists and long expressions in full (`--all`).
    pub all: bool,
    /// The analysis was narrowed to some models: nothing is said about the others.
    pub selected: bool,
    /// Models for which SQLMesh's reasons are printed.
    pub explained: Vec<String>,
    /// What to put before a path to make it a link, such as `https://github.com/o/r/blob/SHA/`. Markdown only.
    pub link_base: Option<String>,
}

/// How many of `total` entries are printed where a list is folded after `limit`. A single entry is never folded
/// away: the note would take its place.
fn shown(total: usize, limit: usize, all: bool) -> usize {
    if all || total <= limit + 1 { total } else { limit }
}
