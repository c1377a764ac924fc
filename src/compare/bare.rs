//! Two queries outside of any project.
//!
//! In: two texts, a dialect, the `CREATE TABLE` statements of what they read. Out: a [`BareDiff`]. A text that can't be
//! read is a verdict of unknown with the reason, never a failure. Tables that no statement defines have unknown
//! columns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::line_col;
use crate::dialect::{Dialect, Family};
use crate::impact::{ColumnEffect, RowEffect, Verdict};
use crate::names::ModelName;
use crate::resolve::{Column, Schema, Schemas, resolve};
use crate::sql;
use crate::sql::ddl::{TableDefinition, tables};
use crate::sql::tree::{Name, Op, Tree};

use super::canon::Facts;
use super::{ColumnDiff, Evidence, KnownNames, Pairing, QueryDiff, Renames, Side, compare_paired};

/// The tables that bare queries read.
#[derive(Debug, Clone, Default)]
pub struct BareSchemas {
    tables: BTreeMap<ModelName, Arc<Schema>>,
    facts: Facts,
}

impl BareSchemas {
    /// The tables that a text of `CREATE TABLE` statements defines.
    pub fn new(ddl: &str, dialect: Dialect) -> Self {
        let mut schemas = BareSchemas::default();
        for table in tables(ddl, dialect) {
            schemas.facts.declare(&table, dialect);
            schemas.tables.insert(ModelName::from_parts(&table.name), schema(table));
        }
        schemas
    }
}

fn schema(table: TableDefinition) -> Arc<Schema> {
    let column = |(name, data_type): (Name, Name)| Column { name, data_type: Some(data_type) };
    Arc::new(Schema::new(table.columns.into_iter().map(column).collect(), false))
}

impl Schemas for BareSchemas {
    fn table(&self, parts: &[Name]) -> (ModelName, Arc<Schema>) {
        let name = ModelName::from_parts(parts);
        let schema = self.tables.get(&name).cloned().unwrap_or_else(Schema::unknown);
        (name, schema)
    }
}

/// What the change from one bare query to another does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BareDiff {
    pub verdict: Verdict,
    pub rows: RowEffect,
    pub columns: Vec<ColumnDiff>,
    /// Why the verdict isn't `equivalent`: the places that explain it.
    pub evidence: Vec<Evidence>,
    /// One sentence.
    pub reason: String,
}

/// Compares two bare queries.
pub fn compare_bare(before: &str, after: &str, dialect: Dialect, ddl: &str, pairing: Pairing) -> BareDiff {
    compare_over(before, after, dialect, &BareSchemas::new(ddl, dialect), pairing)
}

/// Compares two bare queries over tables that are known already.
pub fn compare_over(before: &str, after: &str, dialect: Dialect, schemas: &BareSchemas, pairing: Pairing) -> BareDiff {
    let (old, new) = match (parsed(before, dialect), parsed(after, dialect)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(reason), _) => return unreadable(format!("the query before can't be read: {reason}")),
        (_, Err(reason)) => return unreadable(format!("the query after can't be read: {reason}")),
    };
    if before != after && (looks_at_whole_rows(&old, dialect) || looks_at_whole_rows(&new, dialect)) {
        return unreadable(
            "a whole row is compared with NULL, where IS NOT NULL isn't the opposite of IS NULL; which is asked isn't followed".to_owned(),
        );
    }
    let (old, new) = (resolve(&old, dialect, schemas), resolve(&new, dialect, schemas));
    let no_holes = |_: u32| 0;
    let renames = Renames::new();
    let known = KnownNames::of(&old);
    let side = |resolved| Side { resolved, holes: &no_holes, hole_names: &no_holes, renames: &renames, known: &known };
    let mut diff = compare_paired(&side(&old), &side(&new), pairing, &schemas.facts);
    if diff.given_up {
        changes_are_unknown(&mut diff);
    }
    let verdict = verdict(&diff);
    let reason = reason(verdict, &diff);
    BareDiff { verdict, rows: diff.rows, columns: diff.columns, evidence: diff.evidence, reason }
}

