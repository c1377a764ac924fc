//! Where the project is: from the current folder upwards, or below it if there is just one.
//!
//! In: a tree and a folder in it. Out: folders that hold a SQLMesh project. Nothing is evaluated: a configuration is
//! told by its file's name and its first look.

use std::collections::BTreeSet;

use super::config::{FILE_NAMES, config_files};
use super::files;
use crate::source::{Entry, Tree};

/// Top-level keys that tell a `config.yaml` of SQLMesh from one of another tool.
const YAML_KEYS: [&str; 24] = [
    "gateways",
    "gateway",
    "default_gateway",
    "default_connection",
    "default_test_connection",
    "default_scheduler",
    "model_defaults",
    "model_naming",
    "physical_schema_mapping",
    "physical_schema_override",
    "physical_table_naming_convention",
    "virtual_environment_mode",
    "environment_suffix_target",
    "environment_catalog_mapping",
    "environment_ttl",
    "snapshot_ttl",
    "pinned_environments",
    "default_target_environment",
    "time_column_format",
    "cicd_bot",
    "disable_anonymized_analytics",
    "gateway_managed_virtual_layer",
    "infer_python_dependencies",
    "before_all",
];

/// The project around `start_folder`: the nearest root upwards, else all roots below it, in order.
pub fn roots(tree: &dyn Tree, start_folder: &str) -> Vec<String> {
    let start = files::normalize(start_folder).unwrap_or_default();
    let mut folder = start.as_str();
    loop {
        if is_root(tree, folder) {
            return vec![folder.to_owned()];
        }
        if folder.is_empty() {
            break;
        }
        folder = files::parent(folder);
    }
    let below = configured_below(tree, &start);
    if !below.is_empty() {
        return below;
    }
    without_config(tree, &start)
}

/// The place in `other` of the project that is at `root` in `tree`: the same path, else the only root there, else
/// the root that shares most of its models' file names.
pub fn root_in_other(tree: &dyn Tree, root: &str, other: &dyn Tree) -> Option<String> {
    let root = root.trim_matches('/');
    if is_root(other, root) {
        return Some(root.to_owned());
    }
    let mut candidates = configured_below(other, "");
    if candidates.is_empty() {
        candidates = with_models(other, "");
    }
    if candidates.iter().any(|candidate| candidate == root) {
        return Some(root.to_owned());
    }
    if let [only] = candidates.as_slice() {
        return Some(only.clone());
    }
    let names = model_files(tree, root);
    let shared = |candidate: &String| model_files(other, candidate).intersection(&names).count();
    let best = candidates.iter().map(shared).max().filter(|&most| most > 0)?;
    candidates.iter().find(|candidate| shared(candidate) == best).cloned()
}

fn is_root(tree: &dyn Tree, folder: &str) -> bool {
    config_files(tree, folder).into_iter().any(|entry| is_sqlmesh_config(tree, entry))
}

fn configured_below(tree: &dyn Tree, folder: &str) -> Vec<String> {
    let found: BTreeSet<String> = tree
        .below(folder)
        .iter()
        .filter(|entry| FILE_NAMES.contains(&file_name(&entry.path)) && is_sqlmesh_config(tree, entry))
        .map(|entry| files::parent(&entry.path).to_owned())
        .collect();
    found.into_iter().collect()
}

/// No configuration is tracked: folders with a `models/` that holds a model.
fn without_config(tree: &dyn Tree, start: &str) -> Vec<String> {
    let mut folder = start;
    loop {
        if with_models(tree, folder).iter().any(|found| found == folder) {
            return vec![folder.to_owned()];
        }
        if folder.is_empty() {
            return with_models(tree, start);
        }
        folder = files::parent(folder);
    }
}

fn with_models(tree: &dyn Tree, folder: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    for entry in tree.below(folder) {
        let Some(root) = root_of_model(files::relative(folder, &entry.path)) else {
            continue;
        };
        let root = if root.is_empty() { folder.to_owned() } else { files::join(folder, root) };
        if !found.contains(&root) && has_model_header(tree, entry) {
            found.insert(root);
        }
    }
    found.into_iter().collect()
}

