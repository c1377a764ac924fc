//! What has the type BOOLEAN, as far as sqlglot's `annotate_types` tells `simplify`.

use crate::belief;
use crate::dialect::Dialect;
use crate::sql::tree::{Op, Tree};

use super::parens::{is_connector, is_predicate};

/// How deep results of CASE and arguments of calls are looked into.
const MAX_DEPTH: usize = 20;

pub(super) fn is_boolean(tree: &Tree, dialect: Dialect) -> bool {
    is(tree, dialect, MAX_DEPTH)
}

fn is(tree: &Tree, dialect: Dialect, depth: usize) -> bool {
    let tree = tree.unwrap_parens();
    let Some(depth) = depth.checked_sub(1) else { return false };
    match &tree.op {
        Op::Column => tree.kids.last().is_some_and(|last| matches!(last.op, Op::Modifier(_))),
        Op::Not | Op::Bool(_) => true,
        Op::Cast(_) => tree.kids.get(1).is_some_and(|of| matches!(&of.op, Op::Type(name) if &**name == "BOOLEAN")),
        Op::Case => results(tree).all(|result| is(result, dialect, depth)),
        Op::Function(name) if super::conditionals::is_if(name) => {
            tree.kids.iter().skip(1).all(|result| is(result, dialect, depth))
        }
        Op::Function(name) if belief::gives_its_arguments(name, dialect) => {
            !tree.kids.is_empty() && tree.kids.iter().all(|argument| is(argument, dialect, depth))
        }
        Op::Function(name) => belief::gives_boolean(name, dialect),
        _ => is_predicate(tree) || is_connector(tree),
    }
}

/// What the branches of a CASE give.
fn results(tree: &Tree) -> impl Iterator<Item = &Tree> {
    tree.kids.iter().filter(|kid| kid.op != Op::Operand).filter_map(|kid| kid.kids.last())
}

#[cfg(test)]
mod tests {
    use super::super::tests::same;

    #[test]
    fn what_is_boolean_stands_alone() {
        assert!(same("STARTS_WITH(a, 'x') AND TRUE", "STARTS_WITH(a, 'x')"));
        assert!(same("CAST(a AS BOOLEAN) AND TRUE", "CAST(a AS BOOLEAN)"));
        assert!(same("CASE WHEN a = 1 THEN b = 2 END AND TRUE", "CASE WHEN a = 1 THEN b = 2 END"));
        assert!(!same("a AND TRUE", "a"));
    }
}
