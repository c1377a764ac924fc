//! What files gave, kept for the second load of a project: most files are the same in both states.
//!
//! In: a file's path and content id, and the configuration and macros under which it is read. Out: what it gave before. Only
//! readers whose answer follows from these alone may use it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::context::{Context, Output};
use super::load::Blueprints;
use super::{Body, Config, PythonMacro};
use crate::source::{ContentId, Entry};

/// What files gave in the loads so far.
#[derive(Default)]
pub struct Memo {
    /// Those of the loads so far; a few.
    circumstances: Mutex<Vec<Circumstances>>,
    outputs: Mutex<HashMap<Key, Arc<Output>>>,
}

/// What the files of a project are read under.
#[derive(PartialEq)]
struct Circumstances {
    root: String,
    config: Config,
    macros: Arc<BTreeMap<String, PythonMacro>>,
    blueprints: Blueprints,
}

/// Which circumstances, path, content.
type Key = (usize, Arc<str>, ContentId);

impl Memo {
    /// The part of the memo that holds for this root, configuration and macros.
    pub(super) fn under(&self, context: &Context<'_>) -> Remembered<'_> {
        let mut known = self.circumstances.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |known: &Circumstances| {
            known.root == context.root
                && known.config == *context.config
                && known.macros == context.macros
                && known.blueprints == *context.blueprints
        };
        let at = known.iter().position(same).unwrap_or_else(|| {
            known.push(Circumstances {
                root: context.root.to_owned(),
                config: context.config.clone(),
                macros: context.macros.clone(),
                blueprints: context.blueprints.clone(),
            });
            known.len() - 1
        });
        Remembered { memo: self, at }
    }
}

/// The part of a [`Memo`] for one root, configuration and macros.
pub(super) struct Remembered<'m> {
    memo: &'m Memo,
    at: usize,
}

impl Remembered<'_> {
    /// What the file gave before, or gives now.
    pub(super) fn read(&self, entry: &Entry, read: impl Fn(&Entry) -> Output) -> Arc<Output> {
        let key = (self.at, entry.path.clone(), entry.id);
        let outputs = || self.memo.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        let known = outputs().get(&key).cloned();
        known.unwrap_or_else(|| {
            let output = Arc::new(read(entry));
            if follows_from_content(&output) {
                outputs().insert(key, output.clone());
            }
            output
        })
    }
}

/// A seed's rows are in a file of their own; and what can't be read in one state may be there in the other.
fn follows_from_content(output: &Output) -> bool {
    output.diagnostics.is_empty() && !output.models.iter().any(|model| matches!(model.body, Body::Seed(_)))
}
