//! `impact demo`: an embedded project in two states.

use include_dir::{Dir, DirEntry, include_dir};

use crate::pipeline::{Side, analyze};
use crate::project::load::LoadOptions;
use crate::source::MemoryTree;

use super::args::{Color, ReportArguments};
use super::{Failure, diff, settings};

static BEFORE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/testdata/demo/before");
static AFTER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/testdata/demo/after");

/// Analyses the embedded project and prints the report.
pub fn run(arguments: &ReportArguments, color: Color) -> Result<bool, Failure> {
    let (before, after) = (tree("HEAD~1", &BEFORE), tree("HEAD", &AFTER));
    let side = |tree| Side { tree, roots: vec![String::new()] };
    let analysis = analyze(&side(&before), &side(&after), &LoadOptions::default());
    diff::print(&analysis, arguments, &settings::report_options(arguments, color))?;
    Ok(false)
}

fn tree(name: &str, folder: &'static Dir<'static>) -> MemoryTree {
    let mut files = Vec::new();
    collect(folder, &mut files);
    MemoryTree::new(name, files)
}

fn collect(folder: &'static Dir<'static>, files: &mut Vec<(&'static str, &'static str)>) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(inner) => collect(inner, files),
            DirEntry::File(file) => {
                if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
                    files.push((path, text));
                }
            }
        }
    }
}
