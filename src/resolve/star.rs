//! The SELECT list: stars expanded, outputs named.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::dialect::Family;
use crate::names::ModelName;
use crate::sql::tree::{JoinKind, Name, Node, Op, Span, Tree};

use super::column::no_relation;
use super::forward::{self, Reading};
use super::merge::merged_value;
use super::scope::{AliasRule, MergedColumn, Scope, answers_to};
use super::types::{Known, implied_type, struct_fields};
use super::{Block, BlockId, Output, ProblemKind, Relation, Resolver, Source};

impl Resolver<'_> {
    /// Binds the projection into `scope.aliases`; says whether there may be more outputs than those.
    pub(super) fn outputs(&mut self, projection: &Tree, scope: &mut Scope<'_>) -> bool {
        let reading = match self.dialect.family {
            Family::ClickHouse => forward::reading(&projection.kids),
            _ => Reading::AsWritten,
        };
        match reading {
            Reading::InOrder(order) => return self.outputs_in(&order, projection, scope),
            Reading::Circular => {
                let what = "aliases that stand for each other".to_owned();
                self.problem(ProblemKind::NotUnderstood { what }, projection.span);
            }
            Reading::AsWritten => {}
        }
        let mut open = false;
        for item in &projection.kids {
            open |= self.outputs_of(item, scope);
        }
        open
    }

    /// Binds the items in this order; the outputs stand in the order of the text.
    fn outputs_in(&mut self, order: &[usize], projection: &Tree, scope: &mut Scope<'_>) -> bool {
        let mut open = false;
        let mut read = vec![0..0; projection.kids.len()];
        for (&at, item) in order.iter().filter_map(|at| Some((at, projection.kids.get(*at)?))) {
            let start = scope.outputs().len();
            open |= self.outputs_of(item, scope);
            read[at] = start..scope.outputs().len();
        }
        let outputs = scope.take_outputs();
        for output in read.into_iter().flat_map(|range| &outputs[range]) {
            scope.push_output(output.clone());
        }
        open
    }

    fn outputs_of(&mut self, item: &Tree, scope: &mut Scope<'_>) -> bool {
        match &item.op {
            Op::Star => self.star(item, None, scope),
            Op::QualifiedStar => {
                let qualifier = item.idents();
                self.star(item, Some(&qualifier), scope)
            }
            // A bare call may stand for any number of columns, and nobody knows the name of what isn't understood.
            Op::Hole(_) | Op::Opaque(_) => self.open_output(item, false, scope),
            Op::Other(text) if &**text == ".*" => self.open_output(item, true, scope),
            Op::Other(text) if &**text == "ALIASES" => {
                self.aliases(item, scope);
                false
            }
            _ => self.output(item, scope),
        }
    }

    fn open_output(&mut self, item: &Tree, from_star: bool, scope: &mut Scope<'_>) -> bool {
        let value = self.bind(item, scope, self.projection_alias_rule());
        scope.push_output(open_output(value, item.span, from_star));
        true
    }

    fn output(&mut self, item: &Tree, scope: &mut Scope<'_>) -> bool {
        let (name, expression) = match &item.op {
            Op::Alias(name) => (Some(name.clone()), item.first().cloned()),
            _ => (output_name(item), Some(item.clone())),
        };
        let Some(expression) = expression else { return false };
        let expression = self.unpacked(&expression, scope).unwrap_or(expression);
        if self.over_columns(name.as_ref(), &expression, item.span, scope) {
            return false;
        }
        let is_unnamed = !matches!(item.op, Op::Alias(_) | Op::Column);
        let value = self.bind(&expression, scope, self.projection_alias_rule());
        if self.is_many_columns(&value, is_unnamed, scope) {
            scope.push_output(open_output(value, item.span, false));
            return true;
        }
        let name = name.unwrap_or_else(|| format!("_col_{}", scope.outputs().len()).into());
        let data_type = self.type_of(&value, scope);
        let output = Output { data_type, is_unnamed, ..plain_output(name, value, item.span) };
        scope.push_output(output);
        false
    }

    /// Expressions that become several columns: those over `COLUMNS(…)`, and UNNEST of a struct.
    fn is_many_columns(&self, value: &Tree, is_unnamed: bool, scope: &Scope<'_>) -> bool {
        let mut found = false;
        value.walk(&mut |node| {
            found |= matches!(&node.op, Op::Function(name) if matches!(&**name, "COLUMNS" | "UNPACK"));
            !found
        });
        if self.dialect.family != Family::DuckDb || value.op != Op::Function("UNNEST".into()) {
            return found;
        }
        let Some(argument) = value.first() else { return found };
        let is_list = argument.op == Op::Array
            || self
                .type_of(argument, scope)
                .is_some_and(|data_type| data_type.ends_with(']') || data_type.starts_with("ARRAY<"))
            || !is_unnamed && argument.op != Op::Struct;
        found || !is_list || value.kids.len() > 1
    }

    /// `explode(m) AS (k, v)`: one call, several columns.
    fn aliases(&mut self, item: &Tree, scope: &mut Scope<'_>) {
        let Some(call) = item.first() else { return };
        let value = self.bind(call, scope, self.projection_alias_rule());
        for (at, name) in super::query::column_names(item).into_iter().enumerate() {
            let value = Node::new(Op::Field(format!("#{at}").into()), vec![value.clone()], item.span);
            scope.push_output(plain_output(name, value, item.span));
        }
    }

    pub(super) fn type_of(&self, value: &Tree, scope: &Scope<'_>) -> Option<Name> {
        implied_type(value, self.dialect, &InScope { scope, blocks: &self.blocks })
    }

    pub(super) fn star(&mut self, item: &Tree, qualifier: Option<&[Name]>, scope: &mut Scope<'_>) -> bool {
        let chosen = chosen(qualifier, self.dialect.family, scope);
        if chosen.is_empty() && self.struct_star(item, qualifier, scope) {
            return false;
        }
        if chosen.is_empty() {
            // `s.*` over a struct column, or a name that nothing has.
            let value = Node::leaf(Op::Other("*".into()), item.span);
            let kind = match qualifier.and_then(|parts| parts.last()) {
                Some(qualifier) => no_relation(qualifier, &scope.relations),
                None => ProblemKind::OpenStar { models: vec![] },
            };
            self.problem(kind, item.span);
            scope.push_output(open_output(value, item.span, true));
            return true;
        }
        let mut options = StarOptions::new(item);
        let follows = options.place_exceptions(&chosen, self.dialect.family, scope);
        let extras = self.star_extras(item, qualifier.is_none(), scope);
        let mut open_models = Vec::new();
        let mut open = false;
        for &at in &chosen {
            let relation = scope.relations[at as usize].clone();
            if follows {
                self.star_over(at, &relation, qualifier.is_none(), &options, scope, item.span);
            }
            if relation.schema.open || !follows {
                open = true;
                open_models.extend(model_of(&relation));
                let columns = Node::leaf(Op::Bound(scope.block, at, "*".into()), item.span);
                let value = match extras.is_empty() {
                    true => columns,
                    false if !self.spend(extras.len()) => columns,
                    false => Node::new(Op::Star, [vec![columns], extras.clone()].concat(), item.span),
                };
                scope.push_output(open_output(value, item.span, true));
            }
        }
        if open {
            self.problem(ProblemKind::OpenStar { models: open_models }, item.span);
        } else {
            self.check_options(item, &chosen, scope);
        }
        open
    }

    /// These engines refuse EXCEPT and REPLACE of a column that the star doesn't stand for.
    fn check_options(&mut self, item: &Tree, chosen: &[u32], scope: &Scope<'_>) {
        use Family::*;
        if !matches!(self.dialect.family, BigQuery | Databricks | DuckDb | Snowflake | Spark) {
            return;
        }
        let relations: Vec<&Relation> = chosen.iter().filter_map(|at| scope.relations.get(*at as usize)).collect();
        for option in &item.kids {
            let names: Vec<(Name, Span)> = match &option.op {
                Op::StarExcept => option.kids.iter().filter_map(|kid| Some((kid.ident()?.clone(), kid.span))).collect(),
                Op::StarReplace => option.kids.iter().filter_map(replaced_column).collect(),
                _ => continue,
            };
            if !self.spend(names.len().saturating_mul(relations.len())) {
                return;
            }
            for (column, span) in names {
                if relations.iter().all(|relation| relation.schema.get(&column).is_none()) {
                    let models = relations.iter().filter_map(|relation| model_of(relation)).collect();
                    self.problem(ProblemKind::MissingColumn { column, qualifier: None, models, in_star: true }, span);
                }
            }
        }
    }

    /// `s.*` over a column whose type says which fields it has.
    fn struct_star(&mut self, item: &Tree, qualifier: Option<&[Name]>, scope: &mut Scope<'_>) -> bool {
        let Some([name, path @ ..]) = qualifier else { return false };
        let plain = item.kids.iter().all(|kid| kid.ident().is_some());
        let known = |relation: &Relation| {
            relation.schema.get(name).is_some() || answers_to(relation, std::slice::from_ref(name), self.dialect.family)
        };
        if !plain || path.len() > 8 || !scope.relations.iter().any(known) {
            return false;
        }
        let column = Node::new(Op::Column, item.kids.clone(), item.span);
        let base = self.bind(&column, scope, AliasRule::Hidden);
        let fields = self.type_of(&base, scope).and_then(|found| struct_fields(&found, self.dialect));
        let Some(fields) = fields else { return false };
        for (name, data_type) in fields {
            let value = Node::new(Op::Field(name.clone()), vec![base.clone()], item.span);
            let output = plain_output(name, value, item.span);
            scope.push_output(Output { data_type: Some(data_type), from_star: true, ..output });
        }
        true
    }

    /// What else decides the columns that a star stands for: its options, bound, and the columns that joins merge.
    fn star_extras(&mut self, star: &Tree, merge: bool, scope: &mut Scope<'_>) -> Vec<Tree> {
        let mut extras = Vec::new();
        for kid in &star.kids {
            match &kid.op {
                Op::Ident(_) => {}
                Op::StarReplace => extras.push(self.bind(kid, scope, AliasRule::Hidden)),
                _ => extras.push(kid.clone()),
            }
        }
        if merge {
            let names = scope.merged.names();
            if self.spend(names.len()) {
                extras.extend(names.into_iter().map(|name| Node::leaf(Op::Ident(name.clone()), star.span)));
            }
            if scope.natural_unknown {
                extras.push(Node::leaf(Op::Natural, star.span));
            }
        }
        extras
    }

    /// A star as an argument, `f(*)`: every column it stands for, with the names.
    pub(super) fn star_argument(&mut self, star: &Tree, scope: &mut Scope<'_>) -> Tree {
        let qualifier = star.idents();
        let qualifier = (star.op == Op::QualifiedStar).then_some(qualifier.as_slice());
        let mut kids = self.star_extras(star, qualifier.is_none(), scope);
        for at in chosen(qualifier, self.dialect.family, scope) {
            let relation = &scope.relations[at as usize];
            if self.spend(relation.schema.columns.len()) {
                kids.extend(every_column(scope.block, at, relation, star.span));
            }
        }
        if let (Some([.., last]), true) = (qualifier, kids.is_empty()) {
            self.problem(no_relation(last, &scope.relations), star.span);
        }
        Node::new(Op::Star, kids, star.span)
    }

    fn star_over(
        &mut self,
        at: u32,
        relation: &Relation,
        merge: bool,
        options: &StarOptions,
        scope: &mut Scope<'_>,
        span: Span,
    ) {
        if !self.spend(relation.schema.columns.len()) {
            return;
        }
        for column in relation.schema.columns.iter().filter(|column| !options.excludes(at, &column.name)) {
            let is_this = |merged: &&MergedColumn| merge && merged.relations.contains(&at);
            let merged = scope.merged.get(&column.name).iter().find(is_this);
            let value = match merged {
                Some(merged) if merged.relations.first() != Some(&at) => continue,
                Some(merged) => merged_value(merged, scope.block, span),
                None => Node::leaf(Op::Bound(scope.block, at, column.name.clone()), span),
            };
            let value = match options.replacement(&column.name).cloned() {
                Some(replacement) => self.bind(&replacement, scope, AliasRule::Hidden),
                None => value,
            };
            let name = options.new_name(&column.name);
            let data_type = self.type_of(&value, scope);
            let output = Output { data_type, from_star: true, ..plain_output(name, value, span) };
            scope.push_output(output);
        }
    }
}

