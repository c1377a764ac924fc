//! Loads whole projects and looks at what comes out. The one over SQLMesh's own example reads the path of
//! `examples/sushi` from `IMPACT_SUSHI`.

use std::collections::BTreeMap;
use std::path::Path;

use impact::project::load::{LoadOptions, load};
use impact::project::{Body, Model, Project, discover};
use impact::source::memory::MemoryTree;

fn project(files: &[(&str, &str)]) -> Project {
    let tree = MemoryTree::new("test", files.iter().copied());
    load(&tree, "", &LoadOptions::default())
}

fn names(project: &Project) -> Vec<String> {
    project.models.keys().map(ToString::to_string).collect()
}

fn codes(project: &Project) -> Vec<&str> {
    project.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

fn model<'p>(project: &'p Project, name: &str) -> &'p Model {
    let found = project.models.iter().find(|(key, _)| key.to_string() == name);
    found
        .map(|(_, model)| &**model)
        .unwrap_or_else(|| panic!("no model {name} in {:?}", names(project)))
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).expect("a folder").flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read_folder(&entry.path(), &format!("{path}/"), files);
        } else if let Ok(text) = std::fs::read_to_string(entry.path()) {
            files.push((path, text));
        }
    }
}

#[test]
fn sushi_loads_completely() {
    let Ok(folder) = std::env::var("IMPACT_SUSHI") else {
        eprintln!("SKIPPED: set IMPACT_SUSHI to the path of SQLMesh's examples/sushi to run this test");
        return;
    };
    let mut files = Vec::new();
    read_folder(Path::new(&folder), "", &mut files);
    let tree = MemoryTree::new("sushi", files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let roots = discover::roots(&tree, "");
    assert!(!roots.is_empty());
    for root in roots {
        let project = load(&tree, &root, &LoadOptions::default());
        for (name, model) in &project.models {
            let columns = model.columns.as_ref().map_or(0, Vec::len);
            println!("{name}\t{}\t{columns}\t{:?}", model.kind.name, model.depends_on);
            assert!(!matches!(model.body, Body::Unreadable), "{name}");
        }
        println!("audits {:?} macros {:?}", project.audits.keys(), project.macros.keys());
        println!("{:#?}", project.config);
        assert!(project.diagnostics.is_empty(), "{:#?}", project.diagnostics);
    }
}