/// `a/b` of `a/b/models/c/d.sql`.
fn root_of_model(path: &str) -> Option<&str> {
    if !path.ends_with(".sql") {
        return None;
    }
    if path.starts_with("models/") {
        return Some("");
    }
    path.find("/models/").and_then(|at| path.get(..at))
}

fn has_model_header(tree: &dyn Tree, entry: &Entry) -> bool {
    let Ok(text) = files::read_text(tree, entry) else {
        return false;
    };
    text.lines().any(|line| {
        let line = line.trim_start_matches('\u{feff}').trim_start();
        let word = line.get(..5).filter(|word| word.eq_ignore_ascii_case("MODEL"));
        word.is_some() && line.get(5..).is_some_and(|rest| rest.trim_start().starts_with('(') || rest.trim().is_empty())
    })
}

fn is_sqlmesh_config(tree: &dyn Tree, entry: &Entry) -> bool {
    let name = file_name(&entry.path);
    if name.starts_with("sqlmesh.") {
        return true;
    }
    let Ok(text) = files::read_text(tree, entry) else {
        return false;
    };
    if name.ends_with(".py") { text.lines().any(imports_sqlmesh) } else { text.lines().any(has_sqlmesh_key) }
}

fn imports_sqlmesh(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let first = words.next();
    let module = words.next().unwrap_or("");
    let module = module.split(['.', ',']).next().unwrap_or("");
    matches!(first, Some("import" | "from")) && module == "sqlmesh"
}

fn has_sqlmesh_key(line: &str) -> bool {
    let line = line.trim_start_matches('\u{feff}');
    let Some((key, _)) = line.split_once(':') else {
        return false;
    };
    YAML_KEYS.contains(&key.trim_end().trim_matches(['"', '\'']))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn model_files<'t>(tree: &'t dyn Tree, root: &str) -> BTreeSet<&'t str> {
    let below = tree.below(&files::join(root, "models"));
    below.iter().map(|entry| file_name(&entry.path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::memory::MemoryTree;

    fn tree(files: &[(&str, &str)]) -> MemoryTree {
        MemoryTree::new("test", files.iter().copied())
    }

    const YAML: &str = "{% if x %}\ngateways:\n  a: {{ 1 }}\n";

    #[test]
    fn the_nearest_root_upwards_comes_first() {
        let tree = tree(&[("config.yaml", YAML), ("a/config.py", "from sqlmesh.core import x"), ("a/b/c.sql", "")]);
        assert_eq!(roots(&tree, "a/b"), ["a"]);
        assert_eq!(roots(&tree, ""), [""]);
    }

    #[test]
    fn all_roots_below_are_found() {
        let tree = tree(&[
            ("x/config.yml", YAML),
            ("y/sqlmesh.yaml", ""),
            ("z/config.yaml", "name: another tool"),
            ("w/config.py", "import sqlmeshy"),
        ]);
        assert_eq!(roots(&tree, ""), ["x", "y"]);
    }

    #[test]
    fn without_a_config_models_tell() {
        let tree = tree(&[("p/models/a.sql", "-- x\nmodel (name a);"), ("q/models/b.sql", "SELECT 1")]);
        assert_eq!(roots(&tree, ""), ["p"]);
        assert_eq!(roots(&tree, "p/models"), ["p"]);
        assert!(roots(&tree, "q").is_empty());
    }

    #[test]
    fn a_project_that_moved_is_found_again() {
        let before = tree(&[("config.yaml", YAML), ("models/a.sql", ""), ("models/b.sql", "")]);
        let moved = tree(&[("sub/config.yaml", YAML), ("sub/models/a.sql", "")]);
        assert_eq!(root_in_other(&before, "", &moved).as_deref(), Some("sub"));
        let two =
            tree(&[("m/config.yaml", YAML), ("m/models/z.sql", ""), ("n/config.yaml", YAML), ("n/models/b.sql", "")]);
        assert_eq!(root_in_other(&before, "", &two).as_deref(), Some("n"));
        assert_eq!(root_in_other(&before, "", &tree(&[])), None);
    }
}