fn parsed(sql: &str, dialect: Dialect) -> Result<Tree, String> {
    sql::query(sql, dialect).map_err(|failure| {
        let (line, column) = line_col(sql, failure.start);
        format!("line {line}, column {column}: {}", failure.message)
    })
}

/// Is the row of a relation compared with NULL? In Postgres `t IS NOT NULL` isn't `NOT t IS NULL`, which are one tree:
/// what SQLMesh runs is the latter for both.
fn looks_at_whole_rows(tree: &Tree, dialect: Dialect) -> bool {
    if !matches!(dialect.family, Family::Postgres | Family::Materialize | Family::RisingWave) {
        return false;
    }
    let mut relations = BTreeSet::new();
    let mut compared = Vec::new();
    tree.walk(&mut |node| {
        match node.op {
            Op::Table => relations.extend(node.idents().pop()),
            Op::AliasedRelation => relations.extend(node.idents().into_iter().next()),
            Op::IsNull => compared.extend(node.kids.first().filter(|kid| kid.op == Op::Column).map(|kid| kid.idents())),
            _ => {}
        }
        true
    });
    compared.iter().any(|parts| matches!(parts.as_slice(), [name] if relations.contains(name)))
}

/// What looks changed may be the same in other words, which wasn't found out.
fn changes_are_unknown(diff: &mut QueryDiff) {
    if diff.rows == RowEffect::Changed {
        diff.rows = RowEffect::Unknown;
    }
    for column in diff.columns.iter_mut().filter(|column| column.effect == ColumnEffect::Value) {
        column.effect = ColumnEffect::Unknown;
    }
}

fn unreadable(reason: String) -> BareDiff {
    BareDiff { verdict: Verdict::Unknown, rows: RowEffect::Unknown, columns: vec![], evidence: vec![], reason }
}

fn verdict(diff: &QueryDiff) -> Verdict {
    let rows = match diff.rows {
        RowEffect::Same => Verdict::Equivalent,
        RowEffect::Changed => Verdict::Breaking,
        RowEffect::Unknown => Verdict::Unknown,
    };
    let columns = diff.columns.iter().map(|column| match column.effect {
        ColumnEffect::Same => Verdict::Equivalent,
        ColumnEffect::Added => Verdict::NonBreaking,
        ColumnEffect::Removed | ColumnEffect::Renamed | ColumnEffect::Value | ColumnEffect::Type => Verdict::Breaking,
        ColumnEffect::Unknown => Verdict::Unknown,
    });
    // Whoever reads a bare query's result by place sees other values.
    let order = if diff.reordered { Verdict::Breaking } else { Verdict::Equivalent };
    columns.chain([rows, order]).max().unwrap_or(Verdict::Equivalent)
}

/// That both are the same, and what that rests on.
fn same(diff: &QueryDiff) -> String {
    let mut text = "both give the same rows with the same values".to_owned();
    let Some(proof) = &diff.proof else { return text };
    if !proof.laws.is_empty() {
        text.push_str(&format!("; by: {}", proof.laws()));
    }
    if !proof.premises.is_empty() {
        let premises: Vec<&str> = proof.premises.iter().map(String::as_str).collect();
        text.push_str(&format!("; as long as {}", premises.join(" and ")));
    }
    text
}

fn reason(verdict: Verdict, diff: &QueryDiff) -> String {
    if verdict == Verdict::Equivalent {
        return same(diff);
    }
    let told = diff.evidence.iter().map(|evidence| format!("{} {}", evidence.code, evidence.message));
    let told: Vec<String> =
        told.chain(diff.reordered.then(|| "C106 the columns stand in another order".into())).collect();
    let told = told.join("; ");
    if diff.given_up { format!("too large to look for a proof that both are the same; {told}") } else { told }
}
