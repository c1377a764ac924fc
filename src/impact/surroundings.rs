//! What a model depends on outside of its file: variables, catalog, gateway, audits and signals
//! defined elsewhere.
//!
//! In: both states, and what changes in each model. Out: more findings for the same models, which say where the reason
//! of a change is or that an audit or a signal changed. They change no effect.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::compare::{LocalChange, ModelDiff};
use crate::diagnostic::Location;
use crate::hash::Print;
use crate::lex::lex_code;
use crate::names::ModelName;
use crate::project::header::Variables;
use crate::project::{Audit, Project, PythonMacro, Surroundings};
use crate::state::AnalysedModel;

use super::Sides;

/// Adds findings to `diffs`.
pub(super) fn explain(sides: &Sides<'_>, diffs: &mut BTreeMap<ModelName, ModelDiff>) {
    let (old, new) = (&sides.before.project, &sides.after.project);
    let audits = changed_audits(old, new);
    for (name, after) in &sides.after.models {
        let Some(before) = sides.before.models.get(name) else { continue };
        if let Some(diff) = diffs.get_mut(name)
            && before.model.content == after.model.content
            && let Some(message) = reason(old, new, before, after, diff)
        {
            let config = new.config_of(name);
            diff.changes.push(LocalChange {
                code: "U204",
                column: None,
                location: Location::file(config.path.as_deref().unwrap_or("")),
                before: None,
                after: None,
                message,
            });
        }
        let used_audits = audits.iter().filter(|audit| uses(new, after, audit));
        let of_audits = used_audits.map(|audit| ("M102", &audit.location, format!("the audit {} changed", audit.name)));
        let named = after.model.header.get("signals").map(|_| changed_signals(old, new, name));
        let used_signals = named.into_iter().flatten().filter(|signal| names(after, "signals", &signal.name));
        let of_signals =
            used_signals.map(|signal| ("M101", &signal.location, format!("the signal {} changed", signal.name)));
        for (code, location, message) in of_audits.chain(of_signals) {
            diffs.entry(name.clone()).or_insert_with(ModelDiff::same).changes.push(LocalChange {
                code,
                column: None,
                location: location.clone(),
                before: None,
                after: None,
                message,
            });
        }
    }
}

/// Why a model differs whose file doesn't. Values are left out: they may be secrets.
fn reason(
    old: &Project,
    new: &Project,
    before: &AnalysedModel,
    after: &AnalysedModel,
    diff: &ModelDiff,
) -> Option<String> {
    let read = |model: &AnalysedModel| -> BTreeSet<String> {
        model.query.iter().flat_map(|query| &query.rendered.rendered.variables).cloned().collect()
    };
    let mut variables: BTreeSet<String> = read(before);
    variables.extend(read(after));
    let differs = |name: &String| {
        old.variables_of(&before.model.name).get(name) != new.variables_of(&after.model.name).get(name)
            && (!before.model.blueprint.contains_key(name) || !after.model.blueprint.contains_key(name))
    };
    let changed: Vec<String> = variables.into_iter().filter(differs).collect();
    let (a, b) = (old.config_of(&before.model.name), new.config_of(&after.model.name));
    if !diff.inherited && !changed.is_empty() {
        let (noun, verb) = if changed.len() == 1 { ("variable", "has") } else { ("variables", "have") };
        Some(format!("the {noun} {} {verb} another value", changed.join(", ")))
    } else if a.default_catalog != b.default_catalog && !diff.inherited {
        Some("the project's default catalog changed".to_owned())
    } else if a.gateway != b.gateway && !diff.inherited {
        Some("the project's gateway changed".to_owned())
    } else {
        None
    }
}

/// Audits that both states have and whose queries or properties differ, or what macros and variables make of them.
fn changed_audits(old: &Project, new: &Project) -> Vec<Arc<Audit>> {
    let variables = |part: &Surroundings| Variables::of(&part.config, None, &BTreeMap::new()).with_macros(&part.macros);
    let mut changed = Vec::new();
    for (old, new) in old.parts().iter().zip(&new.parts()) {
        let (before, after) = (variables(old), variables(new));
        let differs = |(name, audit): &(&String, &Arc<Audit>)| {
            old.audits.get(*name).is_some_and(|known| meaning(known, &before) != meaning(audit, &after))
        };
        changed.extend(new.audits.iter().filter(differs).map(|(_, audit)| audit.clone()));
    }
    changed
}

/// The tokens of an audit's statements and properties, and what its macros and variables stand for.
fn meaning(audit: &Audit, variables: &Variables) -> (Vec<Vec<String>>, Print) {
    let rules = audit.dialect.lexical();
    let statements = audit.body.pre_statements.iter().chain(&audit.body.query).chain(&audit.body.post_statements);
    let texts = statements.map(|statement| audit.body.text.get(statement.start..statement.end).unwrap_or(""));
    let split = |text: &str| lex_code(text, rules).iter().map(|token| token.text(text).to_owned()).collect();
    let mut code: Vec<Vec<String>> = texts.map(split).collect();
    code.extend(audit.header.properties.iter().map(|property| property.tokens.clone()));
    (code, variables.behind(&audit.body.text))
}

/// Signals of a model's project that both states have and whose code, or code that it calls, differs.
fn changed_signals<'p>(
    old: &'p Project,
    new: &'p Project,
    model: &'p ModelName,
) -> impl Iterator<Item = &'p PythonMacro> {
    let known = old.signals_of(model);
    let differs =
        |signal: &&PythonMacro| known.get(&signal.name).is_some_and(|known| known.definition != signal.definition);
    new.signals_of(model).values().filter(differs)
}

fn uses(project: &Project, model: &AnalysedModel, audit: &Arc<Audit>) -> bool {
    let called = || project.audit_of(&model.model.name, &audit.name);
    names(model, "audits", &audit.name) && called().is_some_and(|called| Arc::ptr_eq(called, audit))
}

/// Does a property of the header name this?
fn names(model: &AnalysedModel, property: &str, name: &str) -> bool {
    let named = model.model.header.properties.iter().filter(|found| found.name == property);
    let mut tokens = named.flat_map(|property| &property.tokens);
    tokens.any(|token| token.trim_matches(['\'', '"']).eq_ignore_ascii_case(name))
}