/// The types that an expression sees.
struct InScope<'s, 'c> {
    scope: &'s Scope<'c>,
    blocks: &'s [Block],
}

impl Known for InScope<'_, '_> {
    fn column(&self, block: BlockId, relation: u32, name: &str) -> Option<Name> {
        let relations = if block == self.scope.block {
            &self.scope.relations
        } else {
            &*self.scope.context.outer.iter().find(|outer| outer.block == block)?.relations
        };
        relations.get(relation as usize)?.schema.get(name)?.data_type.clone()
    }

    fn query(&self, id: BlockId) -> Option<Name> {
        match self.blocks.get(id as usize)?.outputs.as_slice() {
            [only] if !only.is_open => only.data_type.clone(),
            _ => None,
        }
    }
}

/// The relations that a star stands for.
pub(super) fn chosen(qualifier: Option<&[Name]>, family: Family, scope: &Scope<'_>) -> Vec<u32> {
    let is_chosen = |relation: &Relation| match qualifier {
        Some(qualifier) => answers_to(relation, qualifier, family),
        None => !is_hidden(relation),
    };
    let numbered = scope.relations.iter().enumerate();
    numbered.filter(|(_, relation)| is_chosen(relation)).map(|(at, _)| at as u32).collect()
}

/// Every column of a relation under its name; a last one stands for those that aren't known.
pub(super) fn every_column(block: super::BlockId, at: u32, relation: &Relation, span: Span) -> Vec<Tree> {
    let bound = |name: &Name| Node::leaf(Op::Bound(block, at, name.clone()), span);
    let named = |name: &Name| Node::new(Op::Alias(name.clone()), vec![bound(name)], span);
    let mut columns: Vec<Tree> = relation.schema.columns.iter().map(|column| named(&column.name)).collect();
    columns.extend(relation.schema.open.then(|| bound(&"*".into())));
    columns
}

