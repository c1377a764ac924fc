//! Lineage for people and for programs.
//!
//! In: a [`ProjectLineage`]. Out: a tree with places for the terminal, JSON, graphs for Mermaid and Graphviz, events for
//! OpenLineage. Names of the project are data: in each of the formats they are escaped as it demands.

mod dot;
mod graph;
mod mermaid;
mod openlineage;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::state::column_graph::{Direction, Focus, ProjectLineage, SourceColumn};

use super::escape;

pub use dot::dot;
pub use mermaid::mermaid;
pub use openlineage::openlineage;

/// How long a line with what decides the rows may be.
const INFLUENCES_WIDTH: usize = 100;

/// How deep a tree is drawn.
const MAX_DEPTH: usize = 40;

/// The JSON Schema of [`json`].
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(ProjectLineage).to_value()
}

/// The lineage as JSON, with a final newline.
pub fn json(lineage: &ProjectLineage) -> String {
    match serde_json::to_string_pretty(lineage) {
        Ok(text) => format!("{}\n", escape::json(&text)),
        // Strings, numbers and maps with string keys always serialize.
        Err(error) => format!("{{\"error\": \"{error}\"}}\n"),
    }
}

/// The lineage as trees: a column's, those of a model's columns, or a list of all models.
pub fn terminal(lineage: &ProjectLineage, focus: Option<&Focus>, direction: Direction, color: bool) -> String {
    let mut drawing = Drawing { lineage, readers: lineage.readers(), color, text: String::new() };
    match focus {
        None => drawing.overview(),
        Some(focus) => {
            for (at, column) in lineage.starts(focus).iter().enumerate() {
                if at > 0 {
                    drawing.line("");
                }
                drawing.column(column, direction);
            }
        }
    }
    drawing.text
}

struct Drawing<'l> {
    lineage: &'l ProjectLineage,
    readers: BTreeMap<SourceColumn, BTreeSet<SourceColumn>>,
    color: bool,
    text: String,
}

impl Drawing<'_> {
    fn overview(&mut self) {
        for (name, model) in &self.lineage.models {
            let head = format!("{} {}", self.bold(&shown(name)), self.dim(&shown(&model.path)));
            self.line(&head);
            for (column, found) in &model.columns {
                let sources: Vec<String> = found.sources.iter().map(place).collect();
                let arrow = if sources.is_empty() { String::new() } else { format!(" ← {}", sources.join(", ")) };
                let text = format!("  {}{}", shown(column), self.dim(&arrow));
                self.line(&text);
            }
        }
    }

    fn column(&mut self, column: &SourceColumn, direction: Direction) {
        let found = self.lineage.column(&column.model, &column.column);
        let data_type = found.and_then(|found| found.data_type.as_deref()).unwrap_or_default();
        let data_type = if data_type.is_empty() { String::new() } else { format!(" {}", escape::name(data_type)) };
        let head = format!("{}{}{}", self.bold(&place(column)), data_type, self.where_it_is(column));
        self.line(&head);
        if direction != Direction::Downstream {
            self.branch(column, "← ", &mut BTreeSet::new(), "", true);
            self.influences(column);
        }
        if direction != Direction::Upstream {
            self.branch(column, "→ ", &mut BTreeSet::new(), "", false);
        }
    }

    fn branch(
        &mut self,
        column: &SourceColumn,
        arrow: &str,
        seen: &mut BTreeSet<SourceColumn>,
        indent: &str,
        up: bool,
    ) {
        if !seen.insert(column.clone()) || indent.len() > MAX_DEPTH * 4 {
            return;
        }
        let next: Vec<SourceColumn> = if up {
            self.lineage.column(&column.model, &column.column).map(|found| found.sources.clone()).unwrap_or_default()
        } else {
            self.readers.get(column).into_iter().flatten().cloned().collect()
        };
        let last = next.len().saturating_sub(1);
        for (at, step) in next.iter().enumerate() {
            let (elbow, below) = if at == last { ("└─", "  ") } else { ("├─", "│ ") };
            let again = if seen.contains(step) { self.dim(" (above)") } else { String::new() };
            let text = format!("{indent}{elbow}{arrow}{}{}{again}", place(step), self.where_it_is(step));
            self.line(&text);
            self.branch(step, arrow, seen, &format!("{indent}{below}  "), up);
        }
    }

    fn influences(&mut self, column: &SourceColumn) {
        let Some(found) = self.lineage.column(&column.model, &column.column) else { return };
        let mut by_role: BTreeMap<String, BTreeMap<&str, Vec<String>>> = BTreeMap::new();
        for influence in &found.influences {
            let role = serde_json::to_value(influence.role).ok();
            let role = role.as_ref().and_then(|role| role.as_str()).unwrap_or("").to_owned();
            let of = by_role.entry(role).or_default().entry(&influence.model).or_default();
            of.push(shown(&influence.column));
        }
        for (role, by_model) in by_role {
            let label = format!("{role}:");
            let mut start = format!("  {}", self.dim(&label));
            for line in wrapped(&by_model, INFLUENCES_WIDTH.saturating_sub(label.len() + 3)) {
                self.line(&format!("{start} {line}"));
                start = " ".repeat(label.len() + 2);
            }
        }
    }

    fn where_it_is(&self, column: &SourceColumn) -> String {
        let Some(model) = self.lineage.models.get(&column.model) else { return self.dim("  (not in the project)") };
        let line = self.lineage.column(&column.model, &column.column).map_or(0, |found| found.line);
        let place = if line == 0 { model.path.clone() } else { format!("{}:{line}", model.path) };
        self.dim(&format!("  {}", shown(&place)))
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{text}");
    }

    fn bold(&self, text: &str) -> String {
        self.styled(text, Style::new().bold())
    }

    fn dim(&self, text: &str) -> String {
        self.styled(text, AnsiColor::BrightBlack.on_default())
    }

    fn styled(&self, text: &str, style: Style) -> String {
        if self.color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// `shop.orders (id, status), shop.rates (day)` in lines that aren't longer than this, if a table's columns aren't.
fn wrapped(by_model: &BTreeMap<&str, Vec<String>>, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (model, columns) in by_model {
        let entry = match columns.as_slice() {
            [only] => format!("{}.{only}", shown(model)),
            several => format!("{} ({})", shown(model), several.join(", ")),
        };
        match lines.last_mut() {
            Some(line) if line.chars().count() + entry.chars().count() + 2 <= width => {
                line.push_str(", ");
                line.push_str(&entry);
            }
            Some(line) => {
                line.push(',');
                lines.push(entry);
            }
            None => lines.push(entry),
        }
    }
    lines
}

/// A name or a path of the project, safe to print.
fn shown(text: &str) -> String {
    escape::visible(&escape::name(text))
}

fn place(column: &SourceColumn) -> String {
    format!("{}.{}", shown(&column.model), shown(&column.column))
}
