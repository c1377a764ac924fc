//! The types of expressions, as far as they are certain.

use crate::dialect::{Dialect, Family};
use crate::sql::canonical_type;
use crate::sql::tree::{Name, Node, Op, Tree};

use super::BlockId;

/// How many levels of an expression are looked at; what lies deeper has no type.
const DEPTH: usize = 64;

/// The types that are known already.
pub(super) trait Known {
    /// The type of a relation's column.
    fn column(&self, block: BlockId, relation: u32, name: &str) -> Option<Name>;

    /// The type of the one output of a query that stands for a value.
    fn query(&self, _id: BlockId) -> Option<Name> {
        None
    }
}

impl<F: Fn(BlockId, u32, &str) -> Option<Name>> Known for F {
    fn column(&self, block: BlockId, relation: u32, name: &str) -> Option<Name> {
        self(block, relation, name)
    }
}

/// The canonical type of a bound expression, if the expression itself and the types of what it reads tell.
pub(super) fn implied_type(node: &Node, dialect: Dialect, known: &dyn Known) -> Option<Name> {
    Typing { dialect, known }.of(node, DEPTH)
}

struct Typing<'k> {
    dialect: Dialect,
    known: &'k dyn Known,
}

impl Typing<'_> {
    fn of(&self, node: &Node, depth: usize) -> Option<Name> {
        let depth = depth.checked_sub(1)?;
        match &node.op {
            Op::Bound(block, relation, name) => self.known.column(*block, *relation, name),
            Op::Nested(id) => self.known.query(*id),
            Op::Cast(_) => node.kids.iter().find_map(|kid| match &kid.op {
                Op::Type(name) => Some(name.clone()),
                _ => None,
            }),
            Op::Paren | Op::Alias(_) | Op::Window | Op::Altered(_) | Op::Subquery => self.of(node.kids.first()?, depth),
            Op::Bool(_) | Op::IsNull | Op::Is(_) | Op::And | Op::Or | Op::Not | Op::In | Op::Between | Op::Exists => {
                Some(self.named("BOOLEAN"))
            }
            Op::Like(_) | Op::IsDistinct => Some(self.named("BOOLEAN")),
            Op::Number(text) => {
                let small = text.len() < 10 && text.bytes().all(|byte| byte.is_ascii_digit());
                small.then(|| self.named("INT"))
            }
            Op::Text(_) => Some(self.named("VARCHAR")),
            Op::Unary(_) => self.of(node.kids.first()?, depth),
            Op::Binary(op) => self.binary(op, &node.kids, depth),
            Op::Case => self.case(node, depth),
            Op::Field(name) => struct_field(&self.of(node.kids.first()?, depth)?, name, self.dialect),
            Op::Subscript => element(&self.of(node.kids.first()?, depth)?, self.dialect),
            Op::Function(name) => self.function(name, &node.kids, depth),
            _ => None,
        }
    }

    fn named(&self, name: &str) -> Name {
        canonical_type(name, self.dialect)
    }

    fn binary(&self, op: &str, operands: &[Tree], depth: usize) -> Option<Name> {
        match op {
            "=" | "<>" | "<" | ">" | "<=" | ">=" | "<=>" => Some(self.named("BOOLEAN")),
            "||" => self.common(operands, depth).filter(|found| *found == self.named("VARCHAR")),
            "+" | "-" | "*" | "/" => {
                let types = operands.iter().map(|kid| self.of(kid, depth)).collect::<Option<Vec<Name>>>()?;
                let numeric = types.iter().all(|found| is_number(found));
                let double = types.iter().find(|found| is_double(found));
                match double {
                    Some(double) if numeric => Some(double.clone()),
                    _ if numeric && op != "/" && types.iter().all(|found| is_int(found) && *found == types[0]) => {
                        types.into_iter().next()
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn case(&self, node: &Node, depth: usize) -> Option<Name> {
        let results: Vec<Tree> = node
            .kids
            .iter()
            .filter_map(|kid| match kid.op {
                Op::When => kid.kids.get(1).cloned(),
                Op::Else => kid.first().cloned(),
                _ => None,
            })
            .collect();
        self.common(&results, depth)
    }

    /// The type that all of these are brought to; NULL has any.
    fn common<'t>(&self, trees: impl IntoIterator<Item = &'t Tree>, depth: usize) -> Option<Name> {
        let mut common = None;
        for tree in trees.into_iter().filter(|tree| !matches!(tree.unwrap_parens().op, Op::Null | Op::Modifier(_))) {
            let found = self.of(tree, depth)?;
            common = Some(match common {
                None => found,
                Some(known) => wider(known, found)?,
            });
        }
        common
    }

    fn function(&self, name: &str, arguments: &[Tree], depth: usize) -> Option<Name> {
        let first = || self.of(arguments.first()?, depth);
        match name {
            "COUNT" => Some(self.named("BIGINT")),
            "MIN" | "MAX" | "ANY_VALUE" | "LAG" | "LEAD" | "FIRST_VALUE" | "LAST_VALUE" => first(),
            // Some engines give the type in which they compare.
            "NULLIF" => first().filter(|found| self.common(arguments, depth).as_ref() == Some(found)),
            "SUM" | "AVG" | "ROUND" | "ABS" => first().filter(|found| is_double(found)),
            "COALESCE" | "IFNULL" | "NVL" | "GREATEST" | "LEAST" => self.common(arguments, depth),
            "IF" | "IFF" => self.common(arguments.get(1..)?, depth),
            "UPPER" | "LOWER" | "TRIM" | "CONCAT" | "REPLACE" => Some(self.named("VARCHAR")),
            "CURRENT_DATE" if self.dialect.family != Family::Oracle => Some(self.named("DATE")),
            "UNNEST" | "EXPLODE" => element(&first()?, self.dialect),
            _ => None,
        }
    }
}

/// The type to which engines bring values of these two, where all do the same.
pub(super) fn wider(a: Name, b: Name) -> Option<Name> {
    match (&*a, &*b) {
        (x, y) if x == y => Some(a),
        (x, y) if is_double(x) && is_int(y) => Some(a),
        (x, y) if is_int(x) && is_double(y) => Some(b),
        ("BIGINT", "INT") => Some(a),
        ("INT", "BIGINT") => Some(b),
        _ => None,
    }
}

fn is_double(name: &str) -> bool {
    matches!(name, "DOUBLE" | "FLOAT64")
}

fn is_int(name: &str) -> bool {
    matches!(name, "INT" | "INT64" | "BIGINT")
}

fn is_number(name: &str) -> bool {
    is_double(name)
        || is_int(name)
        || matches!(name, "SMALLINT" | "TINYINT" | "FLOAT" | "REAL")
        || name.starts_with("DECIMAL")
}

/// Names in nested types keep their case, and with them the words around.
fn without_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// The element type of an array's type.
fn element(array: &str, dialect: Dialect) -> Option<Name> {
    if let Some(inner) = array.strip_suffix("[]") {
        return Some(canonical_type(inner, dialect));
    }
    let inner = without_prefix(array, "ARRAY<")?.strip_suffix('>')?;
    Some(canonical_type(inner, dialect))
}

/// The fields of a struct's type, with names in the case that the dialect folds to.
pub(super) fn struct_fields(text: &str, dialect: Dialect) -> Option<Vec<(Name, Name)>> {
    let inside = without_prefix(text.trim(), "STRUCT")?.trim();
    let inside = inside
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .or_else(|| inside.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')))?;
    top_level_parts(inside).into_iter().map(|part| field(part, dialect)).collect()
}

fn field(part: &str, dialect: Dialect) -> Option<(Name, Name)> {
    let (name, data_type) = part.trim().split_once([' ', ':'])?;
    let name = dialect.normalize(name.trim_matches(['`', '"']), false);
    Some((name.into(), canonical_type(data_type.trim_start_matches(':').trim(), dialect)))
}

/// The parts between commas that stand outside of all brackets.
fn top_level_parts(text: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    text.split(|c: char| {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    })
    .collect()
}

fn struct_field(data_type: &str, name: &str, dialect: Dialect) -> Option<Name> {
    let fields = struct_fields(data_type, dialect)?;
    fields.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, data_type)| data_type)
}