/// An output with a name and a value.
pub(super) fn plain_output(name: Name, value: Tree, span: Span) -> Output {
    Output { name, value, data_type: None, span, from_star: false, is_open: false, is_unnamed: false }
}

/// An output that stands for any number of columns.
pub(super) fn open_output(value: Tree, span: Span, from_star: bool) -> Output {
    Output { from_star, is_open: true, ..plain_output("".into(), value, span) }
}

/// EXCEPT, REPLACE, RENAME and ILIKE of a star.
#[derive(Default)]
struct StarOptions {
    except: FxHashSet<Name>,
    /// With the relation that they are said to be of.
    qualified: Vec<Vec<Name>>,
    except_of: FxHashSet<(u32, Name)>,
    replace: FxHashMap<Name, Tree>,
    rename: FxHashMap<Name, Name>,
    like: Option<Name>,
}

impl StarOptions {
    fn new(star: &Tree) -> Self {
        let mut options = StarOptions::default();
        for kid in &star.kids {
            match &kid.op {
                Op::StarExcept => {
                    options.except.extend(kid.idents());
                    let columns = kid.kids.iter().filter(|column| column.op == Op::Column);
                    options.qualified.extend(columns.map(|column| column.idents()));
                }
                Op::StarReplace => options.replace.extend(kid.kids.iter().filter_map(|item| match &item.op {
                    Op::Alias(name) => Some((name.clone(), item.first()?.clone())),
                    _ => None,
                })),
                Op::StarRename => options.rename.extend(kid.kids.iter().filter_map(|item| match &item.op {
                    Op::Alias(name) => Some((item.first()?.idents().last()?.clone(), name.clone())),
                    _ => None,
                })),
                Op::StarLike(pattern) => options.like = Some(pattern.clone()),
                _ => {}
            }
        }
        options
    }

