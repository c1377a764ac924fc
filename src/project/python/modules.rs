//! All Python files of a project that its models and macros reach by imports, by module name.
//!
//! In: the tree, the project's root (which SQLMesh puts on Python's path), the files to begin with.
//! Out: parsed [`Module`]s. A file that can't be parsed is a diagnostic.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use ruff_python_ast::{Stmt, StmtFunctionDef, StmtImportFrom};

use super::module::{self, Module};
use crate::diagnostic::Diagnostic;
use crate::project::{codes, files};
use crate::source::{Entry, Tree};

/// Modules that are no part of a project and define no macros of SQLMesh's.
const WITHOUT_MACROS: [&str; 32] = [
    "__future__",
    "abc",
    "calendar",
    "collections",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "hashlib",
    "inspect",
    "itertools",
    "json",
    "logging",
    "math",
    "numbers",
    "numpy",
    "operator",
    "os",
    "pandas",
    "pathlib",
    "random",
    "re",
    "requests",
    "sqlglot",
    "sqlmesh",
    "string",
    "sys",
    "textwrap",
    "time",
    "typing",
];

/// Modules by dotted name from the project's root: `macros.utils`; a package by its folder's name.
pub struct Modules {
    pub by_name: BTreeMap<String, Module>,
    pub diagnostics: Vec<Diagnostic>,
}

impl Modules {
    /// Loads these files and everything of the project that they import.
    pub fn load(tree: &dyn Tree, root: &str, start: &[&Entry]) -> Self {
        let mut by_name = BTreeMap::new();
        let mut diagnostics = Vec::new();
        let mut seen = BTreeSet::new();
        let mut frontier: Vec<(String, &Entry)> = start
            .iter()
            .map(|entry| (module_name(files::relative(root, &entry.path)), *entry))
            .filter(|(name, _)| seen.insert(name.clone()))
            .collect();
        let mut is_start = true;
        while !frontier.is_empty() {
            let parsed: Vec<(String, Result<Module, Diagnostic>)> =
                frontier.into_par_iter().map(|(name, entry)| (name, parse(tree, entry))).collect();
            frontier = Vec::new();
            for (name, parsed) in parsed {
                match parsed {
                    Ok(module) => {
                        for target in imported(&name, &module) {
                            let found = find(tree, root, &target).filter(|_| !seen.contains(&target));
                            if let Some(entry) = found {
                                seen.insert(target.clone());
                                frontier.push((target, entry));
                            }
                        }
                        by_name.insert(name, module);
                    }
                    // What other modules import may not be loaded at all.
                    Err(found) => diagnostics
                        .push(Diagnostic { refused: is_start && found.code == codes::PYTHON_UNREADABLE, ..found }),
                }
            }
            is_start = false;
        }
        Modules { by_name, diagnostics }
    }

    /// The names of the modules of these files, and of all that they import.
    pub fn reached_from(&self, root: &str, start: &[&Entry]) -> BTreeSet<String> {
        let mut open: Vec<String> = start.iter().map(|entry| module_name(files::relative(root, &entry.path))).collect();
        let mut reached = BTreeSet::new();
        while let Some(name) = open.pop() {
            if let Some(module) = self.by_name.get(&name)
                && reached.insert(name.clone())
            {
                open.extend(imported(&name, module));
            }
        }
        reached
    }

    /// The modules that another one imports, each after those that it imports itself; of a circle in any order.
    pub fn imported_first(&self) -> Vec<(&str, &Module)> {
        let imports: BTreeMap<&str, BTreeSet<String>> =
            self.by_name.iter().map(|(name, module)| (name.as_str(), imported(name, module))).collect();
        let of = |name: &str| -> Vec<&str> {
            let targets = imports.get(name).into_iter().flatten();
            targets.filter_map(|target| imports.get_key_value(target.as_str())).map(|(name, _)| *name).collect()
        };
        let mut order = Vec::new();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for start in imports.keys().flat_map(|name| of(name)) {
            // Those on the way, each with what of its imports is still to be visited.
            let mut open: Vec<(&str, Vec<&str>)> = Vec::new();
            if seen.insert(start) {
                open.push((start, of(start)));
            }
            while let Some((name, left)) = open.last_mut() {
                match left.pop() {
                    Some(next) if seen.insert(next) => open.push((next, of(next))),
                    Some(_) => {}
                    None => {
                        order.extend(self.by_name.get_key_value(*name).map(|(name, module)| (name.as_str(), module)));
                        open.pop();
                    }
                }
            }
        }
        order
    }

