//! What a column's name means: a column of a relation, an alias, a column of an outer query.

use rustc_hash::FxHashSet;

use crate::dialect::Family;
use crate::sql::tree::{Name, Node, Op, Span, Tree};

use super::merge::merged_value;
use super::scope::{AliasRule, Merged, MergedColumn, OuterScope, Scope, answers_to};
use super::star::every_column;
use super::{BlockId, Output, ProblemKind, Relation, Resolver, Source};

/// What came of a name with a qualifier.
enum Qualified {
    Found(Tree),
    /// There is such a relation, without the column.
    Lacking(ProblemKind),
    NoRelation,
}

/// Where an unqualified name may come from.
struct Candidates {
    /// Bindings to relations that certainly have it.
    certain: Vec<Tree>,
    /// Relations that may have it.
    possible: Vec<u32>,
    /// One of the certain ones is a column that a join has merged.
    is_merged: bool,
}

impl Resolver<'_> {
    pub(super) fn column(&mut self, node: &Tree, scope: &mut Scope<'_>, rule: AliasRule) -> Tree {
        let parts = node.idents();
        let Some(first) = parts.first() else { return node.clone() };
        if scope.parameters.contains(first) {
            return fields(Node::leaf(Op::Parameter(first.clone()), node.span), &parts[1..], node.span);
        }
        match self.qualified(&parts, scope, node.span) {
            Qualified::Found(bound) => bound,
            // The first part may be a column, and the second a field of it.
            Qualified::Lacking(problem) if !self.is_column(first, scope, rule) => {
                if is_pseudo_column(first) {
                    return Node::leaf(Op::Parameter(first.clone()), node.span);
                }
                self.problem(problem, node.span);
                Node::leaf(Op::Missing(parts.join(".").into()), node.span)
            }
            Qualified::NoRelation
                if self.dialect.family == Family::DuckDb && &**first == "alias" && parts.len() > 1 =>
            {
                self.by_alias(&parts, scope, node.span)
            }
            Qualified::Lacking(_) | Qualified::NoRelation => self.unqualified(&parts, scope, rule, node.span),
        }
    }

    /// DuckDB's `alias.x`: what an item of this block calls x, wherever it is asked for.
    fn by_alias(&mut self, parts: &[Name], scope: &Scope<'_>, span: Span) -> Tree {
        let found = parts.get(1).and_then(|name| self.alias(name, scope));
        match found {
            Some(value) => fields(self.replaced(&value), &parts[2..], span),
            None => {
                let name: Name = parts.join(".").into();
                self.problem(ProblemKind::NamedElsewhere { name: name.clone() }, span);
                Node::leaf(Op::Missing(name), span)
            }
        }
    }

    /// `relation.column.field…`, with one to three parts for the relation.
    fn qualified(&mut self, parts: &[Name], scope: &Scope<'_>, span: Span) -> Qualified {
        let longest = parts.len().saturating_sub(1).min(3);
        let mut lacking = None;
        for width in (1..=longest).rev() {
            let (qualifier, rest) = parts.split_at(width);
            let Some((column, path)) = rest.split_first() else { continue };
            let Some((block, found)) = find_relations(qualifier, Some(column), self.dialect.family, scope) else {
                continue;
            };
            let has = |relation: &Relation| relation.schema.get(column).is_some();
            let may_have = |relation: &Relation| relation.schema.open || is_pseudo_column(column);
            let mut chosen: Vec<_> = found.iter().filter(|(_, relation)| has(relation)).collect();
            if chosen.is_empty() {
                chosen = found.iter().filter(|(_, relation)| may_have(relation)).collect();
            }
            let mut bound: Vec<Tree> = chosen.iter().map(|(at, _)| bound(block, *at, column, span)).collect();
            match bound.len() {
                0 => {
                    let relations: Vec<Relation> = found.iter().map(|(_, relation)| (*relation).clone()).collect();
                    let (column, qualifier) = (column.clone(), qualifier.last().cloned());
                    let models = self.models_of(&relations);
                    lacking.get_or_insert(ProblemKind::MissingColumn { column, qualifier, models, in_star: false });
                }
                1 => return Qualified::Found(fields(bound.remove(0), path, span)),
                _ => return Qualified::Found(fields(Node::new(Op::Uncertain, bound, span), path, span)),
            }
        }
        lacking.map_or(Qualified::NoRelation, Qualified::Lacking)
    }

    /// Does an unqualified name have a meaning?
    fn is_column(&self, name: &Name, scope: &Scope<'_>, rule: AliasRule) -> bool {
        let has = |relations: &[Relation]| relations.iter().any(|r| r.schema.get(name).is_some() || r.schema.open);
        has(&scope.relations)
            || rule != AliasRule::Hidden && scope.aliases().count(name) > 0
            || scope.context.outer.iter().any(|outer| has(&outer.relations))
    }

    /// `column.field…`
    fn unqualified(&mut self, parts: &[Name], scope: &Scope<'_>, rule: AliasRule, span: Span) -> Tree {
        let Some((name, path)) = parts.split_first() else { return Node::leaf(Op::Null, span) };
        let (alias, implied) = match rule {
            AliasRule::Hidden => (None, None),
            _ => (self.alias(name, scope), self.implied_alias(name, scope)),
        };
        if let (AliasRule::AliasesFirst, Some(value)) = (rule, &alias) {
            return fields(self.replaced(value), path, span);
        }
        if !self.spend(scope.relations.len() / 16) {
            return Node::leaf(Op::Missing(name.clone()), span);
        }
        let here = visible(name, scope);
        let certain = self.certain(name, &here, &scope.relations, span);
        let mut possible: Vec<Tree> = Vec::new();
        let settled = certain.is_some();
        possible.extend(certain);
        if !settled || scope.natural_unknown {
            possible.extend(here.possible.iter().map(|&at| bound(scope.block, at, name, span)));
        }
        if !settled || rule == AliasRule::Either {
            possible.extend(alias.map(|value| self.replaced(&value)));
        }
        if rule != AliasRule::ColumnsFirst || !settled {
            possible.extend(implied.map(|value| self.replaced(&value)));
        }
        if !settled {
            possible.extend(self.outer_columns(name, scope, span));
        }
        if possible.is_empty() {
            possible.extend(self.elsewhere(name, scope, span));
        }
        if !self.spend(possible.len()) {
            return Node::leaf(Op::Missing(name.clone()), span);
        }
        one_of(possible, span).map_or_else(|| self.missing(parts, scope, span), |value| fields(value, path, span))
    }

    /// What an alias of this block stands for.
    fn alias(&mut self, name: &Name, scope: &Scope<'_>) -> Option<Tree> {
        let aliases = scope.aliases();
        if self.spend(aliases.count(name) / 16) { aliases.get(name) } else { None }
    }

    /// What else a name can stand for: an alias of a query around this one, or a whole row.
    fn elsewhere(&mut self, name: &Name, scope: &Scope<'_>, span: Span) -> Option<Tree> {
        if self.dialect.family == Family::DuckDb
            && let Some(outer) = scope.context.outer.iter().rev().find(|outer| outer.aliases.count(name) > 0)
        {
            let value = if self.spend(outer.aliases.count(name)) { outer.aliases.get(name) } else { None };
            return value.map(|value| self.replaced(&value));
        }
        let (block, found) = find_relations(std::slice::from_ref(name), None, self.dialect.family, scope)?;
        let (at, relation) = *found.first()?;
        if !self.spend(relation.schema.columns.len()) {
            return None;
        }
        Some(Node::new(Op::Function("ROW".into()), every_column(block, at, relation, span), span))
    }

    /// The one binding that the known schemas leave; of several, the first, and a problem.
    fn certain(&mut self, name: &Name, found: &Candidates, relations: &[Relation], span: Span) -> Option<Tree> {
        match found.certain.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            // DuckDB takes the column that a join has merged, and doesn't look at other relations.
            [..] if found.is_merged && self.dialect.family == Family::DuckDb => {
                Some(Node::new(Op::Uncertain, found.certain.clone(), span))
            }
            [..] => {
                let qualifiers = relations
                    .iter()
                    .filter(|relation| relation.schema.get(name).is_some())
                    .filter_map(|relation| relation.alias.clone())
                    .collect();
                self.problem(ProblemKind::AmbiguousColumn { column: name.clone(), qualifiers }, span);
                Some(Node::new(Op::Uncertain, found.certain.clone(), span))
            }
        }
    }

    /// What the name may be in the blocks around this one: up to the first that certainly has it.
    fn outer_columns(&self, name: &Name, scope: &Scope<'_>, span: Span) -> Vec<Tree> {
        let mut possible = Vec::new();
        for OuterScope { block, relations, merged, .. } in scope.context.outer.iter().rev() {
            let found = candidates(name, *block, relations, 0, merged);
            let is_certain = !found.certain.is_empty();
            possible.extend(found.certain.iter().map(|tree| Node::new(tree.op.clone(), tree.kids.clone(), span)));
            if is_certain {
                break;
            }
            possible.extend(found.possible.iter().map(|&at| bound(*block, at, name, span)));
        }
        possible
    }

    fn missing(&mut self, parts: &[Name], scope: &Scope<'_>, span: Span) -> Tree {
        let name = match parts {
            [] => return Node::leaf(Op::Null, span),
            [name] => name,
            [.., name] => name,
        };
        if is_pseudo_column(&parts[0]) {
            return Node::leaf(Op::Parameter(parts[0].clone()), span);
        }
        // An item without a name is called as it is written: `sum(a)`, `1`.
        let is_written = !name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            || name.contains(|c: char| !(c.is_alphanumeric() || c == '_'));
        let may_be = |output: &Output| output.is_open || output.is_unnamed && is_written;
        let may_be_alias = parts.len() == 1 && scope.outputs().iter().any(may_be);
        let kind = match parts {
            // An item that stands for any number of columns may be called so.
            _ if may_be_alias || self.may_be_of_another_branch(parts, scope) => {
                ProblemKind::NamedElsewhere { name: name.clone() }
            }
            [qualifier, _, ..] => no_relation(qualifier, &scope.relations),
            _ => ProblemKind::MissingColumn {
                column: name.clone(),
                qualifier: None,
                models: self.models_of(&scope.relations),
                in_star: false,
            },
        };
        self.problem(kind, span);
        Node::leaf(Op::Missing(parts.join(".").into()), span)
    }

    /// In DuckDB the order of a set operation may ask for a column by the name that it has in any branch.
    fn may_be_of_another_branch(&self, parts: &[Name], scope: &Scope<'_>) -> bool {
        let is_order =
            scope.relations.is_empty() && scope.outputs().iter().any(|output| matches!(output.value.op, Op::Ident(_)));
        self.dialect.family == Family::DuckDb && parts.len() == 1 && is_order
    }
}

