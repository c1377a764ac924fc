//! Lineage as numbered models and columns, for formats that draw graphs.

use std::collections::{BTreeMap, BTreeSet};

use crate::lineage::Role;
use crate::state::column_graph::ProjectLineage;

/// A model with what of it is drawn.
pub(super) struct Node<'l> {
    pub model: &'l str,
    /// In the model's order; those of tables outside of the project as they are met.
    pub columns: Vec<&'l str>,
}

/// What is drawn. Places are numbers of a node and of a column in it.
pub(super) struct Graph<'l> {
    pub nodes: Vec<Node<'l>>,
    /// A column's value flows into another's.
    pub flows: Vec<(Place, Place)>,
    /// A column decides rows or values of the node with this number, in these ways.
    pub decides: BTreeMap<(Place, usize), BTreeSet<Role>>,
}

/// Node and column.
pub(super) type Place = (usize, usize);

impl<'l> Graph<'l> {
    /// The graph of all that is in this lineage, and of the columns outside of it that it is made from.
    pub fn new(lineage: &'l ProjectLineage) -> Graph<'l> {
        let mut building = Building::default();
        for (name, model) in &lineage.models {
            building.node(name);
            for (column, _) in &model.columns {
                building.place(name, column);
            }
        }
        let (mut flows, mut decides) = (Vec::new(), BTreeMap::<_, BTreeSet<Role>>::new());
        for (name, model) in &lineage.models {
            let node = building.node(name);
            for (column, found) in &model.columns {
                let to = building.place(name, column);
                flows.extend(found.sources.iter().map(|from| (building.place(&from.model, &from.column), to)));
                for influence in &found.influences {
                    let from = building.place(&influence.model, &influence.column);
                    decides.entry((from, node)).or_default().insert(influence.role);
                }
            }
        }
        Graph { nodes: building.nodes, flows, decides }
    }
}

#[derive(Default)]
struct Building<'l> {
    nodes: Vec<Node<'l>>,
    by_name: BTreeMap<&'l str, usize>,
    places: BTreeMap<(usize, &'l str), usize>,
}

impl<'l> Building<'l> {
    fn node(&mut self, model: &'l str) -> usize {
        let next = self.nodes.len();
        let number = *self.by_name.entry(model).or_insert(next);
        if number == next {
            self.nodes.push(Node { model, columns: vec![] });
        }
        number
    }

    fn place(&mut self, model: &'l str, column: &'l str) -> Place {
        let number = self.node(model);
        let columns = self.nodes.get_mut(number).map(|node| &mut node.columns);
        let Some(columns) = columns else { return (number, 0) };
        let next = columns.len();
        let at = *self.places.entry((number, column)).or_insert(next);
        if at == next {
            columns.push(column);
        }
        (number, at)
    }
}

/// The words for what a column decides.
pub(super) fn words(roles: &BTreeSet<Role>) -> String {
    roles.iter().map(|role| word(*role)).collect::<Vec<_>>().join(", ")
}

fn word(role: Role) -> &'static str {
    match role {
        Role::Filter => "filter",
        Role::Join => "join",
        Role::Group => "group",
        Role::Having => "having",
        Role::Qualify => "qualify",
        Role::Window => "window",
        Role::Order => "order",
        Role::Distinct => "distinct",
        Role::Generate => "generate",
        Role::MayGenerate => "may generate",
    }
}
