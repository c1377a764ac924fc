//! All models of the example projects are read, and what isn't understood is listed by name with the reason.

use impact::pipeline::{Side, state};
use impact::project::load::LoadOptions;
use impact::source::MemoryTree;
use impact::state::{State, Understanding};

use crate::example::{files, folder};

fn example(name: &str, roots: &[&str]) -> Option<State> {
    let files = files(&folder(name)?);
    let tree = MemoryTree::new("work tree", files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let roots = roots.iter().map(|&root| root.to_owned()).collect();
    Some(state(&Side { tree: &tree, roots }, &LoadOptions::default()))
}

/// Names of the models that are not understood whole. Each must have a diagnostic in its file.
fn gaps(state: &State) -> Vec<String> {
    let gaps = state.models.iter().filter(|(_, model)| model.understanding() != Understanding::Whole);
    let named = |path: &str| state.diagnostics.iter().any(|diagnostic| &*diagnostic.location.path == path);
    gaps.map(|(name, model)| {
        assert!(named(&model.model.path), "{name} isn't understood and nothing says why");
        name.to_string()
    })
    .collect()
}

#[test]
fn sushi_is_read_whole_but_for_its_python() {
    let Some(sushi) = example("sushi", &[""]) else { return };
    let python = ["sushi.items", "sushi.order_items", "sushi.orders", "sushi.raw_marketing", "sushi.waiters"];
    let found = gaps(&sushi);
    let other: Vec<&str> = found.iter().map(String::as_str).filter(|name| !python.contains(name)).collect();
    // They call macros that are written in Python.
    assert_eq!(other, ["sushi.customers", "sushi.top_waiters"]);
    assert_eq!(found.len(), python.len() + other.len());
    assert_eq!(sushi.models.len(), 20);
}

#[test]
fn two_repositories_are_read_together() {
    let Some(multi) = example("multi", &["repo_1", "repo_2"]) else { return };
    gaps(&multi);
    let errors: Vec<String> = multi
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == impact::diagnostic::Severity::Error)
        .map(|diagnostic| diagnostic.message.clone())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
}
