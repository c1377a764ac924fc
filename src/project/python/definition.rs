//! Hashes of Python functions that change whenever the function, or anything of the project that it uses, changes.
//!
//! In: the project's [`Modules`]. Out: [`Definitions`], a hash for every top-level name of every module.
//! A statement's own hash is taken of its syntax tree as SQLMesh's `normalize_source` sees it: without comments,
//! formatting, docstrings, return annotations and SQLMesh's own decorators. Its full hash covers all statements that
//! it reaches by the names it mentions, through imports too; more than Python would need, never less.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use ruff_python_ast::Stmt;

use super::circumstances;
use super::modules::{self, Modules};
use super::said::Said;
use super::units::{Import, Unit, push_units};
use crate::hash::{Print, hash};

/// Hashes and reach of all top-level names.
///
/// The graph's nodes are the units, then one node for each name of a module (it reaches the units that bind it),
/// then one for each module (it reaches all of its units): so the graph grows with the text, not with its square.
pub struct Definitions<'m> {
    units: Vec<Unit<'m>>,
    names: BTreeMap<&'m str, BTreeMap<String, usize>>,
    edges: Vec<Vec<usize>>,
    hashes: Vec<Print>,
    modules: BTreeSet<&'m str>,
    /// Modules that take everything from a module from outside which may not be harmless.
    clouded: BTreeSet<&'m str>,
}

impl<'m> Definitions<'m> {
    /// Works through all modules once.
    pub fn of(modules: &'m Modules) -> Self {
        let mut units = Vec::new();
        for (name, module) in &modules.by_name {
            for stmt in &module.body {
                push_units(name, module, stmt, &mut units);
            }
        }
        let resolver = Resolver::of(&units, modules);
        let edges = resolver.edges();
        let names = resolver.names;
        let hashes = condense(&units, &edges);
        let modules = modules.by_name.keys().map(String::as_str).collect();
        let mut definitions = Definitions { units, names, edges, hashes, modules, clouded: BTreeSet::new() };
        let stars = |unit: &&Unit<'_>| unit.imports.iter().any(|import| import.name.as_deref() == Some("*"));
        let clouded = definitions.units.iter().filter(stars).filter(|unit| definitions.imports_the_run(unit));
        definitions.clouded = clouded.map(|unit| unit.module).collect();
        definitions
    }

    /// The hash of everything that the top-level name stands for.
    pub fn hash(&self, module: &str, name: &str) -> Print {
        let node = self.node(module, name);
        hash((name, node.and_then(|node| self.hashes.get(node))))
    }

    /// A hash of the modules that define the functions and classes which the name reaches.
    pub fn place(&self, module: &str, name: &str) -> Print {
        let is_defined = |unit: &&Unit<'_>| matches!(unit.stmt, Some(Stmt::FunctionDef(_) | Stmt::ClassDef(_)));
        let defined = self.reached(module, name).filter(is_defined);
        let places: BTreeSet<(&str, &String)> =
            defined.flat_map(|unit| unit.binds.iter().map(|name| (unit.module, name))).collect();
        hash(places)
    }

    /// The top-level statements that the name reaches and that may read tables, with their modules' names, in a
    /// fixed order.
    pub fn reach(&self, module: &str, name: &str) -> Vec<(&'m str, &'m Stmt)> {
        self.reached(module, name)
            .filter(|unit| unit.mentions.contains("context"))
            .filter_map(|unit| Some((unit.module, unit.stmt?)))
            .collect()
    }

    /// What the literals say in everything that the name reaches.
    pub(super) fn said(&self, module: &str, name: &str) -> Said {
        let mut said = Said::default();
        let is_itself = |unit: &Unit<'_>| unit.module == module && unit.binds.iter().any(|bound| bound == name);
        for unit in self.reached(module, name) {
            said.extend(&unit.said);
            if !is_itself(unit) {
                said.composed.extend(unit.said.composed.when_called());
            }
            said.reads_run |= self.imports_the_run(unit) || self.clouded.contains(unit.module);
        }
        said
    }

    fn imports_the_run(&self, unit: &Unit<'_>) -> bool {
        unit.imports.iter().any(|import| self.brings_in_the_run(import))
    }

    /// Modules of the project are reached themselves; of others only the harmless ones are known.
    fn brings_in_the_run(&self, import: &Import) -> bool {
        let whole = import.name.as_ref().map(|name| modules::dotted(&import.module, name));
        let is_own = |name: &str| self.modules.contains(name);
        !is_own(&import.module) && !whole.is_some_and(|whole| is_own(&whole)) && circumstances::of_import(import)
    }

