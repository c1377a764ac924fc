//! Names of types that sqlglot reads as one type are one here, and no others.
//!
//! `tests/oracle/type_names.py` recorded the groups: what sqlglot makes of a cast to each name. A name stands in a cast and as the
//! declared type of a column. Where a group isn't one type on the database, or names are one type there that sqlglot keeps apart,
//! the pair stands in `tests/oracle/type-differences.json` with the reason.

use std::collections::{BTreeMap, BTreeSet};

use impact::dialect::Dialect;
use impact::sql;

type Groups = Vec<Vec<String>>;

/// By dialect: the groups of names as declared types of columns, and as what casts are made to.
fn recorded() -> BTreeMap<String, BTreeMap<String, Groups>> {
    serde_json::from_str(include_str!("../oracle/recorded/type-names.json")).expect("recorded answers")
}

/// By dialect, or `*`: names and the reason why they aren't what sqlglot makes of them.
fn listed() -> BTreeMap<String, BTreeMap<String, String>> {
    serde_json::from_str(include_str!("../oracle/type-differences.json")).expect("the list of differences")
}

/// What a name is here: a cast to it, or a declared column.
type Reading = fn(&str, Dialect) -> Option<String>;

fn as_cast(name: &str, dialect: Dialect) -> Option<String> {
    sql::query(&format!("SELECT CAST(q AS {name})"), dialect).ok().map(|tree| tree.fingerprint().to_string())
}

fn as_column(name: &str, dialect: Dialect) -> Option<String> {
    Some(sql::canonical_type(name, dialect).to_string())
}

/// What SQLMesh believes in has no exceptions: it is sqlglot's own reading.
#[test]
fn names_of_one_type_are_one_to_sqlmesh() {
    // That NULL isn't allowed is ClickHouse's way of saying nothing.
    let as_sqlmesh: Reading =
        |name, dialect| Some(format!("{:?}", impact::belief::parse(name, dialect)).replace("Some(false)", "None"));
    let mut wrong = Vec::new();
    for (name, by_reading) in recorded() {
        let dialect = Dialect::parse(&name).expect("a dialect");
        let found = differences(&by_reading["column"], dialect, as_sqlmesh);
        wrong.extend(found.into_iter().map(|difference| format!("{name}: {difference}")));
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn names_of_one_type_are_one() {
    let listed = listed();
    let (mut wrong, mut used, mut counts) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
    for (name, by_reading) in recorded() {
        let dialect = Dialect::parse(&name).expect("a dialect");
        for (reading, of) in [("cast", as_cast as Reading), ("column", as_column as Reading)] {
            for difference in differences(&by_reading[reading], dialect, of) {
                let is_listed = ["*", &name]
                    .into_iter()
                    .find(|of| listed.get(*of).is_some_and(|names| names.contains_key(&difference)));
                match is_listed {
                    Some(of) => drop(used.insert((of.to_owned(), difference))),
                    None => wrong.push(format!("{name} {reading}: {difference}")),
                }
            }
        }
        let groups = &by_reading["column"];
        counts.insert(name, (groups.len(), groups.iter().map(Vec::len).sum::<usize>()));
    }
    println!("types and their names, by dialect: {counts:?}; {} differences with a reason", used.len());
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    let unused = listed.iter().flat_map(|(of, names)| names.keys().map(move |name| (of.clone(), name.clone())));
    let unused: Vec<_> = unused.filter(|entry| !used.contains(entry)).collect();
    assert!(unused.is_empty(), "no longer so: {unused:?}");
}

/// `A ≠ B`: one to sqlglot, two here; `A = B`: two to sqlglot, one here; `A ?`: not read here. Each name is told once, with the first of its kind.
fn differences(groups: &Groups, dialect: Dialect, of: Reading) -> Vec<String> {
    let mut found = Vec::new();
    let mut first_of: BTreeMap<String, (usize, &str)> = BTreeMap::new();
    for (number, group) in groups.iter().enumerate() {
        let mut kinds: Vec<(String, &str)> = Vec::new();
        for name in group {
            let Some(kind) = of(name, dialect) else {
                found.push(format!("{name} ?"));
                continue;
            };
            match first_of.get(&kind) {
                Some((at, first)) if *at != number => found.push(format!("{first} = {name}")),
                Some(_) => {}
                None => drop(first_of.insert(kind.clone(), (number, name))),
            }
            if let Some((_, first)) = kinds.first().filter(|(first, _)| *first != kind)
                && !kinds.iter().any(|(known, _)| *known == kind)
            {
                found.push(format!("{first} ≠ {name}"));
            }
            kinds.push((kind, name));
        }
    }
    found
}
