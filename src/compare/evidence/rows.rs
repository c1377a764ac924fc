//! Finds what makes the rows of two queries differ: from the outermost block inwards, pair by pair.

use std::collections::BTreeSet;

use crate::lineage::aggregates;
use crate::resolve::{Block, BlockId, BlockKind, Distinct, Join, Output, Relation, Resolved, Select, Source};
use crate::sql::tree::{Op, Span, Tree};

use super::super::fingerprint::{Print, Prints};
use super::super::{Doubt, Doubts};
use super::{At, Evidences, list};

impl Evidences<'_> {
    /// Finds what makes the rows differ; indices into `found`.
    pub(in crate::compare) fn explain_rows(&mut self, doubts: &Doubts) -> Vec<usize> {
        let start = self.found.len();
        match doubts.rows() {
            Some(doubt) => self.holes(doubt),
            None => {
                self.rows(self.before.root, self.after.root);
            }
        }
        if self.found.len() == start {
            let span = |resolved: &Resolved| resolved.root().map(|block| block.span);
            let (before, after) = (span(self.before), span(self.after));
            self.note("R199", before, after, "the query decides its rows differently");
        }
        (start..self.found.len()).collect()
    }

    /// The calls that can't be expanded and that only one side has.
    fn holes(&mut self, doubt: Doubt) {
        let (old, new) = (holes(self.before, &mut self.before_prints), holes(self.after, &mut self.after_prints));
        let only = |these: &[(Print, Span)], those: &[(Print, Span)]| -> Vec<Span> {
            let lone = these.iter().filter(|(print, _)| those.iter().all(|(other, _)| other != print));
            lone.map(|(_, span)| *span).collect()
        };
        let (gone, come) = (only(&old, &new), only(&new, &old));
        let message = match doubt {
            Doubt::Definition => "the code behind this call changed, and what it gives isn't known",
            Doubt::Around => "this call isn't run, and what it may read around it changed",
            Doubt::Call => "this call changed, and what it stands for isn't known",
        };
        for at in 0..gone.len().max(come.len()) {
            self.note(doubt.code(), gone.get(at).copied(), come.get(at).copied(), message);
        }
    }

    /// Do the rows of two blocks differ? Why is told, unless it has been.
    fn rows(&mut self, before: BlockId, after: BlockId) -> bool {
        let (Some(b), Some(a)) = (self.before_at(before), self.after_at(after)) else { return false };
        if b.prints.rows == a.prints.rows {
            return false;
        }
        if !self.explained.insert((before, after)) {
            return true;
        }
        let start = self.found.len();
        let mut told_inside = false;
        match (&b.block.kind, &a.block.kind) {
            (BlockKind::Select(old), BlockKind::Select(new)) => told_inside = self.select_rows((&b, old), (&a, new)),
            (
                BlockKind::SetOperation { op: op_b, all: all_b, left: left_b, right: right_b, .. },
                BlockKind::SetOperation { op: op_a, all: all_a, left: left_a, right: right_a, .. },
            ) => {
                if (op_b, all_b) != (op_a, all_a) {
                    self.note("R106", Some(b.block.span), Some(a.block.span), "the set operation is another one");
                }
                told_inside = self.rows(*left_b, *left_a) | self.rows(*right_b, *right_a);
                if self.found.len() == start && !told_inside {
                    let message = "a column takes part in the set operation that didn't, or with another value";
                    self.note("R106", Some(b.block.span), Some(a.block.span), message);
                }
            }
            (BlockKind::Wrapped(inner_b), BlockKind::Wrapped(inner_a)) => told_inside = self.rows(*inner_b, *inner_a),
            (BlockKind::SetOperation { .. }, _) | (_, BlockKind::SetOperation { .. }) => {
                self.note(
                    "R106",
                    Some(b.block.span),
                    Some(a.block.span),
                    "a branch of a set operation was added or removed",
                );
            }
            (BlockKind::Values(_), BlockKind::Values(_)) => {
                self.note("R110", Some(b.block.span), Some(a.block.span), "the rows listed in VALUES change");
            }
            _ => {}
        }
        self.tail(&b, &a);
        if self.found.len() == start && !told_inside {
            self.note("R199", Some(b.block.span), Some(a.block.span), "the query decides its rows differently");
        }
        true
    }

    fn tail(&mut self, b: &At<'_>, a: &At<'_>) {
        if b.prints.parts.limit != a.prints.parts.limit {
            let spans = |block: &Block| span_of(block.limit.iter().chain(&block.order));
            self.note("R107", spans(b.block), spans(a.block), "LIMIT, OFFSET or the order that decides it changes");
        }
    }

    /// Tells why the rows differ; do those of a block that is read differ?
    fn select_rows(&mut self, (b, old): (&At<'_>, &Select), (a, new): (&At<'_>, &Select)) -> bool {
        let told_inside = self.relations((b, old), (a, new));
        self.predicates("R101", ("filter", "WHERE"), (&old.filter, b), (&new.filter, a));
        self.groups((b, old), (a, new));
        let (parts_b, parts_a) = (&b.prints.parts, &a.prints.parts);
        let aggregated = |block: &Block| block.outputs.iter().any(|output| aggregates(&output.value));
        if parts_b.group.is_none() && parts_a.group.is_none() && aggregated(b.block) != aggregated(a.block) {
            let spans =
                |block: &Block| span_of(block.outputs.iter().map(|o| &o.value).filter(|value| aggregates(value)));
            let message = "an aggregate without GROUP BY makes one row of all";
            self.note("R103", spans(b.block), spans(a.block), message);
        }
        self.predicates("R104", ("condition", "HAVING"), (&old.having, b), (&new.having, a));
        self.predicates("R104", ("condition", "QUALIFY"), (&old.qualify, b), (&new.qualify, a));
        if parts_b.distinct != parts_a.distinct {
            self.distinct((b, old), (a, new));
        }
        if parts_b.generated != parts_a.generated {
            let spans = |block: &Block| {
                span_of(block.outputs.iter().map(|output| &output.value).filter(|value| calls_something(value)))
            };
            let message = "an output calls something that may give several rows, or aggregate";
            self.note("R110", spans(b.block), spans(a.block), message);
        }
        told_inside
    }

    fn groups(&mut self, (b, old): (&At<'_>, &Select), (a, new): (&At<'_>, &Select)) {
        if b.prints.parts.group == a.prints.parts.group {
            return;
        }
        let keys = |select: &Select| -> Vec<Tree> {
            select.group.iter().flat_map(|group| group.keys.iter().chain(&group.sets)).cloned().collect()
        };
        let (keys_b, keys_a) = (keys(old), keys(new));
        let is_alike = old.group.is_some() == new.group.is_some()
            && keys_b.len() == keys_a.len()
            && keys_b.iter().zip(&keys_a).all(|(x, y)| self.read_alike(x, y));
        if is_alike && !keys_b.is_empty() {
            for (x, y) in keys_b.iter().zip(&keys_a) {
                self.reads_changed("R103", "a key of GROUP BY", x, y);
            }
            return;
        }
        // Keys that nobody wrote down (GROUP BY ALL) have no place but the query's.
        let spans = (span_of(&keys_b).or(Some(b.block.span)), span_of(&keys_a).or(Some(a.block.span)));
        self.note("R103", spans.0, spans.1, "the rows are grouped differently");
    }

    /// What is read by an expression that stands as it did.
    fn reads_changed(&mut self, code: &'static str, reader: &str, before: &Tree, after: &Tree) {
        for origin in self.origins(before, after) {
            let column = origin.column.as_deref().unwrap_or("a column");
            let message = format!("{reader} reads {column}, which is computed differently");
            self.note(code, origin.before, origin.after, message);
        }
    }

    fn distinct(&mut self, (b, old): (&At<'_>, &Select), (a, new): (&At<'_>, &Select)) {
        let is = |select: &Select| !matches!(select.distinct, Distinct::No);
        if is(old) != is(new) {
            let message = if is(new) { "DISTINCT was added" } else { "DISTINCT was removed" };
            return self.note("R105", Some(b.block.span), Some(a.block.span), message);
        }
        let changed = |this: &At<'_>, other: &At<'_>| -> Vec<Output> {
            let pairs = this.block.outputs.iter().zip(&this.prints.columns);
            pairs.filter(|(_, print)| !other.prints.columns.contains(print)).map(|(output, _)| output.clone()).collect()
        };
        let (gone, come) = (changed(b, a), changed(a, b));
        let names: Vec<&str> = come.iter().chain(&gone).map(|output| &*output.name).collect();
        let message = match (gone.is_empty(), come.is_empty()) {
            (true, false) => {
                format!("{} joins the columns that DISTINCT compares: rows that were one become several", list(&names))
            }
            (false, true) => {
                format!("{} leaves the columns that DISTINCT compares: rows that were several become one", list(&names))
            }
            _ => format!("DISTINCT compares other values: {}", list(&names)),
        };
        self.note("R105", span_of_outputs(&gone), span_of_outputs(&come), message);
    }

    /// Tells what is read and joined differently; do the rows of a block that is read differ?
    fn relations(&mut self, (b, old): (&At<'_>, &Select), (a, new): (&At<'_>, &Select)) -> bool {
        let (prints_b, prints_a) = (&b.prints.parts.relations, &a.prints.parts.relations);
        if prints_b == prints_a {
            return false;
        }
        if prints_b.len() != prints_a.len() {
            self.relations_added_or_removed((b, old), (a, new));
            return false;
        }
        let mut told_inside = false;
        for (at, (relation_b, relation_a)) in old.relations.iter().zip(&new.relations).enumerate() {
            if prints_b.get(at) == prints_a.get(at) {
                continue;
            }
            match (&relation_b.source, &relation_a.source) {
                (Source::Block(x) | Source::Altered(x), Source::Block(y) | Source::Altered(y)) => {
                    told_inside |= self.rows(*x, *y);
                }
                (Source::Model(x), Source::Model(y)) if x == y => {}
                (Source::Function(_), Source::Function(_)) => {
                    let message = "a function that gives rows is called differently";
                    self.note("R110", Some(relation_b.span), Some(relation_a.span), message);
                }
                _ => {
                    let message = "FROM reads another relation";
                    self.note("R108", Some(relation_b.span), Some(relation_a.span), message);
                }
            }
            let start = self.found.len();
            self.join(b.id, a.id, relation_b, relation_a);
            let nests = |relation: &Relation| relation.join.as_ref().map(|join| join.left);
            if self.found.len() == start && nests(relation_b) != nests(relation_a) {
                let spans = (relation_b.join.as_ref().map(|j| j.span), relation_a.join.as_ref().map(|j| j.span));
                self.note("R102", spans.0, spans.1, "the joins nest in another way");
            }
        }
        told_inside
    }

    fn join(&mut self, b: BlockId, a: BlockId, old: &Relation, new: &Relation) {
        let spans = (old.join.as_ref().map(|join| join.span), new.join.as_ref().map(|join| join.span));
        let (kind_b, kind_a) = (old.join.as_ref().map(|join| join.kind), new.join.as_ref().map(|join| join.kind));
        if kind_b != kind_a {
            self.note("R102", spans.0, spans.1, "the kind of the join changes");
        }
        let conditions = |join: Option<&Join>| join.map(|join| join.condition.clone()).unwrap_or_default();
        let (old, new) = (conditions(old.join.as_ref()), conditions(new.join.as_ref()));
        let prints_b: BTreeSet<Print> = old.iter().map(|tree| self.before_prints.tree(b, tree)).collect();
        let prints_a: BTreeSet<Print> = new.iter().map(|tree| self.after_prints.tree(a, tree)).collect();
        if prints_b == prints_a {
            return;
        }
        if old.len() == new.len() && old.iter().zip(&new).all(|(x, y)| self.read_alike(x, y)) {
            for (x, y) in old.iter().zip(&new) {
                self.reads_changed("R102", "a join", x, y);
            }
        } else {
            self.note("R102", spans.0, spans.1, "the condition of the join changes");
        }
    }

    fn relations_added_or_removed(&mut self, (b, old): (&At<'_>, &Select), (a, new): (&At<'_>, &Select)) {
        let (prints_b, prints_a) = (&b.prints.parts.relations, &a.prints.parts.relations);
        let start = self.found.len();
        for (relation, print) in new.relations.iter().zip(prints_a) {
            if !prints_b.contains(print) {
                let span = relation.join.as_ref().map_or(relation.span, |join| join.span);
                self.note("R102", None, Some(span), format!("{} is joined", relation_name(relation)));
            }
        }
        for (relation, print) in old.relations.iter().zip(prints_b) {
            if !prints_a.contains(print) {
                let span = relation.join.as_ref().map_or(relation.span, |join| join.span);
                self.note("R102", Some(span), None, format!("{} is no longer joined", relation_name(relation)));
            }
        }
        if self.found.len() == start {
            self.note("R102", Some(b.block.span), Some(a.block.span), "relations are joined in another way");
        }
    }

    /// Predicates that only one side has.
    fn predicates(
        &mut self,
        code: &'static str,
        (noun, clause): (&str, &str),
        (old, b): (&[Tree], &At<'_>),
        (new, a): (&[Tree], &At<'_>),
    ) {
        let prints_b: Vec<Print> = old.iter().map(|tree| self.before_prints.tree(b.id, tree)).collect();
        let prints_a: Vec<Print> = new.iter().map(|tree| self.after_prints.tree(a.id, tree)).collect();
        let only = |trees: &[Tree], here: &[Print], there: &[Print]| -> Vec<Tree> {
            trees.iter().zip(here).filter(|(_, print)| !there.contains(print)).map(|(tree, _)| tree.clone()).collect()
        };
        let gone = only(old, &prints_b, &prints_a);
        let come = only(new, &prints_a, &prints_b);
        for at in 0..gone.len().max(come.len()) {
            let (before, after) = (gone.get(at), come.get(at));
            if let (Some(before), Some(after)) = (before, after)
                && self.read_alike(before, after)
            {
                self.reads_changed(code, &format!("a {noun} in {clause}"), before, after);
                self.nested(before, after);
                continue;
            }
            let message = match (before, after) {
                (Some(_), Some(_)) => format!("a {noun} in {clause} changes"),
                (None, _) => format!("a {noun} was added to {clause}"),
                (_, None) => format!("a {noun} was removed from {clause}"),
            };
            self.note(code, before.map(|tree| tree.span), after.map(|tree| tree.span), message);
            if let (Some(before), Some(after)) = (before, after) {
                self.nested(before, after);
            }
        }
    }

    /// A difference inside of subqueries is explained there, too.
    fn nested(&mut self, before: &Tree, after: &Tree) {
        let ids = |tree: &Tree| {
            let mut ids = Vec::new();
            tree.walk(&mut |node| {
                if let Op::Nested(id) = node.op {
                    ids.push(id);
                }
                true
            });
            ids
        };
        for (b, a) in ids(before).into_iter().zip(ids(after)) {
            self.rows(b, a);
        }
    }
}

/// Every hole of a query with its fingerprint.
fn holes(resolved: &Resolved, prints: &mut Prints<'_>) -> Vec<(Print, Span)> {
    let mut found = Vec::new();
    for (id, block) in resolved.blocks.iter().enumerate() {
        for expression in block.expressions() {
            expression.walk(&mut |node| {
                if let Op::Hole(_) = node.op {
                    found.push((id as BlockId, node));
                }
                true
            });
        }
    }
    found.into_iter().map(|(id, node)| (prints.tree(id, node), node.span)).collect()
}

fn calls_something(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |node| {
        found |= matches!(node.op, Op::Function(_) | Op::Hole(_) | Op::Opaque(_));
        !found
    });
    found
}

fn span_of<'t>(trees: impl IntoIterator<Item = &'t Tree>) -> Option<Span> {
    let span = trees.into_iter().fold(Span::default(), |span, tree| span.cover(tree.span));
    (!span.is_empty()).then_some(span)
}

fn span_of_outputs(outputs: &[Output]) -> Option<Span> {
    let span = outputs.iter().fold(Span::default(), |span, output| span.cover(output.span));
    (!span.is_empty()).then_some(span)
}

fn relation_name(relation: &Relation) -> String {
    match &relation.source {
        Source::Model(model) => model.to_string(),
        Source::Block(_) | Source::Altered(_) | Source::Recursive(..) | Source::Function(_) => {
            relation.alias.as_ref().map_or("a subquery".to_owned(), |alias| alias.to_string())
        }
    }
}
