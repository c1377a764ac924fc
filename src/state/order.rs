//! Models in the order in which they can be analysed: parents first, in levels that don't depend on each other.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::names::ModelName;

/// Levels of models, and the cycles among them.
pub(super) struct Ordered {
    /// Every model once; a model's parents are in earlier levels, but for cycles.
    pub(super) levels: Vec<Vec<ModelName>>,
    /// Groups of models that read each other.
    pub(super) cycles: Vec<Vec<ModelName>>,
}

/// Orders models by what they read. A model that reads itself is no cycle: incremental models do.
pub(super) fn order(parents: &BTreeMap<ModelName, BTreeSet<ModelName>>) -> Ordered {
    let mut graph = DiGraph::<&ModelName, ()>::new();
    let nodes: BTreeMap<&ModelName, NodeIndex> = parents.keys().map(|name| (name, graph.add_node(name))).collect();
    for (name, parents) in parents {
        for parent in parents {
            if let (Some(&from), Some(&to)) = (nodes.get(name), nodes.get(parent)) {
                graph.add_edge(from, to, ());
            }
        }
    }
    // Components come out with those first that everything else points to.
    let mut level_of: BTreeMap<&ModelName, usize> = BTreeMap::new();
    let mut cycles = Vec::new();
    for component in tarjan_scc(&graph) {
        let mut names: Vec<&ModelName> = component.iter().map(|&node| graph[node]).collect();
        names.sort();
        let outside = names.iter().flat_map(|name| &parents[*name]).filter_map(|parent| level_of.get(parent));
        let level = outside.max().map_or(0, |level| level + 1);
        for name in &names {
            level_of.insert(name, level);
        }
        if names.len() > 1 {
            cycles.push(names.into_iter().cloned().collect());
        }
    }
    let mut levels: Vec<Vec<ModelName>> = vec![vec![]; level_of.values().max().map_or(0, |level| level + 1)];
    for (name, level) in level_of {
        levels[level].push(name.clone());
    }
    Ordered { levels, cycles }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> ModelName {
        ModelName::from_parts(["s", text])
    }

    fn graph(edges: &[(&str, &[&str])]) -> BTreeMap<ModelName, BTreeSet<ModelName>> {
        edges.iter().map(|(model, parents)| (name(model), parents.iter().map(|p| name(p)).collect())).collect()
    }

    #[test]
    fn parents_come_first() {
        let ordered = order(&graph(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &["c"]), ("d", &[])]));
        assert_eq!(ordered.levels, [vec![name("c"), name("d")], vec![name("b")], vec![name("a")]]);
        assert!(ordered.cycles.is_empty());
    }

    #[test]
    fn cycles_are_found_and_don_t_stop_the_rest() {
        let ordered = order(&graph(&[("a", &["b"]), ("b", &["a"]), ("c", &["a"])]));
        assert_eq!(ordered.cycles, [vec![name("a"), name("b")]]);
        assert_eq!(ordered.levels, [vec![name("a"), name("b")], vec![name("c")]]);
    }
}
