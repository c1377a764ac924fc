//! Lineage as a graph in Graphviz's language.

use std::fmt::Write;

use crate::state::column_graph::ProjectLineage;

use super::graph::{Graph, Place, words};

/// A directed graph: a cluster for each model with its columns; solid edges for values, dashed ones for what decides
/// rows, groups or order. Such an edge ends at the model's name.
pub fn dot(lineage: &ProjectLineage) -> String {
    let graph = Graph::new(lineage);
    let mut text = "digraph lineage {\n  rankdir=LR;\n  node [shape=box];\n".to_owned();
    for (number, node) in graph.nodes.iter().enumerate() {
        let _ = writeln!(text, "  subgraph cluster_{number} {{");
        let _ = writeln!(text, "    m{number} [label={}, shape=plaintext];", quoted(node.model));
        for (at, column) in node.columns.iter().enumerate() {
            let _ = writeln!(text, "    {} [label={}];", id((number, at)), quoted(column));
        }
        text.push_str("  }\n");
    }
    for (from, to) in &graph.flows {
        let _ = writeln!(text, "  {} -> {};", id(*from), id(*to));
    }
    for ((from, to), roles) in &graph.decides {
        let _ = writeln!(text, "  {} -> m{to} [style=dashed, label=\"{}\"];", id(*from), words(roles));
    }
    text.push_str("}\n");
    text
}

fn id((node, column): Place) -> String {
    format!("m{node}c{column}")
}

/// A quoted string: a backslash would start an escape, and control characters are shown as what they are.
fn quoted(text: &str) -> String {
    let visible = super::escape::visible(text);
    format!("\"{}\"", visible.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_name_stays_inside_of_its_quotes() {
        assert_eq!(quoted("shop.orders"), "\"shop.orders\"");
        assert_eq!(quoted("a\"]; b [x=\""), r#""a\"]; b [x=\"""#);
        assert_eq!(quoted("a\\"), r#""a\\""#);
    }
}
