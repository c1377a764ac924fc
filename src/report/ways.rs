//! Effects that come the same way, told together: ten columns of one parent are one line, not ten.
//!
//! In: the [`Effect`]s of a model. Out: its [`Way`]s, in the order of their first effect. Nothing is lost: each effect is in
//! exactly one way.

use super::paths::{Effect, Reason};
use super::summary::Summary;
use crate::impact::Finding;

/// What happens to the rows, or to some columns, and the one way that it came.
#[derive(Debug)]
pub struct Way<'a> {
    /// Empty for the rows.
    pub columns: Vec<&'a str>,
    /// The effect in a word.
    pub what: &'static str,
    /// The places that it came through, upstream first, without the model itself: columns where all came through the same,
    /// else models. Empty where the analysis knows no path.
    pub path: Vec<String>,
    /// What stands behind it.
    pub finding: Option<&'a Finding>,
}

/// Groups effects. With `all`, only those that came through the same columns.
pub fn ways<'a>(summary: &Summary<'a>, effects: &[Effect<'a>], all: bool) -> Vec<Way<'a>> {
    let mut grouped: Vec<(Key<'a>, Way<'a>)> = Vec::new();
    for effect in effects {
        let (path, finding) = match &effect.reason {
            Reason::Path(path, finding) => {
                (path.split_last().map_or(&[][..], |(_, before)| before).to_vec(), Some(*finding))
            }
            Reason::Finding(finding) => (vec![], Some(*finding)),
            Reason::None => (vec![], None),
        };
        let key = key(summary, effect, &path, finding, all);
        match grouped.iter_mut().find(|(known, _)| *known == key) {
            Some((_, way)) => {
                way.columns.extend(effect.column);
                if way.path != path {
                    way.path = key.route;
                }
            }
            None => {
                let columns = effect.column.into_iter().collect();
                grouped.push((key, Way { columns, what: effect.what, path, finding }));
            }
        }
    }
    grouped.into_iter().map(|(_, way)| way).collect()
}

/// What effects of one way have in common.
#[derive(PartialEq)]
struct Key<'a> {
    is_rows: bool,
    what: &'static str,
    code: Option<&'a str>,
    /// The finding itself, where it has no path.
    place: Option<u32>,
    route: Vec<String>,
}

fn key<'a>(
    summary: &Summary<'a>,
    effect: &Effect<'a>,
    path: &[String],
    finding: Option<&'a Finding>,
    all: bool,
) -> Key<'a> {
    let route = if all { path.to_vec() } else { path.iter().map(|place| model_of(summary, place)).collect() };
    Key {
        is_rows: effect.column.is_none(),
        what: effect.what,
        code: finding.map(|finding| finding.code.as_str()),
        place: finding.filter(|_| path.is_empty()).map(|finding| finding.id),
        route,
    }
}

/// The model that a place of a path is in. Names are listed in order.
fn model_of(summary: &Summary<'_>, place: &str) -> String {
    let is_model = summary.analysis.models.binary_search_by(|model| model.name.as_str().cmp(place)).is_ok();
    match place.rsplit_once('.') {
        Some((model, _)) if !is_model => model.to_owned(),
        _ => place.to_owned(),
    }
}
