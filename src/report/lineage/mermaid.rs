//! Lineage as a Mermaid flowchart, which Markdown of many places shows as a picture.

use std::fmt::Write;

use crate::state::column_graph::ProjectLineage;

use super::graph::{Graph, Place, words};

/// A flowchart: a box for each model with its columns; solid arrows for values, dotted ones for what decides rows,
/// groups or order.
pub fn mermaid(lineage: &ProjectLineage) -> String {
    let graph = Graph::new(lineage);
    let mut text = "flowchart LR\n".to_owned();
    for (number, node) in graph.nodes.iter().enumerate() {
        let _ = writeln!(text, "  subgraph m{number}[\"{}\"]", label(node.model));
        for (at, column) in node.columns.iter().enumerate() {
            let _ = writeln!(text, "    {}[\"{}\"]", id((number, at)), label(column));
        }
        text.push_str("  end\n");
    }
    for (from, to) in &graph.flows {
        let _ = writeln!(text, "  {} --> {}", id(*from), id(*to));
    }
    for ((from, to), roles) in &graph.decides {
        let _ = writeln!(text, "  {} -. {} .-> m{to}", id(*from), words(roles));
    }
    text
}

fn id((node, column): Place) -> String {
    format!("m{node}c{column}")
}

/// A label can hold neither quotes nor markup: everything but plain characters is written as a number.
fn label(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            _ if c.is_alphanumeric() => escaped.push(c),
            ' ' | '.' | '_' | '-' => escaped.push(c),
            _ => {
                let _ = write!(escaped, "#{};", u32::from(c));
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn a_name_stays_inside_of_its_label() {
        assert_eq!(label("shop.orders"), "shop.orders");
        assert_eq!(label("x\"]; click m0 call f()"), "x#34;#93;#59; click m0 call f#40;#41;");
        assert_eq!(label("<b>\n"), "#60;b#62;#10;");
    }
}