    fn reached(&self, module: &str, name: &str) -> impl Iterator<Item = &Unit<'m>> {
        let mut seen: BTreeSet<usize> = self.node(module, name).into_iter().collect();
        let mut open: Vec<usize> = seen.iter().copied().collect();
        while let Some(at) = open.pop() {
            for &next in self.edges.get(at).into_iter().flatten() {
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        seen.into_iter().filter_map(|at| self.units.get(at))
    }

    fn node(&self, module: &str, name: &str) -> Option<usize> {
        self.names.get(module)?.get(name).copied()
    }
}

/// Finds the nodes behind names.
struct Resolver<'u, 'm> {
    units: &'u [Unit<'m>],
    names: BTreeMap<&'m str, BTreeMap<String, usize>>,
    modules: BTreeMap<&'m str, usize>,
    stars: BTreeMap<&'m str, Vec<&'u str>>,
}

impl<'u, 'm> Resolver<'u, 'm> {
    fn of(units: &'u [Unit<'m>], modules: &'m Modules) -> Self {
        let mut names: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
        let mut stars: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut next = units.len();
        for unit in units {
            for name in &unit.binds {
                names.entry(unit.module).or_default().entry(name.clone()).or_insert_with(|| {
                    next += 1;
                    next - 1
                });
            }
            for import in &unit.imports {
                if import.name.as_deref() == Some("*") {
                    stars.entry(unit.module).or_default().push(&import.module);
                }
            }
        }
        let modules = modules.by_name.keys().enumerate();
        Resolver { units, names, modules: modules.map(|(at, name)| (name.as_str(), next + at)).collect(), stars }
    }

    fn edges(&self) -> Vec<Vec<usize>> {
        let named: usize = self.names.values().map(BTreeMap::len).sum();
        let mut edges = vec![Vec::new(); self.units.len() + named + self.modules.len()];
        for (at, unit) in self.units.iter().enumerate() {
            let mut targets = BTreeSet::new();
            for name in &unit.mentions {
                targets.extend(self.find(unit.module, name));
            }
            for import in &unit.imports {
                self.import(import, &mut targets);
            }
            if let Some(slot) = edges.get_mut(at) {
                slot.extend(targets);
            }
            let own = self.names.get(unit.module);
            let binds = unit.binds.iter().filter_map(|name| own?.get(name));
            for &node in binds.chain(self.modules.get(unit.module)) {
                if let Some(slot) = edges.get_mut(node) {
                    slot.push(at);
                }
            }
        }
        edges
    }

    /// The node of `name` in `module`, or in what it imports with a star.
    fn find(&self, module: &str, name: &str) -> Option<usize> {
        let mut seen = BTreeSet::new();
        let mut open = vec![module];
        while let Some(module) = open.pop() {
            if let Some(&node) = self.names.get(module).and_then(|names| names.get(name)) {
                return Some(node);
            }
            if seen.insert(module) {
                open.extend(self.stars.get(module).into_iter().flatten());
            }
        }
        None
    }

    fn import(&self, import: &Import, targets: &mut BTreeSet<usize>) {
        let whole = match &import.name {
            None => import.module.clone(),
            // What a star brings in is found name by name.
            Some(name) if name == "*" => return,
            Some(name) => {
                targets.extend(self.find(&import.module, name));
                modules::dotted(&import.module, name)
            }
        };
        targets.extend(self.modules.get(whole.as_str()));
    }
}