    /// Finds the relations of `EXCLUDE (t.a)`; says no where one is something else: a field, or merged with another
    /// relation's column, which then shows again.
    fn place_exceptions(&mut self, chosen: &[u32], family: Family, scope: &Scope<'_>) -> bool {
        self.qualified.iter().all(|path| {
            let Some((name, qualifier)) = path.split_last() else { return true };
            let is_meant = |at: &&u32| {
                scope.relations.get(**at as usize).is_some_and(|relation| answers_to(relation, qualifier, family))
            };
            let found: Vec<u32> = chosen.iter().filter(is_meant).copied().collect();
            self.except_of.extend(found.iter().map(|at| (*at, name.clone())));
            !found.is_empty() && !scope.natural_unknown && scope.merged.get(name).is_empty()
        })
    }

    fn excludes(&self, at: u32, name: &Name) -> bool {
        self.except.contains(name)
            || !self.except_of.is_empty() && self.except_of.contains(&(at, name.clone()))
            || self.like.as_ref().is_some_and(|pattern| !like(&pattern.to_lowercase(), &name.to_lowercase()))
    }

    fn replacement(&self, name: &str) -> Option<&Tree> {
        self.replace.get(name)
    }

    fn new_name(&self, name: &Name) -> Name {
        self.rename.get(name).unwrap_or(name).clone()
    }
}

