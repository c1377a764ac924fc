//! A SELECT with its clauses to a block.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::dialect::Family;
use crate::sql::tree::{JoinKind, Name, Op, Tree};

use super::forward;
use super::query::block;
use super::scope::{AliasRule, Context, Scope};
use super::{Block, BlockId, BlockKind, Distinct, Group, ProblemKind, Relation, Resolver, Select};

impl Resolver<'_> {
    pub(super) fn select(&mut self, node: &Tree, context: &Context, clauses: &[Tree]) -> BlockId {
        // Reserve the number: expressions inside refer to it while it is being built.
        let id = self.push(block(context, node.span));
        let mut scope = Scope::new(context, id);
        let mut result = block(context, node.span);
        let mut select = Select::default();
        let mut windows: FxHashMap<Name, Tree> = FxHashMap::default();
        for (name, definition) in node.kids.iter().filter_map(window_definition) {
            windows.entry(name).or_insert(definition);
        }
        scope.windows = Arc::new(windows);
        if let Some(from) = node.kids.iter().find(|kid| kid.op == Op::From) {
            self.from(from, &mut scope);
        }
        for kid in &node.kids {
            if let Op::LateralView(_) = kid.op {
                self.lateral_view(kid, &mut scope);
            }
        }
        if let Some(projection) = node.kids.iter().find(|kid| kid.op == Op::Projection) {
            result.open = self.outputs(projection, &mut scope);
        }
        exclude_outputs(node, &mut scope);
        if self.dialect.family == Family::ClickHouse && forward::reaches_further(node) {
            let what = "an alias that another part of the SELECT may mean".to_owned();
            self.problem(ProblemKind::NotUnderstood { what }, node.span);
        }
        for kid in &node.kids {
            self.select_clause(kid, &mut scope, &mut select, &mut result);
        }
        self.tail_clauses(clauses, &mut scope, &mut result);
        result.outputs = scope.take_outputs();
        select.relations = Arc::unwrap_or_clone(scope.relations);
        result.kind = BlockKind::Select(Box::new(select));
        self.check_semi_joins(node, id, &result);
        self.fill(id, result)
    }

    fn select_clause(&mut self, kid: &Tree, scope: &mut Scope<'_>, select: &mut Select, result: &mut Block) {
        match &kid.op {
            Op::Projection | Op::From | Op::LateralView(_) => {}
            Op::NamedWindow(_) => result.other.push(self.bind(kid, scope, AliasRule::ColumnsFirst)),
            Op::Where | Op::Prewhere => {
                let rule = self.filter_alias_rule();
                select.filter.extend(self.conjuncts(kid, scope, rule));
            }
            Op::GroupBy => select.group = Some(self.group(kid, scope)),
            Op::Having => select.having = self.conjuncts(kid, scope, AliasRule::Either),
            Op::Qualify => {
                let rule = self.qualify_alias_rule();
                select.qualify = self.conjuncts(kid, scope, rule);
            }
            Op::Distinct => select.distinct = Distinct::Yes,
            Op::DistinctOn => {
                let keys = kid.kids.iter().map(|key| self.order_key(key, scope)).collect();
                select.distinct = Distinct::On(keys);
            }
            Op::Fetch(_) => result.limit.push(self.bind(kid, scope, AliasRule::Hidden)),
            _ => result.other.push(self.bind(kid, scope, AliasRule::ColumnsFirst)),
        }
    }

    pub(super) fn tail_clauses(&mut self, clauses: &[Tree], scope: &mut Scope<'_>, result: &mut Block) {
        for clause in clauses {
            match &clause.op {
                Op::OrderBy => {
                    let keys = clause.kids.iter().map(|item| {
                        let kids = item.kids.iter().map(|key| self.order_key(key, scope)).collect();
                        item.with_kids(kids)
                    });
                    result.order = keys.collect();
                }
                Op::Other(text) if text.starts_with("|>") => {
                    let what = "pipe operators aren't supported".to_owned();
                    self.problem(ProblemKind::NotUnderstood { what }, clause.span);
                    // Only what the operators read besides their input is inside.
                    result.other.push(self.bind(clause, scope, AliasRule::Hidden));
                    result.outputs.clear();
                    scope.take_outputs();
                    result.open = true;
                }
                Op::Other(text) if text.starts_with("SETTINGS __impact_syntax_recursion") => {
                    // SEARCH and CYCLE add columns.
                    result.open = true;
                    result.other.push(clause.clone());
                }
                Op::Limit | Op::Offset | Op::Fetch(_) => {
                    // `LIMIT 1 BY k`
                    let rule = self.projection_alias_rule();
                    result.limit.push(self.bind(clause, scope, rule));
                }
                _ => {
                    let rule = self.projection_alias_rule();
                    result.other.push(self.bind(clause, scope, rule));
                }
            }
        }
    }

    /// In ClickHouse a semi join shows the columns of both sides: what takes any of the right one isn't understood.
    fn check_semi_joins(&mut self, node: &Tree, id: BlockId, result: &Block) {
        let BlockKind::Select(select) = &result.kind else { return };
        let is_semi = |relation: &Relation| {
            matches!(relation.join.as_ref().map(|join| join.kind), Some(JoinKind::LeftSemi | JoinKind::LeftAnti))
        };
        if self.dialect.family != Family::ClickHouse || !select.relations.iter().any(is_semi) {
            return;
        }
        let own: Vec<&Tree> =
            select.relations.iter().filter(|relation| is_semi(relation)).flat_map(conditions).collect();
        let takes_any = result.expressions().into_iter().any(|expression| {
            let mut found = false;
            let is_own = own.iter().any(|condition| std::ptr::eq(*condition, expression));
            expression.walk(&mut |part| {
                found |= match &part.op {
                    Op::Bound(block, at, _) if *block == id => {
                        !is_own && select.relations.get(*at as usize).is_none_or(is_semi)
                    }
                    Op::Nested(_) | Op::Missing(_) | Op::Uncertain => true,
                    _ => false,
                };
                !found
            });
            found
        });
        let has_star =
            node.child(&Op::Projection).is_some_and(|items| items.kids.iter().any(|item| item.op == Op::Star));
        if takes_any || has_star {
            let what = "SEMI JOIN with both sides' columns".to_owned();
            self.problem(ProblemKind::NotUnderstood { what }, node.span);
        }
    }

    fn conjuncts(&mut self, clause: &Tree, scope: &mut Scope<'_>, rule: AliasRule) -> Vec<Tree> {
        let bound: Vec<Tree> = clause.kids.iter().map(|kid| self.bind(kid, scope, rule)).collect();
        bound.iter().flat_map(split_and).collect()
    }

    fn group(&mut self, clause: &Tree, scope: &mut Scope<'_>) -> Group {
        let mut group = Group::default();
        for kid in &clause.kids {
            match &kid.op {
                Op::All => group.all = true,
                Op::Rollup | Op::Cube | Op::GroupingSets => {
                    let sets = kid.kids.iter().map(|set| match set.op {
                        Op::Tuple => set.with_kids(set.kids.iter().map(|key| self.group_key(key, scope)).collect()),
                        _ => self.group_key(set, scope),
                    });
                    let sets = sets.collect();
                    group.sets.push(kid.with_kids(sets));
                }
                Op::Function(name) if matches!(&**name, "ROLLUP" | "CUBE") => {
                    let keys = kid.kids.iter().map(|key| self.group_key(key, scope)).collect();
                    group.sets.push(kid.with_kids(keys));
                }
                _ => group.keys.push(self.group_key(kid, scope)),
            }
        }
        group
    }
}

