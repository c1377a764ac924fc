//! The edit sets of `tests/oracle/edits/`.

use serde::Deserialize;

use crate::example::Files;

/// The edits of one project.
#[derive(Deserialize)]
pub struct EditSet {
    /// The folders of the projects that are planned as one.
    #[serde(default = "one_root")]
    pub roots: Vec<String>,
    /// Applied to both states of every edit first.
    #[serde(default)]
    given: Vec<Operation>,
    pub edits: Vec<Edit>,
}

fn one_root() -> Vec<String> {
    vec![String::new()]
}

/// One edit.
#[derive(Deserialize)]
pub struct Edit {
    pub id: String,
    /// Applied to both states first.
    #[serde(default)]
    pub given: Vec<Operation>,
    pub operations: Vec<Operation>,
}

/// One step of an edit.
#[derive(Clone, Deserialize)]
pub struct Operation {
    file: Option<String>,
    find: Option<String>,
    replace: Option<String>,
    append: Option<String>,
    write: Option<String>,
    delete: Option<serde_json::Value>,
    rename: Option<serde_json::Value>,
}

impl EditSet {
    pub fn read(name: &str) -> EditSet {
        let path = format!("{}/tests/oracle/edits/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut set: EditSet = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        for edit in &mut set.edits {
            edit.given = set.given.iter().cloned().chain(std::mem::take(&mut edit.given)).collect();
        }
        set
    }
}

/// Applies steps to files.
pub fn apply(operations: &[Operation], files: &mut Files) {
    for operation in operations {
        operation.apply(files);
    }
}

impl Operation {
    fn apply(&self, files: &mut Files) {
        let file = self.file.clone().expect("every operation names a file");
        if let (Some(find), Some(replace)) = (&self.find, &self.replace) {
            let text = files.get_mut(&file).unwrap_or_else(|| panic!("there is no {file}"));
            assert_eq!(text.matches(find.as_str()).count(), 1, "{find:?} must stand once in {file}");
            *text = text.replacen(find.as_str(), replace, 1);
        } else if let Some(append) = &self.append {
            files.get_mut(&file).unwrap_or_else(|| panic!("there is no {file}")).push_str(append);
        } else if let Some(write) = &self.write {
            files.insert(file, write.clone());
        } else if self.delete.is_some() {
            files.remove(&file).expect("a file to delete");
        } else if let Some(rename) = &self.rename {
            let text = files.remove(&file).expect("a file to rename");
            files.insert(rename.as_str().expect("a new name").to_owned(), text);
        } else {
            panic!("an operation without an action on {file}");
        }
    }
}
