//! From a revision's text to a commit, and what to say when there is none.
//!
//! In: a revision as typed. Out: a commit, or an error that tells an unknown name from a clone that lacks it.

use std::path::Path;

use git2::{ErrorCode, ObjectType, Oid};

use super::error::{SourceError, object_error, plain};
use super::revisions::PATH_HELP;

const SHALLOW_HELP: &str = "this is a shallow clone, which lacks older commits: run `git fetch --unshallow`, \
                            or check out with `fetch-depth: 0` in CI";

/// The commit that a revision names; annotated tags are followed.
pub(super) fn commit(git: &git2::Repository, revision: &str) -> Result<Oid, SourceError> {
    let object = git.revparse_single(revision).map_err(|error| unresolved(git, revision, &error))?;
    if let Ok(commit) = object.peel_to_commit() {
        return Ok(commit.id());
    }
    let shown = plain(revision);
    Err(match object.kind() {
        Some(ObjectType::Tree) => SourceError::new(format!("`{shown}` is a folder, not a commit")),
        Some(ObjectType::Blob) => SourceError::new(format!("`{shown}` is a file, not a commit")),
        _ => SourceError::new(format!("`{shown}` doesn't lead to a commit")),
    }
    .with_help("type a commit, a branch or a tag"))
}

/// Whether `HEAD` is a branch without commits.
pub(super) fn is_unborn(git: &git2::Repository) -> bool {
    git.head().is_err_and(|error| error.code() == ErrorCode::UnbornBranch)
}

/// The last commit that two revisions share.
pub(super) fn merge_base(git: &git2::Repository, base: (&str, Oid), head: (&str, Oid)) -> Result<Oid, SourceError> {
    git.merge_base(base.1, head.1).map_err(|error| {
        if error.code() != ErrorCode::NotFound {
            return object_error(git, "the history", base.1, &error);
        }
        let error = SourceError::new(format!("`{}` and `{}` have no common commit", plain(base.0), plain(head.0)));
        let help = if git.is_shallow() { SHALLOW_HELP } else { "compare them as they are with two dots: BASE..HEAD" };
        error.with_help(help)
    })
}

fn unresolved(git: &git2::Repository, revision: &str, error: &git2::Error) -> SourceError {
    let shown = plain(revision);
    match error.code() {
        ErrorCode::Ambiguous => SourceError::new(format!("`{shown}` is the start of more than one object's hash"))
            .with_help("type more of the hash"),
        ErrorCode::InvalidSpec => SourceError::new(format!("`{shown}` isn't spelled like a revision"))
            .with_help("type a commit, a branch or a tag, for example `HEAD~1` or `origin/main`"),
        ErrorCode::NotFound if is_unborn(git) => {
            SourceError::new(format!("unknown revision `{shown}`")).with_help("the current branch has no commits yet")
        }
        ErrorCode::NotFound => {
            SourceError::new(format!("unknown revision `{shown}`")).with_help(unknown(git, revision))
        }
        _ => SourceError::new(format!("can't look up `{shown}`: {}", plain(error.message()))),
    }
}

/// What was tried, and the likeliest reason why it isn't there.
fn unknown(git: &git2::Repository, revision: &str) -> String {
    let shown = plain(revision);
    if git.workdir().is_some_and(|root| root.join(revision).exists()) || Path::new(revision).exists() {
        return format!("`{shown}` is a path: {PATH_HELP}");
    }
    let name = revision.split(['~', '^', '@', ':']).next().unwrap_or(revision);
    let is_known = !name.is_empty() && git.revparse_single(name).is_ok();
    if let Some(remote) = remote_with(git, name).filter(|_| !is_known) {
        return format!("did you mean `{}/{shown}`?", plain(&remote));
    }
    if git.is_shallow() {
        return SHALLOW_HELP.to_owned();
    }
    if is_known {
        return format!("`{}` is there, but not what `{shown}` leads to", plain(name));
    }
    let name = plain(name);
    format!("tried it as a commit hash, refs/tags/{name}, refs/heads/{name} and refs/remotes/{name}")
}

/// A remote that has a branch of this name.
fn remote_with(git: &git2::Repository, branch: &str) -> Option<String> {
    let remotes = git.remotes().ok()?;
    remotes
        .iter()
        .filter_map(|remote| remote.ok().flatten())
        .find(|remote| git.find_reference(&format!("refs/remotes/{remote}/{branch}")).is_ok())
        .map(str::to_owned)
}
