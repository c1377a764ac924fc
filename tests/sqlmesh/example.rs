//! The example projects of SQLMesh's source distribution.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};

/// Files by path from the project's root.
pub type Files = BTreeMap<String, String>;

/// The folder of an example, or `None` (and a loud word) if the source distribution can't be had.
pub fn folder(name: &str) -> Option<PathBuf> {
    if let Some(models) = name.strip_prefix("bench-") {
        return generated(models);
    }
    if name.starts_with("testdata/") {
        return Some(Path::new(env!("CARGO_MANIFEST_DIR")).join(name));
    }
    static SDIST: OnceLock<Option<PathBuf>> = OnceLock::new();
    let sdist = SDIST.get_or_init(fetch).as_ref()?;
    Some(sdist.join("examples").join(name))
}

/// The synthetic project with this many models, before its second commit.
fn generated(models: &str) -> Option<PathBuf> {
    // Tests of one process share it.
    static MADE: Mutex<BTreeMap<String, Option<PathBuf>>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().expect("no test fails while it is made");
    made.entry(models.to_owned()).or_insert_with(|| generate(models)).clone()
}

fn generate(models: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{models}-{}", std::process::id()));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/generate.py");
    let mut python = Command::new("python3");
    python.args([script, "--models", models, "--out"]).arg(&folder);
    let mut git = Command::new("git");
    git.arg("-C").arg(&folder).args(["checkout", "--quiet", "HEAD~1"]);
    let worked = [python, git].iter_mut().all(|step| step.status().is_ok_and(|status| status.success()));
    if !worked {
        eprintln!("\n!!! SKIPPED: the synthetic project could not be generated (python3 and git are needed).\n");
    }
    worked.then_some(folder)
}

fn fetch() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("IMPACT_SDIST") {
        return Some(PathBuf::from(given));
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/record.py");
    let output = Command::new("python3").args([script, "fetch"]).output();
    let found = output.ok().filter(|output| output.status.success()).and_then(|output| {
        let path = String::from_utf8(output.stdout).ok()?;
        let path = PathBuf::from(path.lines().last()?.trim());
        path.join("examples").is_dir().then_some(path)
    });
    if found.is_none() {
        eprintln!(
            "\n!!! SKIPPED: SQLMesh's source distribution could not be fetched (python3 with pip is needed once)."
        );
        eprintln!("!!! Nothing was compared with SQLMesh. IMPACT_SDIST may name an unpacked one.\n");
    }
    found
}

/// All text files of an example.
pub fn files(folder: &Path) -> Files {
    let mut files = Files::new();
    collect(folder, folder, &mut files);
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Files) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.file_name().is_some_and(|name| name == ".git") {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let name = path.strip_prefix(root).expect("a path below the root");
            files.insert(name.to_string_lossy().into_owned(), text);
        }
    }
}
