//! The SELECT list: stars expanded, outputs named.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::ModelName;
use crate::sql::tree::{JoinKind, Name, Node, Op, Span, Tree};

use super::relation::coalesce;
use super::scope::{AliasRule, Scope, answers_to};
use super::types::{implied_type, struct_fields};
use super::{Output, ProblemKind, Relation, Resolver, Source};

impl Resolver<'_> {
    /// Binds the projection into `scope.aliases`; says whether there may be more outputs than those.
    pub(super) fn outputs(&mut self, projection: &Tree, scope: &mut Scope<'_>) -> bool {
        let mut open = false;
        for item in &projection.kids {
            match &item.op {
                Op::Star => open |= self.star(item, None, scope),
                Op::QualifiedStar => {
                    let qualifier = item.idents();
                    open |= self.star(item, Some(&qualifier), scope);
                }
                Op::Hole(_) => {
                    // A bare call may stand for any number of columns.
                    let value = self.bind(item, scope, AliasRule::ColumnsFirst);
                    let name: Name = "".into();
                    scope.push_output(Output {
                        name,
                        value,
                        data_type: None,
                        span: item.span,
                        from_star: false,
                        is_open: true,
                    });
                    open = true;
                }
                Op::Other(text) if &**text == ".*" => {
                    let value = self.bind(item, scope, AliasRule::ColumnsFirst);
                    scope.push_output(Output {
                        name: "".into(),
                        value,
                        data_type: None,
                        span: item.span,
                        from_star: true,
                        is_open: true,
                    });
                    open = true;
                }
                Op::Other(text) if &**text == "ALIASES" => self.aliases(item, scope),
                _ => self.output(item, scope),
            }
        }
        open
    }

    fn output(&mut self, item: &Tree, scope: &mut Scope<'_>) {
        let (name, expression) = match &item.op {
            Op::Alias(name) => (Some(name.clone()), item.first().cloned()),
            _ => (output_name(item), Some(item.clone())),
        };
        let Some(expression) = expression else { return };
        let name = name.unwrap_or_else(|| format!("_col_{}", scope.outputs().len()).into());
        let value = self.bind(&expression, scope, AliasRule::ColumnsFirst);
        let data_type = self.type_of(&value, scope);
        scope.push_output(Output { name, value, data_type, span: item.span, from_star: false, is_open: false });
    }

    /// `explode(m) AS (k, v)`: one call, several columns.
    fn aliases(&mut self, item: &Tree, scope: &mut Scope<'_>) {
        let Some(call) = item.first() else { return };
        let value = self.bind(call, scope, AliasRule::ColumnsFirst);
        for name in super::query::column_names(item) {
            let value = Node::new(Op::Field(name.clone()), vec![value.clone()], item.span);
            scope.push_output(Output {
                name,
                value,
                data_type: None,
                span: item.span,
                from_star: false,
                is_open: false,
            });
        }
    }

    fn type_of(&self, value: &Tree, scope: &Scope<'_>) -> Option<Name> {
        implied_type(value, self.dialect, &|block, relation, name| {
            let relations = if block == scope.block {
                &scope.relations
            } else {
                &*scope.context.outer.iter().find(|outer| outer.block == block)?.relations
            };
            relations.get(relation as usize)?.schema.get(name)?.data_type.clone()
        })
    }

    fn star(&mut self, item: &Tree, qualifier: Option<&[Name]>, scope: &mut Scope<'_>) -> bool {
        let chosen: Vec<u32> = (0..scope.relations.len() as u32)
            .filter(|&at| {
                let relation = &scope.relations[at as usize];
                match qualifier {
                    Some(qualifier) => answers_to(relation, qualifier),
                    None => !is_hidden(relation),
                }
            })
            .collect();
        if chosen.is_empty() && self.struct_star(item, qualifier, scope) {
            return false;
        }
        if chosen.is_empty() {
            // `s.*` over a struct column, or a name that nothing has.
            let name: Name = "".into();
            let value = Node::leaf(Op::Other("*".into()), item.span);
            let kind = match qualifier.and_then(|parts| parts.last()) {
                Some(qualifier) => ProblemKind::UnknownQualifier { qualifier: qualifier.clone() },
                None => ProblemKind::OpenStar { models: vec![] },
            };
            self.problem(kind, item.span);
            scope.push_output(Output { name, value, data_type: None, span: item.span, from_star: true, is_open: true });
            return true;
        }
        let options = StarOptions::new(item);
        let mut open_models = Vec::new();
        let mut open = false;
        for at in chosen {
            let relation = scope.relations[at as usize].clone();
            if relation.schema.open {
                open = true;
                open_models.extend(model_of(&relation));
            }
            self.star_over(at, &relation, qualifier.is_none(), &options, scope, item.span);
            if relation.schema.open {
                let value = Node::leaf(Op::Bound(scope.block, at, "*".into()), item.span);
                scope.push_output(Output {
                    name: "".into(),
                    value,
                    data_type: None,
                    span: item.span,
                    from_star: true,
                    is_open: true,
                });
            }
        }
        if open {
            self.problem(ProblemKind::OpenStar { models: open_models }, item.span);
        }
        open
    }

    /// `s.*` over a column whose type says which fields it has.
    fn struct_star(&mut self, item: &Tree, qualifier: Option<&[Name]>, scope: &mut Scope<'_>) -> bool {
        let Some([name, path @ ..]) = qualifier else { return false };
        let plain = item.kids.iter().all(|kid| kid.ident().is_some());
        let known = |relation: &Relation| {
            relation.schema.get(name).is_some() || answers_to(relation, std::slice::from_ref(name))
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
            let data_type = Some(data_type);
            let span = item.span;
            scope.push_output(Output { name, value, data_type, span, from_star: true, is_open: false });
        }
        true
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
        for column in relation.schema.columns.iter().filter(|column| !options.excludes(&column.name)) {
            let merged = scope.merged.get(&column.name).filter(|merged| merge && merged.contains(&at));
            let bound = |relation: u32| Node::leaf(Op::Bound(scope.block, relation, column.name.clone()), span);
            let value = match merged {
                Some(merged) if merged.first() != Some(&at) => continue,
                Some(merged) => coalesce(merged.iter().map(|&relation| bound(relation)).collect(), span),
                None => bound(at),
            };
            let value = match options.replacement(&column.name).cloned() {
                Some(replacement) => self.bind(&replacement, scope, AliasRule::Hidden),
                None => value,
            };
            let name = options.new_name(&column.name);
            let data_type = self.type_of(&value, scope);
            scope.push_output(Output { name, value, data_type, span, from_star: true, is_open: false });
        }
    }
}

/// EXCEPT, REPLACE, RENAME and ILIKE of a star.
#[derive(Default)]
struct StarOptions {
    except: FxHashSet<Name>,
    replace: FxHashMap<Name, Tree>,
    rename: FxHashMap<Name, Name>,
    like: Option<Name>,
}

impl StarOptions {
    fn new(star: &Tree) -> Self {
        let mut options = StarOptions::default();
        for kid in &star.kids {
            match &kid.op {
                Op::StarExcept => options.except.extend(kid.idents()),
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

    fn excludes(&self, name: &str) -> bool {
        self.except.contains(name)
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

fn model_of(relation: &Relation) -> Option<ModelName> {
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
