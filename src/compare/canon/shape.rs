//! What is known of the columns of a query: types, NOT NULL, keys.
//!
//! In: a query that is settled. Out: a [`Shape`]. What isn't known is left out. Each fact carries the declarations that it
//! rests on.

use crate::names::ModelName;
use crate::sql::tree::{Name, Op, Tree};

use super::Canon;
use super::facts::{is_exact_type, is_integer_type};
use super::form::{Grouping, NAMED, Query, RelationId, Select, Source};
use super::literals::integer;

/// What is known of a query's columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) types: Vec<Option<Name>>,
    /// For each column that is never NULL, why.
    pub(super) not_null: Vec<Option<Vec<String>>>,
    /// Places of columns of which no two rows have the same values, and why.
    pub(super) keys: Vec<(Vec<usize>, Vec<String>)>,
}

impl Canon<'_> {
    /// The shape of a query.
    pub(super) fn shape(&self, query: &Query) -> Shape {
        match query {
            Query::Select(select) => self.select_shape(select),
            Query::Union(branches) => self.union_shape(branches),
            Query::Empty(types) => {
                Shape { types: types.clone(), not_null: vec![Some(vec![]); types.len()], keys: vec![(vec![], vec![])] }
            }
            Query::Set(..) | Query::Frozen(_) => {
                let width = query.width();
                Shape { types: vec![None; width], not_null: vec![None; width], keys: vec![] }
            }
        }
    }

    fn select_shape(&self, select: &Select) -> Shape {
        let certain: Vec<RelationId> = certain_ids(select);
        let types = select.outputs.iter().map(|output| self.type_of(output)).collect();
        let not_null = select.outputs.iter().map(|output| self.why_not_null(output, &certain)).collect();
        let mut keys = Vec::new();
        let place = |key: &Tree| select.outputs.iter().position(|output| output == key);
        match &select.grouping {
            Grouping::Keys(list) => {
                if let Some(places) = list.iter().map(place).collect::<Option<Vec<usize>>>() {
                    keys.push((places, vec![]));
                }
            }
            Grouping::Whole => keys.push((vec![], vec![])),
            Grouping::Rows => keys.extend(self.key_of_rows(select)),
        }
        // A call that may give rows gives several for one.
        if select.outputs.iter().any(super::calls::is_unlisted) {
            keys.clear();
        }
        Shape { types, not_null, keys }
    }

    /// A key of the only model that is read is one of the rows, if it is among the outputs.
    fn key_of_rows(&self, select: &Select) -> Option<(Vec<usize>, Vec<String>)> {
        let [item] = select.from.items.as_slice() else { return None };
        let Source::Model(model) = &item.source else { return None };
        if !select.from.optional.is_empty() {
            return None;
        }
        self.facts.keys(model).iter().find_map(|key| {
            let place = |name: &Name| {
                let is = |tree: &Tree| matches!(&tree.op, Op::Bound(id, NAMED, n) if *id == item.id && n == name);
                select.outputs.iter().position(is)
            };
            let places = key.columns.iter().map(place).collect::<Option<Vec<usize>>>()?;
            Some((places, vec![key.premise.clone()]))
        })
    }

    fn union_shape(&self, branches: &[Query]) -> Shape {
        let mut shapes = branches.iter().map(|branch| self.shape(branch));
        let Some(mut all) = shapes.next() else { return Shape::default() };
        all.keys.clear();
        for shape in shapes {
            for (mine, theirs) in all.types.iter_mut().zip(shape.types) {
                if *mine != theirs {
                    *mine = None;
                }
            }
            for (mine, theirs) in all.not_null.iter_mut().zip(shape.not_null) {
                match (mine.as_mut(), theirs) {
                    (Some(mine), Some(theirs)) => mine.extend(theirs),
                    _ => *mine = None,
                }
            }
        }
        all
    }

    /// The type of an expression, if it is certain.
    pub(super) fn type_of(&self, tree: &Tree) -> Option<Name> {
        match &tree.op {
            Op::Bound(relation, NAMED, name) => self.type_in_table(self.models.get(relation)?, name),
            Op::Bound(relation, place, _) => self.shapes.get(relation)?.types.get(*place as usize)?.clone(),
            Op::Number(_) if integer(tree).is_some() => Some("INT".into()),
            Op::Bool(_) => Some("BOOLEAN".into()),
            Op::Function(name) if matches!(&**name, "MIN" | "MAX") && tree.kids.len() == 1 => {
                self.type_of(tree.first()?)
            }
            Op::Function(name) if &**name == "COUNT" => Some("BIGINT".into()),
            Op::Cast(_) => match tree.kids.as_slice() {
                [_, kind] => {
                    if let Op::Type(name) = &kind.op {
                        Some(name.clone())
                    } else {
                        None
                    }
                }
                _ => None,
            },
            // Whatever the engine makes of these types, it makes the same of the same.
            Op::Binary(op) if matches!(&**op, "+" | "-" | "*") => {
                let types = tree.kids.iter().map(|kid| self.type_of(kid)).collect::<Option<Vec<Name>>>()?;
                Some(format!("({})", types.join(op)).into())
            }
            _ => None,
        }
    }

    fn type_in_table(&self, model: &ModelName, column: &str) -> Option<Name> {
        self.facts.data_type(model, column).cloned().or_else(|| {
            let (data_type, premise) = self.facts.declared_type(model, column)?;
            self.asked.borrow_mut().insert(premise.to_owned());
            Some(data_type.clone())
        })
    }

    /// Are equal values of the expression the same value?
    pub(super) fn is_exact(&self, tree: &Tree) -> bool {
        self.type_of(tree).is_some_and(|name| is_exact_type(&name))
    }

    /// May the operands be swapped? Numbers only: a text or a list has an order, and a day is no number.
    pub(super) fn commutes(&self, tree: &Tree) -> bool {
        let is_number = |tree: &Tree| {
            integer(tree).is_some()
                || self.type_of(tree).is_some_and(|name| {
                    is_integer_type(&name)
                        || matches!(&*name, "DOUBLE" | "REAL")
                        || name.starts_with("DECIMAL(")
                        || is_sum(&name)
                })
        };
        tree.kids.iter().all(is_number)
    }

    /// Is it a whole number?
    pub(super) fn is_integer(&self, tree: &Tree) -> bool {
        self.type_of(tree).is_some_and(|name| is_integer_type(&name))
    }

    /// Why an expression is never NULL, if it isn't: for columns of these relations.
    pub(super) fn why_not_null(&self, tree: &Tree, certain: &[RelationId]) -> Option<Vec<String>> {
        match &tree.op {
            Op::Bound(relation, ..) if !certain.contains(relation) => None,
            Op::Bound(relation, NAMED, name) => {
                let model = self.models.get(relation)?;
                self.facts.not_null(model, name).map(|premise| vec![premise.to_owned()])
            }
            Op::Bound(relation, place, _) => self.shapes.get(relation)?.not_null.get(*place as usize)?.clone(),
            Op::Number(_) | Op::Bool(_) => Some(vec![]),
            Op::Function(name) if &**name == "COUNT" => Some(vec![]),
            Op::Function(name) if matches!(&**name, "MIN" | "MAX") => None,
            _ => None,
        }
    }

    /// Have all branches of a union the same types, so that none is converted?
    pub(super) fn is_uniform(&self, branches: &[Query]) -> bool {
        let types: Vec<Vec<Option<Name>>> = branches.iter().map(|branch| self.shape(branch).types).collect();
        let first = types.first();
        types.iter().all(|list| Some(list) == first && list.iter().all(Option::is_some)) || same_columns(self, branches)
    }
}

