//! Laws that hold for every project and every edit, tried on random small projects.

mod projects;
mod statements;

use std::collections::{BTreeMap, BTreeSet};

use impact::impact::{Analysis, ColumnEffect, ModelImpact, RowEffect, Verdict};
use impact::pipeline::{Side, analyze};
use impact::project::load::LoadOptions;
use impact::source::MemoryTree;
use projects::{Hand, Model, Shape, Value, descendants, files, hand, project};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::Config;

fn config() -> Config {
    Config { cases: 48, failure_persistence: None, ..Config::default() }
}

fn analysed(before: &[(String, String)], after: &[(String, String)]) -> Analysis {
    let tree = |name: &str, files: &[(String, String)]| {
        MemoryTree::new(name, files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
    };
    let (before, after) = (tree("before", before), tree("after", after));
    let side = |tree| Side { tree, roots: vec![String::new()] };
    analyze(&side(&before), &side(&after), &LoadOptions::default())
}

fn between(before: &[Model], after: &[Model]) -> Analysis {
    analysed(&files(before, Hand::default()), &files(after, Hand::default()))
}

/// The models in which anything at all happens.
fn reached(analysis: &Analysis) -> BTreeSet<String> {
    let is_reached = |model: &&ModelImpact| {
        let columns = model.columns.iter().any(|column| column.effect != ColumnEffect::Same);
        model.fails || columns || model.rows.effect != RowEffect::Same
    };
    analysis.models.iter().filter(is_reached).map(|model| model.name.clone()).collect()
}

fn columns(model: &ModelImpact, effect: ColumnEffect) -> BTreeSet<&str> {
    let with = model.columns.iter().filter(|column| column.effect == effect);
    with.map(|column| column.name.as_str()).collect()
}

/// An edit of one model.
#[derive(Debug, Clone)]
enum Edit {
    Filter(i32),
    AddColumn,
    DropColumn,
    Value(i32),
    Shape,
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (4..9).prop_map(Edit::Filter),
        Just(Edit::AddColumn),
        Just(Edit::DropColumn),
        (4..9).prop_map(Edit::Value),
        Just(Edit::Shape),
    ]
}

fn edited(models: &[Model], at: usize, edit: &Edit) -> Vec<Model> {
    let mut models = models.to_vec();
    let model = &mut models[at];
    match edit {
        Edit::Filter(n) => model.filter = Some(*n),
        Edit::AddColumn => model.values.push(Value::Plus(0, 7)),
        Edit::DropColumn => drop(model.values.pop()),
        Edit::Value(n) => model.values[0] = Value::Plus(0, *n),
        Edit::Shape => model.shape = if model.shape == Shape::Distinct { Shape::Plain } else { Shape::Distinct },
    }
    models
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_project_is_the_same_as_itself(models in project(), hand in hand()) {
        let files = files(&models, hand);
        let analysis = analysed(&files, &files);
        prop_assert!(analysis.models.is_empty() && analysis.findings.is_empty(), "{analysis:?}");
    }

    #[test]
    fn how_a_query_is_written_changes_nothing(models in project(), one in hand(), other in hand()) {
        let analysis = analysed(&files(&models, one), &files(&models, other));
        prop_assert!(analysis.verdict <= Verdict::Equivalent, "{:?}\n{:?}", analysis.findings, files(&models, other));
        prop_assert!(reached(&analysis).is_empty(), "{analysis:?}");
    }

    #[test]
    fn the_way_back_mirrors_the_way_there(models in project(), at in any::<Index>(), edit in edit()) {
        let after = edited(&models, at.index(models.len()), &edit);
        let (there, back) = (between(&models, &after), between(&after, &models));
        let back: BTreeMap<&str, &ModelImpact> = back.models.iter().map(|model| (model.name.as_str(), model)).collect();
        for model in there.models.iter().filter(|model| !model.fails) {
            let Some(mirrored) = back.get(model.name.as_str()).filter(|model| !model.fails) else { continue };
            prop_assert_eq!(columns(model, ColumnEffect::Added), columns(mirrored, ColumnEffect::Removed));
            prop_assert_eq!(columns(model, ColumnEffect::Removed), columns(mirrored, ColumnEffect::Added));
        }
        let fails = there.models.iter().chain(back.values().copied()).any(|model| model.fails);
        let names: BTreeSet<&str> = there.models.iter().map(|model| model.name.as_str()).collect();
        prop_assert!(fails || names == back.keys().copied().collect(), "{names:?}, back {:?}", back.keys());
    }

    /// No model loses sight of its parent's rows, so a filter reaches everything below it.
    #[test]
    fn a_filter_upstream_reaches_no_less_than_one_below(models in project(), above in any::<Index>(), below in any::<Index>()) {
        let above = above.index(models.len());
        let family = descendants(&models, above);
        let below = family[below.index(family.len())];
        let radius = |at| reached(&between(&models, &edited(&models, at, &Edit::Filter(8))));
        let (wide, narrow) = (radius(above), radius(below));
        prop_assert!(wide.is_superset(&narrow), "m{above} reaches {wide:?}, m{below} {narrow:?}");
    }

    /// Nothing reaches a model that doesn't read the edited one, directly or through others.
    #[test]
    fn an_edit_reaches_only_what_is_below_it(models in project(), at in any::<Index>(), edit in edit()) {
        let at = at.index(models.len());
        let below: BTreeSet<String> = descendants(&models, at).iter().map(|at| format!("shop.m{at}")).collect();
        let found = reached(&between(&models, &edited(&models, at, &edit)));
        prop_assert!(below.is_superset(&found), "an edit of m{at} reaches {found:?}");
    }
}
