//! Looks for the places that explain why two fingerprints differ.
//!
//! Blocks are compared pair by pair from the outermost inwards; a difference is reported where it stands, in a CTE or
//! subquery if need be.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::impact::{ColumnEffect, RowEffect};
use crate::lineage::aggregates;
use crate::resolve::{Block, BlockId, BlockKind, Distinct, Output, Resolved, Select, Source};
use crate::sql::tree::{Name, Op, Span, Tree};

use super::canon::Proof;
use super::fingerprint::{BlockPrints, Print, Prints};
use super::{ColumnDiff, Doubt, Doubts, Evidence, Pairing, outputs, reads_something};

/// Collects evidence.
pub(super) struct Evidences<'r> {
    before: &'r Resolved,
    after: &'r Resolved,
    before_prints: Prints<'r>,
    after_prints: Prints<'r>,
    /// Pairs of blocks whose rows have been explained.
    explained: BTreeSet<(BlockId, BlockId)>,
    /// Fingerprints of both queries in another form, where these show more.
    in_form: Option<(Rc<BlockPrints>, Rc<BlockPrints>)>,
    pub(super) found: Vec<Evidence>,
}

/// A block with its number and fingerprints.
#[derive(Clone)]
struct At<'r> {
    id: BlockId,
    block: &'r Block,
    prints: Rc<BlockPrints>,
}

impl<'r> Evidences<'r> {
    pub(super) fn new(before: (&'r Resolved, Prints<'r>), after: (&'r Resolved, Prints<'r>)) -> Self {
        Evidences {
            before: before.0,
            after: after.0,
            before_prints: before.1,
            after_prints: after.1,
            explained: BTreeSet::new(),
            in_form: None,
            found: Vec::new(),
        }
    }

    /// Do the queries as they are written show that nothing differs?
    pub(super) fn all_same(&mut self, pairing: Pairing) -> bool {
        let (before, after) = self.root_prints();
        let outputs = self.before.root().map_or(0, |block| block.outputs.len());
        before.rows == after.rows && self.same_columns(pairing, &before, &after) == outputs
    }

    /// Takes the fingerprints of another form, if they show more. Never some of these and some of those: each says that
    /// columns are the same together.
    pub(super) fn rests_on(&mut self, proof: &Proof, pairing: Pairing) -> bool {
        let (before, after) = self.root_prints();
        let shown = self.same_columns(pairing, &before, &after);
        let (before_form, after_form) = &proof.prints;
        let is_more = before.rows != after.rows || self.same_columns(pairing, before_form, after_form) > shown;
        if is_more {
            self.in_form = Some(proof.prints.clone());
        }
        is_more
    }

    fn same_columns(&self, pairing: Pairing, before: &BlockPrints, after: &BlockPrints) -> usize {
        let pairs = paired(outputs(self.before), outputs(self.after), pairing);
        pairs.iter().filter(|(b, a)| before.columns.get(*b) == after.columns.get(*a)).count()
    }

    fn root_prints(&mut self) -> (Rc<BlockPrints>, Rc<BlockPrints>) {
        if let Some(in_form) = &self.in_form {
            return in_form.clone();
        }
        (self.before_prints.block(self.before.root), self.after_prints.block(self.after.root))
    }

    pub(super) fn rows_effect(&mut self, doubts: &Doubts) -> RowEffect {
        let (before, after) = self.root_prints();
        if before.rows == after.rows {
            RowEffect::Same
        } else if doubts.rows().is_some() || doubts.rows_hang_on_unlisted_calls() {
            RowEffect::Unknown
        } else {
            RowEffect::Changed
        }
    }

    fn add(&mut self, evidence: Evidence) -> usize {
        match self.found.iter().position(|known| *known == evidence) {
            Some(at) => at,
            None => {
                self.found.push(evidence);
                self.found.len() - 1
            }
        }
    }

    fn note(&mut self, code: &'static str, before: Option<Span>, after: Option<Span>, message: impl Into<String>) {
        self.add(Evidence { code, column: None, before, after, message: message.into() });
    }

    /// Finds what makes the rows differ; indices into `found`.
    pub(super) fn explain_rows(&mut self, doubts: &Doubts) -> Vec<usize> {
        let start = self.found.len();
        match doubts.rows() {
            Some(doubt) => self.holes(doubt),
            None => self.rows(self.before.root, self.after.root),
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
            Doubt::Call => "this call changed, and what it stands for isn't known",
        };
        for at in 0..gone.len().max(come.len()) {
            self.note(doubt.code(), gone.get(at).copied(), come.get(at).copied(), message);
        }
    }