/// Combines each unit's own hash with those of all it reaches, cycles as one.
fn condense(units: &[Unit<'_>], edges: &[Vec<usize>]) -> Vec<Print> {
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(edges.len(), edges.len());
    for _ in edges {
        graph.add_node(());
    }
    for (from, targets) in edges.iter().enumerate() {
        for &to in targets {
            graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
        }
    }
    let mut hashes = vec![Print::default(); edges.len()];
    let mut component = vec![usize::MAX; edges.len()];
    // Components come after everything they reach.
    for (number, members) in kosaraju_scc(&graph).into_iter().enumerate() {
        for member in &members {
            if let Some(slot) = component.get_mut(member.index()) {
                *slot = number;
            }
        }
        let mut own = BTreeSet::new();
        let mut reached = BTreeSet::new();
        for member in &members {
            let at = member.index();
            own.extend(units.get(at).map(|unit| (unit.module, unit.hash)));
            for &to in edges.get(at).into_iter().flatten() {
                if component.get(to) != Some(&number) {
                    reached.extend(hashes.get(to).copied());
                }
            }
        }
        let own: Vec<Print> = own.into_iter().map(|(_, hash)| hash).collect();
        let combined = hash((own, reached));
        for member in &members {
            if let Some(slot) = hashes.get_mut(member.index()) {
                *slot = combined;
            }
        }
    }
    hashes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Tree;
    use crate::source::memory::MemoryTree;

    fn print(files: &[(&str, &str)]) -> Print {
        let tree = MemoryTree::new("test", files.iter().copied());
        let start: Vec<_> = tree.entries().iter().filter(|entry| entry.path.starts_with("macros/")).collect();
        let modules = Modules::load(&tree, "", &start);
        assert!(modules.diagnostics.is_empty());
        Definitions::of(&modules).hash("macros.m", "f")
    }

    #[test]
    fn comments_docstrings_and_formatting_change_nothing() {
        let before = print(&[("macros/m.py", "@macro()\ndef f(evaluator, x):\n    return x + 1\n")]);
        let after = print(&[(
            "macros/m.py",
            "@macro('f', metadata_only=False)\ndef f(evaluator,\n      x) -> int:\n    '''Adds.'''\n    # one\n    return (x+1)\n",
        )]);
        assert_eq!(before, after);
    }

    #[test]
    fn what_a_function_uses_is_part_of_it() {
        let with = |helper: &str, constant: &str| {
            let text = format!("from helper import g\nN = {constant}\nUNUSED = 1\ndef f():\n    return g(N)\n");
            print(&[("macros/m.py", &text), ("helper.py", helper)])
        };
        let base = with("def h(x):\n    return x\ndef g(x):\n    return h(x)\n", "[1]");
        assert_eq!(base, with("def h(x):\n    return x  # same\ndef g(x):\n    return h(x)\n", "[1]"));
        assert_eq!(base, with("def h(x):\n    return x\ndef g(x):\n    return h(x)\ndef other(): ...\n", "[1]"));
        assert_ne!(base, with("def h(x):\n    return -x\ndef g(x):\n    return h(x)\n", "[1]"));
        assert_ne!(base, with("def h(x):\n    return x\ndef g(x):\n    return h(x)\n", "[1]\nN.append(2)"));
        assert_ne!(base, with("def h(x):\n    return x\ndef g(x):\n    return h(x)\n", "[2]"));
    }

    #[test]
    fn the_place_of_a_function_is_that_of_all_it_calls() {
        let place = |import: &str, helper: &str| {
            let code = format!("from {import} import g\nN = 1\ndef f():\n    return g(N)\n");
            let tree = MemoryTree::new("test", [("macros/m.py", code.as_str()), (helper, "def g(x):\n    return x\n")]);
            let start: Vec<_> = tree.entries().iter().filter(|entry| entry.path.starts_with("macros/")).collect();
            let modules = Modules::load(&tree, "", &start);
            let definitions = Definitions::of(&modules);
            definitions.place("macros.m", "f")
        };
        assert_eq!(place("helper", "helper.py"), place("helper", "helper.py"));
        assert_ne!(place("helper", "helper.py"), place("other", "other.py"));
    }

    #[test]
    fn code_depends_on_the_run_if_anything_that_it_reaches_does() {
        let depends = |code: &str, helper: &str| {
            let tree =
                MemoryTree::new("test", [("macros/m.py", code), ("helper.py", helper), ("unused.py", "import os")]);
            let start: Vec<_> = tree.entries().iter().filter(|entry| entry.path.starts_with("macros/")).collect();
            let modules = Modules::load(&tree, "", &start);
            Definitions::of(&modules).said("macros.m", "f").reads_run
        };
        let plain = "def g(x):\n    return x\n";
        assert!(!depends("from helper import g\nimport os\ndef f():\n    return g(1)\n", plain));
        assert!(depends("from helper import g\ndef f():\n    return g(1)\n", "import os\ndef g(x):\n    return os\n"));
        assert!(depends(
            "from helper import g\ndef f():\n    return g(1)\n",
            "from os import *\ndef g(x):\n    return x\n"
        ));
        assert!(depends("from os import environ as e\ndef f():\n    return e\n", plain));
        assert!(depends("def f():\n    import random\n    return random.random()\n", plain));
        assert!(depends("import helper\nN = open('x')\ndef f():\n    return N\n", plain));
        assert!(depends("from absent import g\ndef f():\n    return g(1)\n", plain));
    }

    #[test]
    fn imports_are_followed_through_packages_stars_and_whole_modules() {
        for (import, call) in [
            ("from pkg import g", "g()"),
            ("from pkg.deep import g", "g()"),
            ("from pkg import *", "g()"),
            ("import pkg.deep", "pkg.deep.g()"),
            ("from pkg import deep", "deep.g()"),
            ("from .sibling import g", "g()"),
        ] {
            let with = |body: &str| {
                print(&[
                    ("macros/m.py", &format!("{import}\ndef f():\n    return {call}\n")),
                    ("macros/__init__.py", ""),
                    ("macros/sibling.py", &format!("def g():\n    return {body}\n")),
                    ("pkg/__init__.py", "from pkg.deep import g\n"),
                    ("pkg/deep.py", &format!("def g():\n    return {body}\n")),
                ])
            };
            assert_ne!(with("1"), with("2"), "{import}");
        }
    }

    #[test]
    fn the_deepest_code_that_is_read_can_be_hashed() {
        let with =
            |end: &str| print(&[("macros/m.py", &format!("def f():\n    return {}{end}\n", "1 + ".repeat(280)))]);
        assert_ne!(with("1"), with("2"));
    }

    #[test]
    fn functions_that_call_each_other_are_one() {
        let with = |body: &str| {
            print(&[("macros/m.py", &format!("def f():\n    return g()\ndef g():\n    f()\n    return {body}\n"))])
        };
        assert_eq!(with("1"), with("1"));
        assert_ne!(with("1"), with("2"));
    }
}