impl Canon<'_> {
    /// Has this column one type in all branches of a union?
    pub(super) fn is_uniform_at(&self, branches: &[Query], place: usize) -> bool {
        let column = |branch: &Query| match branch {
            Query::Select(select) => match &select.outputs.get(place)?.op {
                Op::Bound(relation, NAMED, name) => Some((self.models.get(relation)?.clone(), name.clone())),
                _ => None,
            },
            _ => None,
        };
        let kind = |branch: &Query| self.shape(branch).types.get(place).cloned().flatten();
        let first = branches.first();
        let (known, named) = (first.and_then(kind), first.and_then(column));
        known.is_some() && branches.iter().all(|branch| kind(branch) == known)
            || named.is_some() && branches.iter().all(|branch| column(branch) == named)
    }
}

/// The type of what is computed from numbers.
fn is_sum(name: &str) -> bool {
    let word = |part: &str| is_integer_type(part) || matches!(part, "DOUBLE" | "REAL");
    name.starts_with('(') && name.split(['(', ')', '+', '-', '*']).filter(|part| !part.is_empty()).all(word)
}

/// Do all branches give the same columns of the same models? Those have one type, whatever it is.
fn same_columns(canon: &Canon<'_>, branches: &[Query]) -> bool {
    let columns = |branch: &Query| {
        let Query::Select(select) = branch else { return None };
        let column = |tree: &Tree| match &tree.op {
            Op::Bound(relation, NAMED, name) => Some((canon.models.get(relation)?.clone(), name.clone())),
            _ => None,
        };
        select.outputs.iter().map(column).collect::<Option<Vec<_>>>()
    };
    let first = branches.first().and_then(columns);
    first.is_some() && branches.iter().all(|branch| columns(branch) == first)
}

/// The relations of which every row has one.
pub(super) fn certain_ids(select: &Select) -> Vec<RelationId> {
    let is_certain = |source: &Source| !matches!(source, Source::Full(_));
    select.from.items.iter().filter(|item| is_certain(&item.source)).map(|item| item.id).collect()
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same_as_declared};

    #[test]
    fn what_is_declared_goes_through_a_query_as_far_as_it_holds() {
        same_as_declared(
            "p.a is declared NOT NULL",
            "SELECT i.a FROM (SELECT a, b FROM p) i WHERE i.a IS NOT NULL",
            "SELECT a FROM p",
        );
        // An outer join adds rows in which it is NULL all the same, and the lesser of no values is NULL.
        differ(
            "SELECT q.id FROM q LEFT JOIN p ON p.id = q.pid WHERE p.a IS NOT NULL",
            "SELECT q.id FROM q LEFT JOIN p ON p.id = q.pid",
        );
        differ("SELECT i.n FROM (SELECT MIN(a) AS n FROM p) i WHERE i.n IS NOT NULL", "SELECT MIN(a) FROM p");
    }
}
