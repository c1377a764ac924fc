//! Names of functions that are one function here: sqlglot must read them as one call, too.
//!
//! `src/plan/functions.txt` holds what sqlglot reads as one, by dialect and number of arguments. Names that engines take
//! for one function and sqlglot doesn't would be a change to SQLMesh and none to us.

use std::collections::{BTreeMap, BTreeSet};

use impact::dialect::Dialect;
use impact::sql;

/// With how many arguments a call is tried: fewer than this.
const COUNTS: usize = 5;

const DIALECTS: &[&str] = &[
    "",
    "athena",
    "bigquery",
    "clickhouse",
    "databricks",
    "doris",
    "duckdb",
    "fabric",
    "hive",
    "materialize",
    "mysql",
    "oracle",
    "postgres",
    "presto",
    "redshift",
    "risingwave",
    "snowflake",
    "spark",
    "sqlite",
    "starrocks",
    "teradata",
    "trino",
    "tsql",
];

#[test]
fn names_of_one_function_are_one_to_sqlglot() {
    let groups = Groups::read();
    let (mut wrong, mut alike, mut apart) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::<&str, usize>::new());
    for dialect in DIALECTS {
        let known = Dialect::parse(dialect).expect("a dialect");
        let mut pairs: BTreeMap<[&str; 2], Vec<usize>> = BTreeMap::new();
        for count in 0..COUNTS {
            let ours = groups.ours(known, count);
            let together = |group: &&[&str]| ours.iter().any(|names| group.iter().all(|name| names.contains(name)));
            *apart.entry(dialect).or_default() +=
                groups.of(dialect, count).iter().filter(|group| !together(group)).count();
            for names in &ours {
                for (at, first) in names.iter().enumerate() {
                    names[at + 1..].iter().for_each(|second| pairs.entry([first, second]).or_default().push(count));
                }
            }
        }
        for (pair, counts) in pairs {
            alike.insert((dialect, pair));
            if !groups.are_one(dialect, pair, &counts) {
                wrong.insert(format!("{dialect} {pair:?} with {counts:?} arguments"));
            }
        }
    }
    println!("{} pairs of names are one; groups of sqlglot's that aren't, by dialect: {apart:?}", alike.len());
    assert!(alike.len() > 100, "only {} pairs", alike.len());
    assert!(wrong.is_empty(), "{} pairs that sqlglot keeps apart:\n{wrong:#?}", wrong.len());
}

/// What sqlglot reads as one call.
struct Groups {
    names: BTreeSet<&'static str>,
    lines: Vec<Vec<&'static str>>,
}

impl Groups {
    fn read() -> Groups {
        let lines: Vec<Vec<&str>> = include_str!("../../src/plan/functions.txt").lines().flat_map(same_order).collect();
        Groups { names: lines.iter().flat_map(|line| line[2..].iter().copied()).collect(), lines }
    }

    /// The names that become one tree here, called with so many columns.
    fn ours(&self, dialect: Dialect, count: usize) -> Vec<Vec<&'static str>> {
        let arguments: Vec<String> = (0..count).map(|at| format!("q{at}")).collect();
        let mut trees: BTreeMap<u128, Vec<&str>> = BTreeMap::new();
        for name in &self.names {
            if let Ok(tree) = sql::query(&format!("SELECT {name}({}) FROM t", arguments.join(", ")), dialect) {
                trees.entry(tree.fingerprint()).or_default().push(name);
            }
        }
        trees.into_values().filter(|names| names.len() > 1).collect()
    }

    /// Does sqlglot read both names as one call? Numbers of arguments that the function doesn't take tell nothing.
    fn are_one(&self, dialect: &str, pair: [&str; 2], counts: &[usize]) -> bool {
        let has_both = |group: &&[&str]| pair.iter().all(|name| group.contains(name));
        counts.iter().any(|count| self.of(dialect, *count).iter().any(has_both))
    }

    /// The groups of a dialect for calls with so many arguments.
    fn of(&self, dialect: &str, count: usize) -> Vec<&[&'static str]> {
        let name = if dialect.is_empty() { "generic" } else { dialect };
        let fits = |line: &&Vec<&str>| {
            let everywhere = line[1] == "*" || line[1].split(',').any(|known| known == name);
            everywhere && line[0].contains(&count.to_string())
        };
        self.lines.iter().filter(fits).map(|line| &line[2..]).collect()
    }
}

/// A line for each order in which the names of one take their arguments (`LOCATE:01 STRPOS:10`).
fn same_order(line: &'static str) -> Vec<Vec<&'static str>> {
    let words: Vec<&str> = line.split(' ').collect();
    let mut by_order: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for word in &words[2..] {
        let (name, order) = word.split_once(':').unwrap_or((word, ""));
        by_order.entry(order).or_default().push(name);
    }
    by_order.into_values().map(|names| [&words[..2], &names].concat()).collect()
}
