//! Where the values of two expressions part: there, or in the blocks that they read.

use std::collections::BTreeSet;

use crate::lineage::aggregates;
use crate::resolve::{BlockId, BlockKind, Relation, Resolved, Source};
use crate::sql::tree::{Name, Op, Tree};

use super::super::Evidence;
use super::super::fingerprint::{Print, hash};
use super::Evidences;

impl Evidences<'_> {
    /// Do both read alike, so that a difference lies in what they read?
    pub(super) fn read_alike(&self, before: &Tree, after: &Tree) -> bool {
        shallow(before, self.before) == shallow(after, self.after)
    }

    /// Where the columns of inner blocks part that two expressions read, which read alike.
    pub(super) fn origins(&mut self, before: &Tree, after: &Tree) -> Vec<Evidence> {
        let start = self.found.len();
        let mut visited = BTreeSet::new();
        for ((x, name), (y, _)) in inner_columns(before, self.before).into_iter().zip(inner_columns(after, self.after))
        {
            self.value(x, y, &name, &mut visited);
        }
        self.found.split_off(start)
    }

    /// Finds where the values of two outputs part: here, or in the blocks that they read.
    pub(super) fn value(
        &mut self,
        before: (BlockId, usize),
        after: (BlockId, usize),
        column: &Name,
        visited: &mut BTreeSet<(BlockId, usize, BlockId, usize)>,
    ) {
        if !visited.insert((before.0, before.1, after.0, after.1)) {
            return;
        }
        let (Some(b), Some(a)) = (self.before_at(before.0), self.after_at(after.0)) else { return };
        if b.prints.columns.get(before.1) == a.prints.columns.get(after.1) {
            return;
        }
        match (&b.block.kind, &a.block.kind) {
            (
                BlockKind::SetOperation { left: lb, right: rb, .. },
                BlockKind::SetOperation { left: la, right: ra, .. },
            ) => {
                self.value((*lb, before.1), (*la, after.1), column, visited);
                self.value((*rb, before.1), (*ra, after.1), column, visited);
                return;
            }
            (BlockKind::Wrapped(x), BlockKind::Wrapped(y)) => {
                return self.value((*x, before.1), (*y, after.1), column, visited);
            }
            _ => {}
        }
        let (Some(old), Some(new)) = (b.block.outputs.get(before.1), a.block.outputs.get(after.1)) else { return };
        if shallow(&old.value, self.before) != shallow(&new.value, self.after) {
            let (code, message) = describe(&old.value, &new.value, column);
            self.add(Evidence {
                code,
                column: Some(column.clone()),
                before: Some(old.span),
                after: Some(new.span),
                message,
            });
            return;
        }
        let pairs: Vec<_> =
            inner_columns(&old.value, self.before).into_iter().zip(inner_columns(&new.value, self.after)).collect();
        for ((x, _), (y, _)) in pairs {
            self.value(x, y, column, visited);
        }
    }
}

/// The expression as it reads, columns by name and relation.
fn shallow(tree: &Tree, resolved: &Resolved) -> Print {
    let kids: Vec<Print> = tree.kids.iter().map(|kid| shallow(kid, resolved)).collect();
    match &tree.op {
        Op::Paren if kids.len() == 1 => kids[0],
        Op::Bound(block, relation, name) => {
            let source = relation_of(resolved, *block, *relation).map(|relation| match &relation.source {
                Source::Model(model) => model.to_string(),
                Source::Block(_) | Source::Altered(_) | Source::Recursive(..) | Source::Function(_) => String::new(),
            });
            hash(("column", source, name))
        }
        Op::Nested(_) => hash("query"),
        op => hash((op, kids)),
    }
}

fn relation_of(resolved: &Resolved, block: BlockId, relation: u32) -> Option<&Relation> {
    match &resolved.block(block)?.kind {
        BlockKind::Select(select) => select.relations.get(relation as usize),
        _ => None,
    }
}

/// The outputs of inner blocks that an expression reads, in order, with their names.
fn inner_columns(tree: &Tree, resolved: &Resolved) -> Vec<((BlockId, usize), Name)> {
    let mut columns = Vec::new();
    tree.walk(&mut |node| {
        match &node.op {
            Op::Bound(block, relation, name) => {
                if let Some(relation) = relation_of(resolved, *block, *relation)
                    && let Source::Block(id) | Source::Altered(id) = relation.source
                    && let Some(at) = relation.schema.columns.iter().position(|column| column.name == *name)
                {
                    columns.push(((id, at), name.clone()));
                }
            }
            Op::Nested(id) => columns.push(((*id, 0), "the subquery".into())),
            _ => {}
        }
        true
    });
    columns
}

/// The code and sentence for a changed expression.
fn describe(old: &Tree, new: &Tree, column: &Name) -> (&'static str, String) {
    let without_cast = |tree: &Tree| match tree.op {
        Op::Cast(_) => tree.first().cloned().unwrap_or_else(|| tree.clone()),
        _ => tree.clone(),
    };
    let has_window = |tree: &Tree| {
        let mut found = false;
        tree.walk(&mut |node| {
            found |= node.op == Op::Window;
            !found
        });
        found
    };
    let cast_type = |tree: &Tree| match tree.op {
        Op::Cast(_) => tree.kids.iter().find(|kid| matches!(kid.op, Op::Type(_))).cloned(),
        _ => None,
    };
    if without_cast(old) == without_cast(new) && cast_type(old) != cast_type(new) {
        ("C105", format!("{column} is cast to another type"))
    } else if has_window(old) && has_window(new) {
        ("C107", format!("{column} looks through another window"))
    } else if aggregates(old) && aggregates(new) {
        ("C108", format!("{column} is aggregated differently"))
    } else {
        ("C104", format!("{column} is computed differently"))
    }
}