    /// Does any of the modules import something from outside that may define macros, or define some in another way
    /// than by decorators?
    pub fn may_bring_macros(&self) -> bool {
        let root = |name: &str| name.split('.').next().unwrap_or("").to_owned();
        let own: BTreeSet<String> = self.by_name.keys().map(|name| root(name)).collect();
        let is_known = |name: &str| own.contains(&root(name)) || WITHOUT_MACROS.contains(&root(name).as_str());
        self.by_name.iter().any(|(name, module)| {
            makes_macros(module)
                || imports_of(&module.body).into_iter().any(|stmt| match stmt {
                    Stmt::Import(import) => !import.names.iter().all(|alias| is_known(&alias.name)),
                    Stmt::ImportFrom(import) => !absolute(name, module, import).is_some_and(|from| is_known(&from)),
                    _ => false,
                })
        })
    }

    /// The module of a file.
    pub fn of_file(&self, root: &str, path: &str) -> Option<(&str, &Module)> {
        let name = module_name(files::relative(root, path));
        let (name, module) = self.by_name.get_key_value(&name)?;
        Some((name, module))
    }
}

/// May the module define macros in another way than by decorating functions at its top level? The word `macro` counts
/// wherever it stands but in imports and comments.
fn makes_macros(module: &Module) -> bool {
    let decorated = |function: &&StmtFunctionDef| module.sqlmesh_decorator(function, "macro").is_some();
    let known = module.functions().into_iter().filter(decorated).count();
    let lines = module.text.lines().map(str::trim).filter(|line| !line.starts_with('#') && !line.contains("import "));
    let words = lines.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.filter(|word| *word == "macro").count() > known
}

fn parse(tree: &dyn Tree, entry: &Entry) -> Result<Module, Diagnostic> {
    let text = files::read_text(tree, entry)?;
    module::parse(&entry.path, &text)
}

fn module_name(path: &str) -> String {
    let path = path.strip_suffix(".py").unwrap_or(path);
    let path = path.strip_suffix("/__init__").unwrap_or(path);
    path.replace('/', ".")
}

fn find<'t>(tree: &'t dyn Tree, root: &str, module: &str) -> Option<&'t Entry> {
    let path = files::join(root, &module.replace('.', "/"));
    tree.find(&format!("{path}.py")).or_else(|| tree.find(&format!("{path}/__init__.py")))
}

/// Dotted names of what a module imports, wherever in it: modules, and names that may be modules.
fn imported(name: &str, module: &Module) -> BTreeSet<String> {
    let mut targets = BTreeSet::new();
    for stmt in imports_of(&module.body) {
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    insert_with_parents(&mut targets, alias.name.as_str());
                }
            }
            Stmt::ImportFrom(import) => {
                let Some(from) = absolute(name, module, import) else {
                    continue;
                };
                insert_with_parents(&mut targets, &from);
                for alias in &import.names {
                    targets.insert(dotted(&from, alias.name.as_str()));
                }
            }
            _ => {}
        }
    }
    targets
}

fn insert_with_parents(targets: &mut BTreeSet<String>, dotted: &str) {
    let mut end = dotted.len();
    while end > 0 {
        targets.insert(dotted.get(..end).unwrap_or(dotted).to_owned());
        end = dotted.get(..end).and_then(|prefix| prefix.rfind('.')).unwrap_or(0);
    }
}

/// Import statements at any depth of blocks.
pub fn imports_of(body: &[Stmt]) -> Vec<&Stmt> {
    use ruff_python_ast::statement_visitor::{self, StatementVisitor};
    #[derive(Default)]
    struct Imports<'a>(Vec<&'a Stmt>);
    impl<'a> StatementVisitor<'a> for Imports<'a> {
        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            match stmt {
                Stmt::Import(_) | Stmt::ImportFrom(_) => self.0.push(stmt),
                _ => statement_visitor::walk_stmt(self, stmt),
            }
        }
    }
    let mut imports = Imports::default();
    for stmt in body {
        imports.visit_stmt(stmt);
    }
    imports.0
}

/// The module that a `from … import` names, from the project's root. `None` if it leaves the project.
pub fn absolute(name: &str, module: &Module, import: &StmtImportFrom) -> Option<String> {
    let from = import.module.as_ref().map_or("", |module| module.as_str());
    from_root(name, module, import.level as usize, from)
}

/// What `dotted` behind so many dots is, from the project's root. `None` if it leaves the project.
pub fn from_root(name: &str, module: &Module, dots: usize, from: &str) -> Option<String> {
    if dots == 0 {
        return Some(from.to_owned());
    }
    let mut package: Vec<&str> = name.split('.').collect();
    if !module.path.ends_with("/__init__.py") {
        package.pop();
    }
    for _ in 1..dots {
        package.pop()?;
    }
    Some(dotted(&package.join("."), from))
}

/// Joins two dotted names; either may be empty.
pub fn dotted(left: &str, right: &str) -> String {
    match (left.is_empty(), right.is_empty()) {
        (true, _) => right.to_owned(),
        (_, true) => left.to_owned(),
        _ => format!("{left}.{right}"),
    }
}