/// Nothing is called so, as far as one knows: a function among the relations is called after itself.
pub(super) fn no_relation(qualifier: &Name, relations: &[Relation]) -> ProblemKind {
    let is_unnamed = |relation: &Relation| {
        relation.alias.is_none() && matches!(relation.source, Source::Function(_) | Source::Altered(_))
    };
    match relations.iter().any(is_unnamed) {
        true => ProblemKind::NamedElsewhere { name: qualifier.clone() },
        false => ProblemKind::UnknownQualifier { qualifier: qualifier.clone() },
    }
}

/// One of several readings.
fn one_of(mut readings: Vec<Tree>, span: Span) -> Option<Tree> {
    let mut seen = FxHashSet::default();
    readings.retain(|reading| seen.insert(reading.fingerprint()));
    match readings.len() {
        0 => None,
        1 => readings.pop(),
        _ => Some(Node::new(Op::Uncertain, readings, span)),
    }
}

/// A condition of a join in brackets sees what stands in them.
fn visible(name: &Name, scope: &Scope<'_>) -> Candidates {
    let from = |start: usize| candidates(name, scope.block, &scope.relations, start, &scope.merged);
    let inside = from(scope.brackets);
    let is_found = !inside.certain.is_empty() || !inside.possible.is_empty();
    if is_found || scope.brackets == 0 { inside } else { from(0) }
}

