//! Answers of workers on disk, by what they follow from.
//!
//! In: a key and answers. Out: the answers that were stored under it. One small file a key, written beside its place and
//! moved there, so that readers see all of it or nothing; a file that is damaged counts as missing. The folder may be
//! deleted at any time. That nothing can be stored is no error.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::compare::fingerprint::{Print, hash};
use crate::names::ModelName;

use super::protocol::{Answered, Skipped};

/// How many answers are kept.
const KEPT: usize = 128;
/// The largest file that is written or read.
const LARGEST: u64 = 32 << 20;
/// How the files' names end.
const EXTENSION: &str = "answers";
/// How the names of files end that are being written.
const DRAFT: &str = "draft";
/// After this time nobody writes a draft any more: the program was stopped.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Gives each draft of this process a name of its own.
static DRAFTS: AtomicU32 = AtomicU32::new(0);

/// What is stored under one key.
#[derive(Serialize, Deserialize)]
struct Body {
    answers: BTreeMap<String, Stored>,
    skipped: Vec<Skipped>,
}

/// An answer as stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Stored {
    Sql(String),
    Error(String),
}

/// The answers of these models, if all are there.
pub(super) fn read(folder: &Path, key: Print, names: &[ModelName]) -> Option<Answered> {
    let mut text = String::new();
    fs::File::open(place(folder, key)).ok()?.take(LARGEST + 1).read_to_string(&mut text).ok()?;
    let (sum, body) = text.split_once('\n')?;
    if sum != checksum(key, body) {
        return None;
    }
    let Body { answers: mut stored, skipped } = serde_json::from_str(body).ok()?;
    let answer = |name: &ModelName| {
        let answer = match stored.remove(&name.to_string())? {
            Stored::Sql(sql) => Ok(sql.into()),
            Stored::Error(error) => Err(error),
        };
        Some((name.clone(), answer))
    };
    let answers = names.iter().map(answer).collect::<Option<_>>()?;
    Some(Answered { answers, skipped })
}

/// Stores answers.
pub(super) fn write(folder: &Path, key: Print, answered: &Answered) {
    let answers: BTreeMap<String, Stored> = answered
        .answers
        .iter()
        .map(|(name, answer)| {
            let answer = match answer {
                Ok(sql) => Stored::Sql(sql.to_string()),
                Err(error) => Stored::Error(error.clone()),
            };
            (name.to_string(), answer)
        })
        .collect();
    let stored = Body { answers, skipped: answered.skipped.clone() };
    let Ok(body) = serde_json::to_string(&stored) else { return };
    if body.len() as u64 > LARGEST || fs::create_dir_all(folder).is_err() {
        return;
    }
    let text = format!("{}\n{body}", checksum(key, &body));
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    let draft = folder.join(format!("{key:032x}.{}.{number}.{DRAFT}", std::process::id()));
    if fs::write(&draft, text).is_err() || fs::rename(&draft, place(folder, key)).is_err() {
        let _ = fs::remove_file(&draft);
    }
    prune(folder);
}

fn place(folder: &Path, key: Print) -> PathBuf {
    folder.join(format!("{key:032x}.{EXTENSION}"))
}

fn checksum(key: Print, body: &str) -> String {
    format!("{:032x}", hash((key, body)))
}

/// Removes the oldest files beyond those that are kept.
fn prune(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let ends_with = |path: &PathBuf, end: &str| path.extension().is_some_and(|extension| extension == end);
    let files = entries.flatten().filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())));
    let (mut answers, others): (Vec<_>, Vec<_>) = files.partition(|(_, path)| ends_with(path, EXTENSION));
    answers.sort();
    let surplus = answers.len().saturating_sub(KEPT);
    let is_left = |time: &SystemTime| time.elapsed().is_ok_and(|age| age > ABANDONED);
    let left = others.into_iter().filter(|(time, path)| ends_with(path, DRAFT) && is_left(time));
    for (_, path) in answers.into_iter().take(surplus).chain(left) {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers() -> Answered {
        let name = |table| ModelName::from_parts(["s", table]);
        let answers = BTreeMap::from([(name("a"), Ok("SELECT 1".into())), (name("b"), Err("E".to_owned()))]);
        let skipped = vec![Skipped { path: "m.py".to_owned(), line: 3, reason: "E".to_owned() }];
        Answered { answers, skipped }
    }

    fn names() -> Vec<ModelName> {
        answers().answers.into_keys().collect()
    }

    #[test]
    fn answers_come_back_under_their_own_key() {
        let folder = tempfile::TempDir::new().expect("a folder");
        write(folder.path(), 7, &answers());
        assert_eq!(read(folder.path(), 7, &names()), Some(answers()));
        assert_eq!(read(folder.path(), 8, &names()), None);
        assert_eq!(read(folder.path(), 7, &[ModelName::from_parts(["s", "c"])]), None);
    }

    #[test]
    fn a_damaged_file_counts_as_missing_and_is_replaced() {
        let folder = tempfile::TempDir::new().expect("a folder");
        write(folder.path(), 7, &answers());
        let file = place(folder.path(), 7);
        let whole = fs::read_to_string(&file).expect("the file");
        for damaged in [whole.replace("SELECT 1", "SELECT 2"), whole[..whole.len() - 3].to_owned(), String::new()] {
            fs::write(&file, damaged).expect("written");
            assert_eq!(read(folder.path(), 7, &names()), None);
        }
        fs::write(&file, [0xff, 0xfe]).expect("written");
        assert_eq!(read(folder.path(), 7, &names()), None);
        fs::rename(place(folder.path(), 7), place(folder.path(), 8)).expect("moved");
        assert_eq!(read(folder.path(), 8, &names()), None);
        write(folder.path(), 7, &answers());
        assert_eq!(read(folder.path(), 7, &names()), Some(answers()));
    }

    #[test]
    fn the_cache_stays_small() {
        let folder = tempfile::TempDir::new().expect("a folder");
        for key in 0..(KEPT as Print + 20) {
            write(folder.path(), key, &answers());
        }
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), KEPT);
    }

    #[test]
    fn a_folder_that_can_t_be_written_is_no_error() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let file = folder.path().join("file");
        fs::write(&file, "").expect("written");
        write(&file, 7, &answers());
        assert_eq!(read(&file, 7, &names()), None);
    }
}