    fn rows(&mut self, before: BlockId, after: BlockId) {
        if !self.explained.insert((before, after)) {
            return;
        }
        let (Some(b), Some(a)) = (self.before_at(before), self.after_at(after)) else { return };
        if b.prints.rows == a.prints.rows {
            return;
        }
        let start = self.found.len();
        match (&b.block.kind, &a.block.kind) {
            (BlockKind::Select(old), BlockKind::Select(new)) => self.select_rows((&b, old), (&a, new)),
            (
                BlockKind::SetOperation { op: op_b, all: all_b, left: left_b, right: right_b, .. },
                BlockKind::SetOperation { op: op_a, all: all_a, left: left_a, right: right_a, .. },
            ) => {
                if (op_b, all_b) != (op_a, all_a) {
                    self.note("R106", Some(b.block.span), Some(a.block.span), "the set operation is another one");
                }
                self.rows(*left_b, *left_a);
                self.rows(*right_b, *right_a);
                if self.found.len() == start {
                    let message = "a column takes part in the set operation that didn't, or with another value";
                    self.note("R106", Some(b.block.span), Some(a.block.span), message);
                }
            }
            (BlockKind::Wrapped(inner_b), BlockKind::Wrapped(inner_a)) => self.rows(*inner_b, *inner_a),
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
        if self.found.len() == start {
            self.note("R199", Some(b.block.span), Some(a.block.span), "the query decides its rows differently");
        }
    }

    fn tail(&mut self, b: &At<'_>, a: &At<'_>) {
        if b.prints.parts.limit != a.prints.parts.limit {
            let spans = |block: &Block| span_of(block.limit.iter().chain(&block.order));
            self.note("R107", spans(b.block), spans(a.block), "LIMIT, OFFSET or the order that decides it changes");
        }
    }

    fn select_rows(&mut self, (b, old): (&At<'_>, &Select), (a, new): (&At<'_>, &Select)) {
        self.relations((b, old), (a, new));
        self.predicates("R101", ("filter", "WHERE"), (&old.filter, b), (&new.filter, a));
        let (parts_b, parts_a) = (&b.prints.parts, &a.prints.parts);
        if parts_b.group != parts_a.group {
            let spans =
                |select: &Select| select.group.as_ref().and_then(|group| span_of(group.keys.iter().chain(&group.sets)));
            // Keys that nobody wrote down (GROUP BY ALL) have no place but the query's.
            let (before, after) = (spans(old).or(Some(b.block.span)), spans(new).or(Some(a.block.span)));
            self.note("R103", before, after, "the rows are grouped differently");
        }
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

    fn relations(&mut self, (b, old): (&At<'_>, &Select), (a, new): (&At<'_>, &Select)) {
        let (prints_b, prints_a) = (&b.prints.parts.relations, &a.prints.parts.relations);
        if prints_b == prints_a {
            return;
        }
        if prints_b.len() != prints_a.len() {
            return self.relations_added_or_removed((b, old), (a, new));
        }
        for (at, (relation_b, relation_a)) in old.relations.iter().zip(&new.relations).enumerate() {
            if prints_b.get(at) == prints_a.get(at) {
                continue;
            }
            match (&relation_b.source, &relation_a.source) {
                (Source::Block(x) | Source::Altered(x), Source::Block(y) | Source::Altered(y)) => self.rows(*x, *y),
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
            let nests = |relation: &crate::resolve::Relation| relation.join.as_ref().map(|join| join.left);
            if self.found.len() == start && nests(relation_b) != nests(relation_a) {
                let spans = (relation_b.join.as_ref().map(|j| j.span), relation_a.join.as_ref().map(|j| j.span));
                self.note("R102", spans.0, spans.1, "the joins nest in another way");
            }
        }
    }

    fn join(&mut self, b: BlockId, a: BlockId, old: &crate::resolve::Relation, new: &crate::resolve::Relation) {
        let spans = (old.join.as_ref().map(|join| join.span), new.join.as_ref().map(|join| join.span));
        let (kind_b, kind_a) = (old.join.as_ref().map(|join| join.kind), new.join.as_ref().map(|join| join.kind));
        if kind_b != kind_a {
            self.note("R102", spans.0, spans.1, "the kind of the join changes");
        }
        let conditions =
            |join: Option<&crate::resolve::Join>| join.map(|join| join.condition.clone()).unwrap_or_default();
        let (old, new) = (conditions(old.join.as_ref()), conditions(new.join.as_ref()));
        let prints_b: BTreeSet<Print> = old.iter().map(|tree| self.before_prints.tree(b, tree)).collect();
        let prints_a: BTreeSet<Print> = new.iter().map(|tree| self.after_prints.tree(a, tree)).collect();
        if prints_b != prints_a {
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

    /// Do the outputs that stand for any number of columns differ, or their places among the others?
    pub(super) fn open_outputs_differ(&mut self) -> bool {
        let (prints_b, prints_a) = self.root_prints();
        let open = |outputs: &[Output], prints: &BlockPrints| -> Vec<Print> {
            let pairs = outputs.iter().zip(&prints.columns);
            pairs.filter(|(output, _)| output.is_open).map(|(_, &print)| print).collect()
        };
        open(outputs(self.before), &prints_b) != open(outputs(self.after), &prints_a)
    }

    /// What happens to each output.
    pub(super) fn columns(&mut self, doubts: &Doubts, pairing: Pairing) -> Vec<ColumnDiff> {
        let (prints_b, prints_a) = self.root_prints();
        let (old, new) = (outputs(self.before), outputs(self.after));
        let pairs = paired(old, new, pairing);
        let renames = renames(old, new, &pairs, &prints_b, &prints_a);
        let mut columns = Vec::new();
        for (at, output) in new.iter().enumerate() {
            if output.is_open {
                continue;
            }
            let from = pairs.iter().find(|(_, a)| *a == at).map(|(b, _)| *b);
            let renamed = renames.iter().find(|(_, a)| *a == at).map(|(b, _)| *b);
            columns.push(match (from, renamed) {
                (Some(b), _) if prints_b.columns.get(b) == prints_a.columns.get(at) => self.same_value(&old[b], output),
                (Some(b), _) => match doubts.column(b, at) {
                    Some(doubt) => self.doubtful(&old[b], output, doubt),
                    None => self.changed((b, &old[b]), (at, output)),
                },
                (None, Some(b)) => self.renamed(&old[b], output),
                (None, None) => self.one_sided("C101", None, Some(output)),
            });
        }
        for (at, output) in old.iter().enumerate() {
            let is_kept = pairs.iter().chain(&renames).any(|(b, _)| *b == at);
            if !is_kept && !output.is_open {
                columns.push(self.one_sided("C102", Some(output), None));
            }
        }
        columns
    }

    fn same_value(&mut self, old: &Output, new: &Output) -> ColumnDiff {
        let mut column = ColumnDiff { name: new.name.clone(), effect: ColumnEffect::Same, from: None, because: vec![] };
        if let (Some(before), Some(after)) = (&old.data_type, &new.data_type)
            && before != after
        {
            column.effect = ColumnEffect::Type;
            let message = format!("the type of {} changes from {before} to {after}", new.name);
            column.because = vec![self.column_evidence("C105", new, Some(old.span), Some(new.span), message)];
        }
        column
    }

    fn column_evidence(
        &mut self,
        code: &'static str,
        output: &Output,
        before: Option<Span>,
        after: Option<Span>,
        message: String,
    ) -> usize {
        self.add(Evidence { code, column: Some(output.name.clone()), before, after, message })
    }

    fn renamed(&mut self, old: &Output, new: &Output) -> ColumnDiff {
        let message = format!("{} is now called {}", old.name, new.name);
        let because = self.column_evidence("C103", new, Some(old.span), Some(new.span), message);
        ColumnDiff {
            name: new.name.clone(),
            effect: ColumnEffect::Renamed,
            from: Some(old.name.clone()),
            because: vec![because],
        }
    }

    fn one_sided(&mut self, code: &'static str, old: Option<&Output>, new: Option<&Output>) -> ColumnDiff {
        let (effect, message) = match new {
            Some(new) => (ColumnEffect::Added, format!("{} was added", new.name)),
            None => (ColumnEffect::Removed, format!("{} was removed", old.map_or("", |old| &old.name))),
        };
        let Some(output) = new.or(old) else {
            return ColumnDiff { name: "".into(), effect, from: None, because: vec![] };
        };
        let because = self.column_evidence(code, output, old.map(|old| old.span), new.map(|new| new.span), message);
        ColumnDiff { name: output.name.clone(), effect, from: None, because: vec![because] }
    }

    /// All of the difference is in calls that can't be expanded.
    fn doubtful(&mut self, old: &Output, new: &Output, doubt: Doubt) -> ColumnDiff {
        let message = match doubt {
            Doubt::Definition => format!("{} calls something whose code changed", new.name),
            Doubt::Call => format!("{} comes from a call that changed, and what it stands for isn't known", new.name),
        };
        let because = self.column_evidence(doubt.code(), new, Some(old.span), Some(new.span), message);
        ColumnDiff { name: new.name.clone(), effect: ColumnEffect::Unknown, from: None, because: vec![because] }
    }

    fn changed(&mut self, (b, old): (usize, &Output), (a, new): (usize, &Output)) -> ColumnDiff {
        let start = self.found.len();
        let mut visited = BTreeSet::new();
        self.value((self.before.root, b), (self.after.root, a), &new.name, &mut visited);
        if self.found.len() == start {
            let (code, message) = if aggregates(&new.value) {
                ("C108", format!("{} aggregates other rows than before", new.name))
            } else {
                ("C104", format!("{} is computed differently", new.name))
            };
            self.column_evidence(code, new, Some(old.span), Some(new.span), message);
        }
        let only_cast = self.found.get(start..).is_some_and(|found| found.iter().all(|one| one.code == "C105"));
        let effect = if only_cast { ColumnEffect::Type } else { ColumnEffect::Value };
        let because = (start..self.found.len()).collect();
        ColumnDiff { name: new.name.clone(), effect, from: None, because }
    }

    /// Finds where the values of two outputs part: here, or in the blocks that they read.
    fn value(
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
        for (x, y) in pairs {
            self.value(x, y, column, visited);
        }
    }

    fn before_at(&mut self, id: BlockId) -> Option<At<'r>> {
        Some(At { id, block: self.before.block(id)?, prints: self.before_prints.block(id) })
    }

    fn after_at(&mut self, id: BlockId) -> Option<At<'r>> {
        Some(At { id, block: self.after.block(id)?, prints: self.after_prints.block(id) })
    }
}

/// Outputs of one name (or at one place) on both sides, the first with the first, the second with the second.
fn paired(old: &[Output], new: &[Output], pairing: Pairing) -> Vec<(usize, usize)> {
    if pairing == Pairing::ByPosition {
        let both = old.iter().zip(new).enumerate();
        let known = both.take_while(|(_, (b, a))| !b.is_open && !a.is_open);
        return known.map(|(at, _)| (at, at)).collect();
    }
    let mut taken = vec![false; old.len()];
    let mut pairs = Vec::new();
    for (a, output) in new.iter().enumerate().filter(|(_, output)| !output.is_open) {
        let b = old.iter().enumerate().position(|(b, o)| !o.is_open && !taken[b] && o.name == output.name);
        if let Some(b) = b {
            taken[b] = true;
            pairs.push((b, a));
        }
    }
    pairs
}

/// Outputs that are certainly one and the same under a new name: one gone, one new, the same value, no other like it.
fn renames(
    old: &[Output],
    new: &[Output],
    pairs: &[(usize, usize)],
    prints_b: &BlockPrints,
    prints_a: &BlockPrints,
) -> Vec<(usize, usize)> {
    let gone: Vec<usize> = (0..old.len()).filter(|b| pairs.iter().all(|(x, _)| x != b) && !old[*b].is_open).collect();
    let come: Vec<usize> = (0..new.len()).filter(|a| pairs.iter().all(|(_, y)| y != a) && !new[*a].is_open).collect();
    let mut renames = Vec::new();
    for &b in gone.iter().filter(|&&b| reads_something(&old[b])) {
        let print = prints_b.columns.get(b);
        let same: Vec<usize> = come.iter().copied().filter(|&a| prints_a.columns.get(a) == print).collect();
        let unique = gone.iter().filter(|&&other| prints_b.columns.get(other) == print).count() == 1;
        if let ([a], true) = (same.as_slice(), unique) {
            renames.push((b, *a));
        }
    }
    renames
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
            super::fingerprint::hash(("column", source, name))
        }
        Op::Nested(_) => super::fingerprint::hash("query"),
        op => super::fingerprint::hash((op, kids)),
    }
}

fn relation_of(resolved: &Resolved, block: BlockId, relation: u32) -> Option<&crate::resolve::Relation> {
    match &resolved.block(block)?.kind {
        BlockKind::Select(select) => select.relations.get(relation as usize),
        _ => None,
    }
}

/// The outputs of inner blocks that an expression reads, in order.
fn inner_columns(tree: &Tree, resolved: &Resolved) -> Vec<(BlockId, usize)> {
    let mut columns = Vec::new();
    tree.walk(&mut |node| {
        match &node.op {
            Op::Bound(block, relation, name) => {
                if let Some(relation) = relation_of(resolved, *block, *relation)
                    && let Source::Block(id) | Source::Altered(id) = relation.source
                    && let Some(at) = relation.schema.columns.iter().position(|column| column.name == *name)
                {
                    columns.push((id, at));
                }
            }
            Op::Nested(id) => columns.push((*id, 0)),
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

fn relation_name(relation: &crate::resolve::Relation) -> String {
    match &relation.source {
        Source::Model(model) => model.to_string(),
        Source::Block(_) | Source::Altered(_) | Source::Recursive(..) | Source::Function(_) => {
            relation.alias.as_ref().map_or("a subquery".to_owned(), |alias| alias.to_string())
        }
    }
}

pub(super) fn list(names: &[&str]) -> String {
    match names {
        [] => "a column".to_owned(),
        [only] => (*only).to_owned(),
        [first, second] => format!("{first} and {second}"),
        [first, .., last] => format!("{first}, … and {last}"),
    }
}