/// Which of the relations from the `start`th on a name may come from.
fn candidates(name: &Name, block: BlockId, relations: &[Relation], start: usize, merged: &Merged) -> Candidates {
    let mut found = Candidates { certain: vec![], possible: vec![], is_merged: false };
    let span = Span::default();
    let is_there = |merged: &&MergedColumn| merged.relations.iter().all(|at| *at as usize >= start);
    let merged = merged.get(name).first().filter(is_there);
    if let Some(merged) = merged {
        found.certain.push(merged_value(merged, block, span));
        found.is_merged = true;
    }
    for (at, relation) in relations.iter().enumerate().skip(start) {
        let at = at as u32;
        if merged.is_some_and(|merged| merged.relations.contains(&at)) || super::star::is_hidden(relation) {
            continue;
        }
        if relation.schema.get(name).is_some() {
            found.certain.push(bound(block, at, name, span));
        } else if relation.schema.open {
            found.possible.push(at);
        }
    }
    found
}

fn bound(block: BlockId, relation: u32, name: &Name, span: Span) -> Tree {
    Node::leaf(Op::Bound(block, relation, name.clone()), span)
}

fn fields(base: Tree, path: &[Name], span: Span) -> Tree {
    let base = if base.span.is_empty() { Node::new(base.op.clone(), base.kids.clone(), span) } else { base };
    path.iter().fold(base, |base, field| Node::new(Op::Field(field.clone()), vec![base], span))
}

