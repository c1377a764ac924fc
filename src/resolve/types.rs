//! The types of expressions, as far as they are certain.

use crate::sql::tree::{Name, Node, Op};

/// The canonical type of a bound expression, if the expression itself tells. `column` answers for bound columns.
pub fn implied_type(node: &Node, column: &dyn Fn(u32, u32, &str) -> Option<Name>) -> Option<Name> {
    match &node.op {
        Op::Bound(block, relation, name) => column(*block, *relation, name),
        Op::Cast(_) => node.kids.iter().find_map(|kid| match &kid.op {
            Op::Type(name) => Some(name.clone()),
            _ => None,
        }),
        Op::Paren | Op::Alias(_) => implied_type(node.kids.first()?, column),
        Op::Bool(_) | Op::IsNull | Op::Is(_) | Op::And | Op::Or | Op::Not | Op::In | Op::Between | Op::Exists => {
            Some("BOOLEAN".into())
        }
        Op::Function(name) if &**name == "COUNT" => Some("BIGINT".into()),
        Op::Window => implied_type(node.kids.first()?, column),
        Op::Function(name) if matches!(&**name, "MIN" | "MAX" | "ANY_VALUE") => {
            implied_type(node.kids.first()?, column)
        }
        _ => None,
    }
}