/// SQL's LIKE for `%` and `_`, without an escape character, in time proportional to pattern times text.
fn like(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut reachable = vec![false; text.len() + 1];
    reachable[0] = true;
    for p in pattern.chars() {
        let mut next = vec![false; text.len() + 1];
        if p == '%' {
            let mut any = false;
            for (slot, &here) in next.iter_mut().zip(&reachable) {
                any |= here;
                *slot = any;
            }
        } else {
            for (at, &c) in text.iter().enumerate() {
                next[at + 1] = reachable[at] && (p == '_' || p == c);
            }
        }
        reachable = next;
    }
    reachable.last().copied().unwrap_or(false)
}

/// The right side of a semi or anti join isn't part of the result.
pub(super) fn is_hidden(relation: &Relation) -> bool {
    matches!(relation.join.as_ref().map(|join| join.kind), Some(JoinKind::LeftSemi | JoinKind::LeftAnti))
}

fn replaced_column(item: &Tree) -> Option<(Name, Span)> {
    match &item.op {
        Op::Alias(name) => Some((name.clone(), item.span)),
        _ => None,
    }
}

pub(super) fn model_of(relation: &Relation) -> Option<ModelName> {
    match &relation.source {
        Source::Model(model) => Some(model.clone()),
        _ => None,
    }
}

/// The name of an output without an alias, as sqlglot's `output_name` gives it.
fn output_name(item: &Tree) -> Option<Name> {
    match &item.op {
        Op::Column => item.kids.last()?.ident().cloned(),
        Op::Cast(_) | Op::Paren => output_name(item.first()?),
        Op::Field(name) => Some(name.clone()),
        Op::Number(text) | Op::Text(text) if !text.is_empty() => Some(text.clone()),
        Op::Subscript => output_name(item.kids.get(1)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn like_matches_whole_names() {
        assert!(like("a%", "abc"));
        assert!(like("%b_", "abc"));
        assert!(!like("b%", "abc"));
        assert!(like("", ""));
    }
}
