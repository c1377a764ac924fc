//! What a model depends on outside of its file: variables, catalog, gateway, audits defined elsewhere.
//!
//! In: both states, and what changes in each model. Out: more findings for the same models, which say where the reason
//! of a change is or that an audit changed. They change no effect.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::{LocalChange, ModelDiff};
use crate::diagnostic::Location;
use crate::names::ModelName;
use crate::project::{Audit, Project};
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
            diff.changes.push(LocalChange {
                code: "U204",
                column: None,
                location: Location::file(new.config.path.as_deref().or(old.config.path.as_deref()).unwrap_or("")),
                before: None,
                after: None,
                message,
            });
        }
        let used = audits.iter().filter(|audit| uses(after, audit));
        for audit in used {
            diffs.entry(name.clone()).or_insert_with(ModelDiff::same).changes.push(LocalChange {
                code: "M102",
                column: None,
                location: audit.location.clone(),
                before: None,
                after: None,
                message: format!("the audit {} changed", audit.name),
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
    let (a, b) = (&old.config, &new.config);
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

/// Audits that both states have and whose queries or properties differ.
fn changed_audits<'p>(old: &Project, new: &'p Project) -> Vec<&'p Audit> {
    let code = |audit: &Audit| -> Vec<Vec<String>> {
        let rules = audit.dialect.lexical();
        let statements = audit.body.pre_statements.iter().chain(&audit.body.query).chain(&audit.body.post_statements);
        let texts = statements.map(|statement| audit.body.text.get(statement.start..statement.end).unwrap_or(""));
        let split = |text: &str| crate::lex::lex_code(text, rules).iter().map(|t| t.text(text).to_owned()).collect();
        let mut code: Vec<Vec<String>> = texts.map(split).collect();
        code.extend(audit.header.properties.iter().map(|property| property.tokens.clone()));
        code
    };
    let differs = |(name, audit): &(&String, &'p std::sync::Arc<Audit>)| {
        old.audits.get(*name).is_some_and(|known| code(known) != code(audit))
    };
    new.audits.iter().filter(differs).map(|(_, audit)| &**audit).collect()
}

fn uses(model: &AnalysedModel, audit: &Audit) -> bool {
    let own = audit.model.as_ref().is_none_or(|owner| *owner == model.model.name);
    let named = model.model.header.properties.iter().filter(|property| property.name == "audits");
    own && named.flat_map(|property| &property.tokens).any(|token| token.eq_ignore_ascii_case(&audit.name))
}
