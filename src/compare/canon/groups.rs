//! Groups of groups.
//!
//! A query that groups what groups of finer keys give computes the same from the rows: `SUM` of `SUM`s (of whole numbers)
//! is `SUM`, `SUM` of `COUNT`s is `COUNT`, `MIN` of `MIN`s is `MIN`; so over UNION ALL of such groups. Where duplicates
//! don't count, groups without aggregates needn't be made. An aggregate over the keys of the groups below sees each value
//! once.
//!
//! NULL: NULL keys form a group below as above; the SUM of no counts is NULL where COUNT is 0, so that law asks for keys:
//! then there is a group below for each one above.

use super::Canon;
use super::facts::is_integer_type;
use super::form::{Grouping, Query, RelationId, Select, Source, node, placed, replaced};
use super::group_keys::only_keys;
use super::unused::counts_nothing;
use crate::dialect::Family;
use crate::lineage::aggregates;
use crate::sql::tree::{Op, Tree};

impl Canon<'_> {
    /// Groups the rows instead of the groups.
    pub(super) fn groups_of_groups(&mut self, select: &mut Select) -> bool {
        if select.grouping == Grouping::Rows || select.looks_beyond() {
            return false;
        }
        self.ungrouped(select) || self.single_groups(select) || self.regrouped(select) || self.counted_once(select)
    }

    /// Where duplicates don't count, GROUP BY below without aggregates does nothing.
    fn ungrouped(&mut self, select: &mut Select) -> bool {
        if !counts_nothing(select) {
            return false;
        }
        let changed = without_groups(select);
        if changed {
            self.used("duplicates that don't count");
        }
        changed
    }

    /// The aggregates of aggregates as aggregates of the rows.
    fn regrouped(&mut self, select: &mut Select) -> bool {
        let Some((id, branches)) = only_groups(select) else { return false };
        let keys = match &select.grouping {
            Grouping::Keys(keys) => keys.as_slice(),
            _ => return false,
        };
        if !keys.iter().all(|key| branches.iter().all(|branch| is_key_of(key, id, branch))) {
            return false;
        }
        let width = branches.first().map_or(0, |branch| branch.outputs.len());
        let wanted = match Wanted::of(select, id, width) {
            Some(wanted) => wanted,
            None => return false,
        };
        let mut arguments = Vec::new();
        for branch in &branches {
            match self.arguments(branch, &wanted) {
                Some(found) => arguments.push(found),
                None => return false,
            }
        }
        let kinds: Vec<&[(Option<&'static str>, Tree)]> = arguments.iter().map(Vec::as_slice).collect();
        let Some(plan) = agreed(&kinds) else { return false };
        // The least of numbers isn't the least of what they become as texts.
        let alike = |place: usize| {
            let mut types = arguments.iter().map(|list| list.get(place).and_then(|(_, tree)| self.type_of(tree)));
            let first = types.next().flatten();
            arguments.len() == 1 || first.is_some() && types.all(|found| found == first)
        };
        let ordered = |kind: &Option<&'static str>| matches!(kind, Some("MIN" | "MAX"));
        if !plan.iter().enumerate().all(|(place, kind)| !ordered(kind) || alike(place)) {
            return false;
        }
        self.rebuild(select, id, &plan, arguments);
        true
    }

    fn rebuild(
        &mut self,
        select: &mut Select,
        id: RelationId,
        plan: &[Option<&'static str>],
        arguments: Vec<Vec<(Option<&'static str>, Tree)>>,
    ) {
        let again = |tree: &Tree| {
            let argument = tree.first().filter(|_| is_aggregate(tree))?;
            let Op::Bound(_, place, _) = argument.op else { return None };
            let below = (*plan.get(place as usize)?)?;
            let name = if below == "COUNT(*)" || below == "COUNT" { "COUNT" } else { below };
            let argument = if below == "COUNT(*)" { node(Op::Star, vec![]) } else { placed(id, place as usize) };
            Some(node(Op::Function(name.into()), vec![argument]))
        };
        for tree in select.having.iter_mut().chain(&mut select.outputs) {
            *tree = replaced(tree, &again);
        }
        let Some(Source::Query(query)) = select.from.items.first_mut().map(|item| &mut item.source) else { return };
        let branches = match &mut **query {
            Query::Union(branches) => branches.as_mut_slice(),
            other => std::slice::from_mut(other),
        };
        for (branch, arguments) in branches.iter_mut().zip(arguments) {
            if let Query::Select(inner) = branch {
                inner.outputs = arguments.into_iter().map(|(_, argument)| argument).collect();
                inner.grouping = Grouping::Rows;
            }
        }
        self.used("aggregates of aggregates");
    }

    /// For each output of a branch the aggregate that it is, if it is one, and what it is over.
    fn arguments(&self, branch: &Select, wanted: &Wanted) -> Option<Vec<(Option<&'static str>, Tree)>> {
        let Grouping::Keys(keys) = &branch.grouping else { return None };
        let mut found = Vec::new();
        for (place, output) in branch.outputs.iter().enumerate() {
            let above = wanted.aggregates.get(place).copied().flatten();
            found.push(match (above, &output.op, output.kids.as_slice()) {
                (None, ..) if !wanted.is_read(place) => (None, node(Op::Null, vec![])),
                (None, ..) if !aggregates(output) && only_keys(output, keys) => (None, output.clone()),
                (Some("SUM"), Op::Function(name), _) if &**name == "COUNT" && !self.sums_to_whole(output) => {
                    return None;
                }
                (Some("SUM"), Op::Function(name), [only]) if &**name == "COUNT" && only.op == Op::Star => {
                    (Some("COUNT(*)"), node(Op::Null, vec![]))
                }
                (Some("SUM"), Op::Function(name), [only]) if &**name == "COUNT" => (Some("COUNT"), only.clone()),
                (Some("SUM"), Op::Function(name), [only])
                    if &**name == "SUM"
                        && self.is_integer(only)
                        && self.sums_to_whole(only) == self.sums_to_whole(output) =>
                {
                    (Some("SUM"), only.clone())
                }
                (Some("MIN"), Op::Function(name), [only]) if &**name == "MIN" => (Some("MIN"), only.clone()),
                (Some("MAX"), Op::Function(name), [only]) if &**name == "MAX" => (Some("MAX"), only.clone()),
                _ => return None,
            });
        }
        Some(found)
    }

    /// Groups by the keys of the groups below have one row each: its SUM is its value.
    fn single_groups(&mut self, select: &mut Select) -> bool {
        let Some((id, branches)) = only_groups(select) else { return false };
        let [inner] = branches.as_slice() else { return false };
        let (Grouping::Keys(above), Grouping::Keys(below)) = (&select.grouping, &inner.grouping) else { return false };
        let inside = |tree: &Tree| match tree.op {
            Op::Bound(relation, place, _) if relation == id => inner.outputs.get(place as usize).cloned(),
            _ => None,
        };
        let given: Vec<Tree> = above.iter().filter_map(inside).collect();
        let value = |tree: &Tree| {
            let Op::Function(name) = &tree.op else { return None };
            let plain = tree.kids.iter().skip(1).all(|kid| kid.op == Op::Distinct);
            let argument = tree.first().filter(|_| plain)?;
            match &**name {
                "MIN" | "MAX" => Some(argument.clone()),
                "SUM" if self.is_integer(argument) || inside(argument).is_some_and(|of| self.sums_integers(&of)) => {
                    let of = inside(argument).unwrap_or_else(|| argument.clone());
                    (self.is_whole(&of) == self.sums_to_whole(&of)).then(|| argument.clone())
                }
                "COUNT" if argument.op == Op::Star => Some(node(Op::Number("1".into()), vec![])),
                _ => None,
            }
        };
        let mut upper: Vec<Tree> = select.outputs.iter().map(|tree| replaced(tree, &value)).collect();
        let having: Vec<Tree> = select.having.iter().map(|tree| replaced(tree, &value)).collect();
        let covers = below.iter().all(|key| given.contains(key));
        if !covers || upper.iter().chain(&having).any(aggregates) || select.limit.is_some() {
            return false;
        }
        select.outputs.clear();
        select.outputs.append(&mut upper);
        select.having.clear();
        select.from.filter.extend(having);
        select.grouping = Grouping::Rows;
        self.used("groups of one row");
        true
    }

    /// Is the sum of these whole numbers computed with as one? Postgres adds 64 bits up to a NUMERIC, of which the half of 5
    /// is 2.5.
    fn sums_to_whole(&self, of: &Tree) -> bool {
        use Family::{Materialize, Postgres, Redshift, RisingWave};
        let widens = matches!(self.family, Postgres | Redshift | Materialize | RisingWave);
        let is_small =
            |tree: &Tree| self.type_of(tree).is_some_and(|kind| is_integer_type(&kind) && &*kind != "BIGINT");
        !widens || is_small(of)
    }

    /// Is this count, sum of whole numbers or whole number computed with as one?
    fn is_whole(&self, tree: &Tree) -> bool {
        match (&tree.op, tree.first()) {
            (Op::Function(name), Some(argument)) if &**name == "SUM" => self.sums_to_whole(argument),
            _ => true,
        }
    }

    /// Is it a count, or a sum of whole numbers?
    fn sums_integers(&self, tree: &Tree) -> bool {
        match (&tree.op, tree.first()) {
            (Op::Function(name), Some(argument)) if &**name == "SUM" => self.is_integer(argument),
            (Op::Function(name), _) => &**name == "COUNT",
            _ => false,
        }
    }

    /// `COUNT(x)` over groups by the keys above and `x` is `COUNT(DISTINCT x)` over the rows.
    fn counted_once(&mut self, select: &mut Select) -> bool {
        if select.upper_trees().into_iter().any(super::calls::is_unsteady) {
            return false;
        }
        let Some((id, branches)) = only_groups(select) else { return false };
        let [inner] = branches.as_slice() else { return false };
        let (Grouping::Keys(above), Grouping::Keys(below)) = (&select.grouping, &inner.grouping) else { return false };
        if inner.outputs.iter().any(|output| aggregates(output) || !only_keys(output, below)) {
            return false;
        }
        let mut counted = Vec::new();
        let mut plain = true;
        for tree in select.upper_trees() {
            tree.walk(&mut |node| {
                if is_aggregate(node) {
                    match node.kids.as_slice() {
                        [only] if matches!(only.op, Op::Bound(relation, ..) if relation == id) => {
                            counted.push(only.clone())
                        }
                        _ => plain = false,
                    }
                }
                plain && !is_aggregate(node)
            });
        }
        counted.dedup();
        let [value] = counted.as_slice() else { return false };
        let inside = |tree: &Tree| match tree.op {
            Op::Bound(relation, place, _) if relation == id => inner.outputs.get(place as usize).cloned(),
            _ => None,
        };
        let mut given: Vec<Tree> = above.iter().chain([value]).filter_map(inside).collect();
        given.dedup();
        let covers = above.iter().chain([value]).all(|tree| inside(tree).is_some())
            && below.iter().all(|key| given.contains(key))
            && given.iter().all(|key| below.contains(key));
        if !plain || !covers {
            return false;
        }
        let once = |tree: &Tree| {
            is_aggregate(tree).then(|| tree.with_kids([tree.kids.clone(), vec![node(Op::Distinct, vec![])]].concat()))
        };
        for tree in select.having.iter_mut().chain(&mut select.outputs) {
            *tree = replaced(tree, &once);
        }
        if let Some(Source::Query(query)) = select.from.items.first_mut().map(|item| &mut item.source)
            && let Query::Select(inner) = &mut **query
        {
            inner.grouping = Grouping::Rows;
        }
        self.used("an aggregate over distinct values");
        true
    }
}

/// Takes GROUP BY without aggregates from what is read.
pub(super) fn without_groups(select: &mut Select) -> bool {
    let mut changed = false;
    for item in &mut select.from.items {
        let Source::Query(query) = &mut item.source else { continue };
        let branches = match &mut **query {
            Query::Union(branches) => branches.as_mut_slice(),
            other => std::slice::from_mut(other),
        };
        for branch in branches {
            let Query::Select(inner) = branch else { continue };
            let Grouping::Keys(keys) = &inner.grouping else { continue };
            let is_bare = inner.outputs.iter().all(|output| only_keys(output, keys))
                && inner.having.is_empty()
                && inner.limit.is_none()
                && !inner.looks_beyond()
                && !inner.outputs.iter().any(aggregates);
            // Without a key there is one group, if there is a row at all; as many as there are rows then.
            if is_bare {
                inner.grouping = Grouping::Rows;
                inner.distinct = false;
                changed = true;
            }
        }
    }
    changed
}

fn is_aggregate(tree: &Tree) -> bool {
    matches!(&tree.op, Op::Function(name)
        if crate::sql::functions::kind(name) == crate::sql::functions::FunctionKind::Aggregate)
}

/// The groups that are all a SELECT reads: one query, or the branches of a union.
fn only_groups(select: &Select) -> Option<(RelationId, Vec<&Select>)> {
    let [item] = select.from.items.as_slice() else { return None };
    if !select.from.filter.is_empty() || !select.from.optional.is_empty() || select.limit.is_some() {
        return None;
    }
    let Source::Query(query) = &item.source else { return None };
    let branches: Vec<&Query> = match &**query {
        Query::Union(branches) => branches.iter().collect(),
        other => vec![other],
    };
    let groups = branches.into_iter().map(|branch| match branch {
        Query::Select(inner)
            if matches!(inner.grouping, Grouping::Keys(_))
                && inner.having.is_empty()
                && inner.limit.is_none()
                && !inner.looks_beyond()
                && !inner.distinct =>
        {
            Some(&**inner)
        }
        _ => None,
    });
    Some((item.id, groups.collect::<Option<Vec<&Select>>>()?))
}

/// Is the key above one of the keys below?
fn is_key_of(key: &Tree, id: RelationId, branch: &Select) -> bool {
    let Grouping::Keys(keys) = &branch.grouping else { return false };
    match key.op {
        Op::Bound(relation, place, _) if relation == id => {
            branch.outputs.get(place as usize).is_some_and(|output| keys.contains(output))
        }
        _ => false,
    }
}

/// The aggregate above over each place, and which places are read as they are.
struct Wanted {
    aggregates: Vec<Option<&'static str>>,
    plain: Vec<bool>,
}

impl Wanted {
    fn of(select: &Select, id: RelationId, width: usize) -> Option<Wanted> {
        let mut wanted = Wanted { aggregates: vec![None; width], plain: vec![false; width] };
        let mut understood = true;
        for tree in select.upper_trees() {
            tree.walk(&mut |node| {
                match (&node.op, node.kids.as_slice()) {
                    (Op::Function(name), [argument]) if is_aggregate(node) => {
                        let known = ["SUM", "MIN", "MAX"].into_iter().find(|known| **known == **name);
                        let place = match argument.op {
                            Op::Bound(relation, place, _) if relation == id => Some(place as usize),
                            _ => None,
                        };
                        let slot = place.and_then(|place| wanted.aggregates.get_mut(place));
                        match (known, slot) {
                            (Some(known), Some(slot)) if slot.is_none_or(|found| found == known) => *slot = Some(known),
                            _ => understood = false,
                        }
                        return false;
                    }
                    (Op::Nested(_), _) => understood = false,
                    (Op::Bound(relation, place, _), _) if *relation == id => {
                        if let Some(slot) = wanted.plain.get_mut(*place as usize) {
                            *slot = true;
                        }
                    }
                    _ if is_aggregate(node) => understood = false,
                    _ => {}
                }
                understood
            });
        }
        let mixed = wanted.aggregates.iter().zip(&wanted.plain).any(|(aggregate, plain)| aggregate.is_some() && *plain);
        (understood && !mixed).then_some(wanted)
    }

    fn is_read(&self, place: usize) -> bool {
        self.plain.get(place).copied().unwrap_or(true)
    }
}

/// The aggregates of each place, if all branches have the same.
fn agreed(branches: &[&[(Option<&'static str>, Tree)]]) -> Option<Vec<Option<&'static str>>> {
    let kinds = |branch: &[(Option<&'static str>, Tree)]| branch.iter().map(|(kind, _)| *kind).collect::<Vec<_>>();
    let first = kinds(branches.first()?);
    branches.iter().all(|branch| kinds(branch) == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{bare, compared, differ, same};
    use crate::impact::Verdict;

    #[test]
    fn a_sum_of_64_bits_is_no_whole_number_in_postgres() {
        let halves = |of: &str, from: &str| format!("SELECT c, {of} / 2 FROM {from} GROUP BY c");
        for (inner, direct) in [("COUNT(*)", "COUNT(*)"), ("SUM(d)", "SUM(d)")] {
            for keys in ["c", "c, d"] {
                let above = halves("SUM(v)", &format!("(SELECT c, {inner} AS v FROM n GROUP BY {keys}) i"));
                let below = halves(direct, "n");
                differ(&above, &below);
                for dialect in ["spark", "trino", "duckdb"] {
                    let diff = compared(&bare(), dialect, &above, &below);
                    assert_eq!(diff.verdict, Verdict::Equivalent, "{dialect}: {}\n{above}\n{below}", diff.reason);
                }
            }
        }
        let big = bare().replace("d INT", "d BIGINT");
        for keys in ["c", "c, d"] {
            let above = halves("SUM(v)", &format!("(SELECT c, SUM(d) AS v FROM n GROUP BY {keys}) i"));
            let diff = compared(&big, "postgres", &above, &halves("SUM(d)", "n"));
            assert_eq!(diff.verdict, Verdict::Equivalent, "{}\n{above}", diff.reason);
        }
        let above = halves("SUM(v)", "(SELECT c, MAX(d) AS v FROM n GROUP BY c) i");
        let diff = compared(&big, "postgres", &above, &halves("MAX(d)", "n"));
        assert_ne!(diff.verdict, Verdict::Equivalent);
    }

    #[test]
    fn aggregates_of_aggregates() {
        let parts = |inner: &str| {
            format!("(SELECT c, {inner} AS v FROM n GROUP BY c UNION ALL SELECT c, {inner} FROM n GROUP BY c) i")
        };
        let rows = "(SELECT c, d FROM n UNION ALL SELECT c, d FROM n) i";
        for (outer, inner, direct) in
            [("SUM", "COUNT(*)", "COUNT(*)"), ("SUM", "SUM(d)", "SUM(d)"), ("MAX", "MAX(d)", "MAX(d)")]
        {
            let diff = compared(
                &bare(),
                "trino",
                &format!("SELECT c, {outer}(v) FROM {} GROUP BY c", parts(inner)),
                &format!("SELECT c, {direct} FROM {rows} GROUP BY c"),
            );
            assert_eq!(diff.verdict, Verdict::Equivalent, "{inner}: {}", diff.reason);
        }
        // The columns of a union are told apart by what they are.
        same(
            "SELECT c, s, MAX(v) FROM (SELECT c, s, MAX(d) AS v FROM n GROUP BY c, s UNION ALL SELECT c, s, MAX(d) FROM n GROUP BY c, s) i GROUP BY c, s",
            "SELECT c, s, MAX(d) FROM (SELECT * FROM n UNION ALL SELECT * FROM n) i GROUP BY c, s",
        );
        differ(
            "SELECT c, d FROM (SELECT c, d FROM n UNION ALL SELECT d, c FROM n) i",
            "SELECT c, d FROM (SELECT c, d FROM n UNION ALL SELECT c, d FROM n) i",
        );
        differ(
            &format!("SELECT c, COUNT(v) FROM {} GROUP BY c", parts("COUNT(*)")),
            &format!("SELECT c, COUNT(*) FROM {rows} GROUP BY c"),
        );
        // Over no rows the SUM of counts is NULL.
        differ(&format!("SELECT SUM(v) FROM {}", parts("COUNT(*)")), &format!("SELECT COUNT(*) FROM {rows}"));
        differ(
            "SELECT SUM(v) FROM (SELECT a, SUM(f) AS v FROM p GROUP BY a, b) i GROUP BY a",
            "SELECT SUM(f) FROM p GROUP BY a",
        );
        same(
            "SELECT c, COUNT(d) FROM (SELECT c, d FROM n GROUP BY c, d) i GROUP BY c",
            "SELECT c, COUNT(DISTINCT d) FROM n GROUP BY c",
        );
        differ(
            "SELECT c, COUNT(*) FROM (SELECT c, d FROM n GROUP BY c, d) i GROUP BY c",
            "SELECT c, COUNT(DISTINCT d) FROM n GROUP BY c",
        );
        differ(
            "SELECT c, COUNT(d) FROM (SELECT c, d FROM n GROUP BY c, d, s) i GROUP BY c",
            "SELECT c, COUNT(DISTINCT d) FROM n GROUP BY c",
        );
    }
}