/// `SELECT *, x EXCLUDE (y)`: outputs that are left out.
fn exclude_outputs(select: &Tree, scope: &mut Scope<'_>) {
    let Some(clause) = select.child(&Op::Other("EXCLUDE".into())) else { return };
    let excluded: FxHashSet<Name> = clause.kids.iter().flat_map(|kid| &kid.kids).filter_map(excluded_name).collect();
    for output in scope.take_outputs() {
        if output.is_open || !excluded.contains(&output.name) {
            scope.push_output(output);
        }
    }
}

fn conditions(relation: &Relation) -> &[Tree] {
    relation.join.as_ref().map_or(&[], |join| &join.condition)
}

fn excluded_name(column: &Tree) -> Option<Name> {
    match column.op {
        Op::Column => column.idents().pop(),
        _ => column.ident().cloned(),
    }
}

/// A window of the WINDOW clause.
fn window_definition(clause: &Tree) -> Option<(Name, Tree)> {
    match &clause.op {
        Op::NamedWindow(name) => Some((name.clone(), clause.first()?.clone())),
        _ => None,
    }
}

/// The operands of nested ANDs, parentheses around them dropped.
pub(super) fn split_and(node: &Tree) -> Vec<Tree> {
    let inner = node.unwrap_parens();
    match inner.op {
        Op::And => inner.kids.iter().flat_map(split_and).collect(),
        _ => vec![inner.clone()],
    }
}
