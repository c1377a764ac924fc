//! Windows by name: the definition takes its place behind the name.

use crate::sql::tree::{Name, Op, Tree};

use super::scope::Scope;

/// `f() OVER w` with the definition of `w` behind it.
pub(super) fn named_window(node: &Tree, scope: &Scope<'_>) -> Tree {
    let [call, window] = node.kids.as_slice() else { return node.clone() };
    match definition(window, scope, 0) {
        Some(spec) => node.with_kids(vec![call.clone(), window.clone(), spec]),
        None => node.clone(),
    }
}

fn definition(window: &Tree, scope: &Scope<'_>, depth: usize) -> Option<Tree> {
    const MAX_CHAIN: usize = 20;
    let named = |name: &Name| scope.windows.iter().find(|(known, _)| known == name).map(|(_, spec)| spec.clone());
    match &window.op {
        _ if depth > MAX_CHAIN => None,
        Op::WindowName(name) => {
            let spec = named(name)?;
            definition(&spec, scope, depth + 1).or(Some(spec))
        }
        Op::WindowSpec => {
            let (base, own) = window.kids.split_first()?;
            let Op::WindowName(_) = base.op else { return None };
            let base = definition(base, scope, depth + 1)?;
            Some(window.with_kids(base.kids.iter().chain(own).cloned().collect()))
        }
        _ => None,
    }
}
