//! PIVOT and UNPIVOT: the columns that come out.
//!
//! In: the bound parts, as the converter lays them out, and the columns that go in. Out: the outputs, or nothing where
//! their names can't be known (values from a subquery, several unnamed aggregates, …): then the relation stays open.

use crate::dialect::{Dialect, Family};
use crate::sql::canonical_type;
use crate::sql::tree::{Name, Node, Op, Span, Tree};

use super::star::plain_output;
use super::types::{implied_type, wider};
use super::{BlockId, Column, Group, Output, Schema};

/// What a PIVOT or UNPIVOT gives.
pub(super) struct Reshaped {
    pub(super) outputs: Vec<Output>,
    /// PIVOT groups by the columns that it doesn't name.
    pub(super) group: Option<Group>,
}

/// The relation that goes in: relation 0 of the block that the operator makes.
pub(super) struct Input<'s> {
    pub(super) block: BlockId,
    pub(super) schema: &'s Schema,
    pub(super) dialect: Dialect,
    pub(super) span: Span,
}

impl Input<'_> {
    /// The outputs of the operator with this text, made from these parts.
    pub(super) fn reshaped(&self, text: &str, parts: &[Tree]) -> Option<Reshaped> {
        if self.schema.open {
            return None;
        }
        if text == "PIVOT" { self.pivot(parts) } else { self.unpivot(parts) }
    }

    /// `[Projection(aggregate*) Tuple(column) Tuple(value* (key value*)* group?) default?]`
    fn pivot(&self, parts: &[Tree]) -> Option<Reshaped> {
        let [aggregates, keys, values, rest @ ..] = parts else { return None };
        if values.op != Op::Tuple {
            return None;
        }
        let further: Vec<&Tree> = values.kids.iter().filter(|value| is_pivot_clause(value)).collect();
        let mut headings = vec![Heading::default()];
        for (keys, values) in self.keys(&keys.kids, &values.kids)? {
            let values = values.iter().map(|value| self.heading_of(keys, value)).collect::<Option<Vec<Heading>>>()?;
            headings = headings.iter().flat_map(|heading| values.iter().map(|value| heading.with(value))).collect();
            if headings.len() > MOST_HEADINGS {
                return None;
            }
        }
        let groups = further.iter().find(|clause| is_marked(clause, GROUP));
        let mut outputs = match groups {
            Some(groups) => self.grouped_by(groups)?,
            None => self.kept(&bound_names([aggregates, keys].into_iter().chain(further.iter().copied()))),
        };
        let group = outputs.iter().map(|output| output.value.clone()).collect();
        for heading in &headings {
            for aggregate in &aggregates.kids {
                let name = self.pivoted_name(heading, aggregate, aggregates.kids.len() == 1)?;
                let mut kids = vec![unaliased(aggregate)?];
                kids.extend(heading.cells.iter().cloned());
                kids.extend(rest.iter().cloned());
                let value = Node::new(Op::Altered("PIVOT".into()), kids, self.span);
                let data_type = self.type_of(&value);
                outputs.push(self.output(name, value, data_type));
            }
        }
        // DuckDB numbers names that are there already.
        let mut names: Vec<&Name> = outputs.iter().map(|output| &output.name).collect();
        names.sort_unstable();
        let is_numbered = self.dialect.family == Family::DuckDb && names.windows(2).any(|pair| pair[0] == pair[1]);
        (!is_numbered).then(|| Reshaped { outputs, group: Some(Group { keys: group, ..Group::default() }) })
    }

    /// Each key with its values, or several keys with rows of values. Only DuckDB and Spark have more than one, and only DuckDB
    /// lists of values for each and groups of its own.
    fn keys<'t>(&self, first: &'t [Tree], values: &'t [Tree]) -> Option<Vec<(&'t [Tree], &'t [Tree])>> {
        let is_known = match self.dialect.family {
            Family::DuckDb => true,
            Family::Spark | Family::Databricks => !values.iter().any(is_pivot_clause),
            _ => first.len() == 1 && !values.iter().any(is_pivot_clause),
        };
        if !is_known {
            return None;
        }
        let mut keys = Vec::new();
        let mut key = first;
        let mut rest = values;
        while let Some(at) = rest.iter().position(is_pivot_clause) {
            keys.push((key, &rest[..at]));
            // Nothing follows the groups.
            if is_marked(&rest[at], GROUP) {
                return Some(keys);
            }
            (key, rest) = (&rest[at].kids, &rest[at + 1..]);
        }
        keys.push((key, rest));
        Some(keys)
    }

    /// What one value, or a row of them, is called, and which keys have it.
    fn heading_of(&self, keys: &[Tree], value: &Tree) -> Option<Heading> {
        let [key] = keys else {
            let row = unaliased(value)?;
            let parts = Some(&row.kids).filter(|parts| row.op == Op::Tuple && parts.len() == keys.len())?;
            let names = match &value.op {
                Op::Alias(name) => vec![name.to_string()],
                _ if self.dialect.family != Family::DuckDb => return None,
                _ => parts.iter().map(|part| self.heading(part)).collect::<Option<Vec<String>>>()?,
            };
            let cells = keys.iter().zip(parts).flat_map(|(key, part)| [key.clone(), part.clone()]).collect();
            return Some(Heading { names, cells });
        };
        Some(Heading { names: vec![self.heading(value)?], cells: vec![key.clone(), unaliased(value)?] })
    }

    /// The columns that GROUP BY names, in its order.
    fn grouped_by(&self, groups: &Tree) -> Option<Vec<Output>> {
        let column = |key: &Tree| match &key.op {
            Op::Bound(_, _, name) => self.schema.columns.iter().find(|column| column.name == *name),
            _ => None,
        };
        groups.kids.iter().map(|key| Some(passed(column(key)?, self.block, self.span))).collect()
    }

    /// `'open'` of `SUM(amount) AS total` is `open_total`, in BigQuery `total_open`; of several keys the values are
    /// joined in the same way.
    fn pivoted_name(&self, heading: &Heading, aggregate: &Tree, only: bool) -> Option<Name> {
        let value = heading.names.join("_");
        let spark = matches!(self.dialect.family, Family::Spark | Family::Databricks | Family::Hive);
        match &aggregate.op {
            Op::Alias(_) if only && spark => Some(value.into()),
            Op::Alias(name) if self.dialect.family == Family::BigQuery => Some(format!("{name}_{value}").into()),
            Op::Alias(name) => Some(format!("{value}_{name}").into()),
            _ if only => Some(value.into()),
            _ if self.dialect.family == Family::DuckDb => Some(format!("{value}_{}", written(aggregate)?).into()),
            _ => None,
        }
    }

    fn heading(&self, value: &Tree) -> Option<String> {
        Some(match &value.op {
            Op::Alias(name) => name.to_string(),
            Op::Text(text) if self.dialect.family == Family::Snowflake => format!("'{text}'"),
            Op::Text(text) | Op::Number(text) => self.normalized(text),
            Op::Bound(_, _, name) => name.to_string(),
            _ => return None,
        })
    }

    fn normalized(&self, text: &str) -> String {
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !text.starts_with(|c: char| c.is_ascii_digit());
        self.dialect.normalize(text, !plain).into_owned()
    }

    /// `[value Ident(name) Projection(column*)]`
    fn unpivot(&self, parts: &[Tree]) -> Option<Reshaped> {
        let [value, name, columns, ..] = parts else { return None };
        let named = bound_names([columns]);
        let mut outputs = self.kept(&named);
        let labels = columns.kids.iter().map(label).collect::<Option<Vec<Tree>>>()?;
        let label = Node::new(Op::Struct, labels, self.span);
        let text = canonical_type("VARCHAR", self.dialect);
        outputs.push(self.output(name.ident()?.clone(), label, Some(text)));
        let flow = Node::new(Op::Array, columns.kids.clone(), self.span);
        let types = columns.kids.iter().map(|column| self.type_of(column));
        let data_type = types.reduce(|a, b| wider(a?, b?)).flatten();
        outputs.push(self.output(unbound_name(value)?, flow, data_type));
        Some(Reshaped { outputs, group: None })
    }

    fn kept(&self, named: &[Name]) -> Vec<Output> {
        let kept = self.schema.columns.iter().filter(|column| !named.contains(&column.name));
        kept.map(|column| passed(column, self.block, self.span)).collect()
    }

    fn output(&self, name: Name, value: Tree, data_type: Option<Name>) -> Output {
        Output { data_type, from_star: true, ..plain_output(name, value, self.span) }
    }

    fn type_of(&self, value: &Tree) -> Option<Name> {
        implied_type(value, self.dialect, &|block: BlockId, relation: u32, name: &str| {
            (block == self.block && relation == 0).then(|| self.schema.get(name)?.data_type.clone())?
        })
    }
}