/// The relations that answer to a qualifier, in the innermost block that has one. DuckDB goes on outwards where those
/// lack the column.
fn find_relations<'r>(
    qualifier: &[Name],
    column: Option<&Name>,
    family: Family,
    scope: &'r Scope<'_>,
) -> Option<(BlockId, Vec<(u32, &'r Relation)>)> {
    let find = |block: BlockId, relations: &'r [Relation]| {
        let numbered = relations.iter().enumerate().map(|(at, relation)| (at as u32, relation));
        let found: Vec<_> = numbered.filter(|(_, relation)| answers_to(relation, qualifier, family)).collect();
        (!found.is_empty()).then_some((block, found))
    };
    let lacks = |found: &(BlockId, Vec<(u32, &Relation)>)| {
        let has = |relation: &Relation, name: &Name| relation.schema.open || relation.schema.get(name).is_some();
        column.is_some_and(|name| !found.1.iter().any(|(_, relation)| has(relation, name)))
    };
    let innermost = find(scope.block, &scope.relations);
    let outer = || scope.context.outer.iter().rev().filter_map(|outer| find(outer.block, &outer.relations));
    match innermost {
        Some(found) if family == Family::DuckDb && lacks(&found) => outer().find(|other| !lacks(other)).or(Some(found)),
        Some(found) => Some(found),
        None if family == Family::DuckDb => outer().find(|found| !lacks(found)).or_else(|| outer().next()),
        None => outer().next(),
    }
}

/// Columns that engines add by themselves.
fn is_pseudo_column(name: &str) -> bool {
    const PSEUDO: &[&str] = &[
        "rowid",
        "rownum",
        "ctid",
        "oid",
        "xmin",
        "xmax",
        "_partitiontime",
        "_partitiondate",
        "_table_suffix",
        "_file_name",
        "_metadata",
        "filename",
        "level",
        "sysdate",
        "current_user",
        "session_user",
        "user",
        "current_role",
        "current_catalog",
        "current_schema",
        "metadata$filename",
        "metadata$file_row_number",
        "_part",
        "_shard_num",
        "$path",
        "$file_size",
        "grouping__id",
    ];
    PSEUDO.contains(&name.to_lowercase().as_str())
}