/// An output of a block that passes a column of its first relation on.
pub(super) fn passed(column: &Column, block: BlockId, span: Span) -> Output {
    let value = Node::leaf(Op::Bound(block, 0, column.name.clone()), span);
    let output = plain_output(column.name.clone(), value, span);
    Output { data_type: column.data_type.clone(), from_star: true, ..output }
}

/// One value of each key.
#[derive(Clone, Default)]
struct Heading {
    names: Vec<String>,
    /// Each key, and its value behind it.
    cells: Vec<Tree>,
}

impl Heading {
    fn with(&self, other: &Heading) -> Heading {
        let Heading { mut names, mut cells } = self.clone();
        names.extend(other.names.iter().cloned());
        cells.extend(other.cells.iter().cloned());
        Heading { names, cells }
    }
}

/// How DuckDB writes an aggregate of a column, for the few of which the name can't have been another one.
fn written(aggregate: &Tree) -> Option<String> {
    let Op::Function(name) = &aggregate.op else { return None };
    match (&**name, aggregate.kids.as_slice()) {
        ("COUNT", [star]) if star.op == Op::Star && star.kids.is_empty() => Some("count_star()".to_owned()),
        ("SUM" | "MIN" | "MAX" | "AVG" | "COUNT", [column]) => match &column.op {
            Op::Bound(_, _, of) => Some(format!("{}({of})", name.to_lowercase())),
            _ => None,
        },
        _ => None,
    }
}

/// Of how many combinations of values the columns are named.
const MOST_HEADINGS: usize = 10_000;

/// As what further keys and the groups stand among the values.
const KEY: &str = "__IMPACT_SYNTAX_KEY";
const GROUP: &str = "__IMPACT_SYNTAX_GROUP";

fn is_marked(tree: &Tree, mark: &str) -> bool {
    matches!(&tree.op, Op::Function(name) if &**name == mark)
}

/// Does a further key of PIVOT's begin here, or its groups?
pub(crate) fn is_pivot_clause(tree: &Tree) -> bool {
    is_marked(tree, KEY) || is_marked(tree, GROUP)
}

fn unaliased(tree: &Tree) -> Option<Tree> {
    match tree.op {
        Op::Alias(_) => tree.first().cloned(),
        _ => Some(tree.clone()),
    }
}

fn bound_names<'t>(trees: impl IntoIterator<Item = &'t Tree>) -> Vec<Name> {
    let mut names = Vec::new();
    for tree in trees {
        tree.walk(&mut |node| {
            if let Op::Bound(_, _, name) = &node.op {
                names.push(name.clone());
            }
            true
        });
    }
    names
}

/// The text that an unpivoted column's rows carry: its name or its alias.
fn label(column: &Tree) -> Option<Tree> {
    let name = match &column.op {
        Op::Alias(name) | Op::Bound(_, _, name) => name.clone(),
        _ => return None,
    };
    Some(Node::leaf(Op::Text(name), column.span))
}

/// A new name stands where the parser expects an expression.
fn unbound_name(value: &Tree) -> Option<Name> {
    match &value.op {
        Op::Column => value.kids.last()?.ident().cloned(),
        Op::Ident(name) => Some(name.clone()),
        _ => None,
    }
}
