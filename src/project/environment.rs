//! Statements of the configuration that run around all models: `before_all` and `after_all`.
//!
//! In: the configuration, and the macros and templates of its project. Out: each statement, with a print of what these
//! make of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::PythonMacro;
use super::config::{Config, ConfiguredStatement};
use super::files;
use super::header::Variables;
use crate::diagnostic::Location;
use crate::dialect::Dialect;
use crate::hash::{Print, hash};
use crate::source::ContentId;

/// A statement around all models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentStatement {
    pub location: Location,
    pub meaning: StatementMeaning,
}

/// What decides what such a statement does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementMeaning {
    /// The setting that it stands in.
    pub setting: &'static str,
    /// `None` if only running code would tell it.
    pub text: Option<String>,
    pub dialect: Dialect,
    /// Changes whenever what its macros, variables and templates stand for may change, and where only code tells the
    /// statement, with the code.
    pub behind: Print,
}

/// The statements that a project's configuration runs around all models. `code`: the configuration's file.
pub(super) fn statements(
    config: &Config,
    code: Option<ContentId>,
    macros: &Arc<BTreeMap<String, PythonMacro>>,
    jinja_macros: &BTreeMap<Arc<str>, Arc<str>>,
) -> Vec<EnvironmentStatement> {
    let variables = Variables::of(config, None, &BTreeMap::new()).with_macros(macros);
    let path: Arc<str> = config.path.as_deref().unwrap_or("").into();
    let behind = |text: Option<&str>| match text {
        None => hash((code, variables.behind_everything())),
        Some(text) if files::is_template(text) => hash((variables.behind_everything(), jinja_macros)),
        Some(text) => variables.behind(text),
    };
    let statement = |written: &ConfiguredStatement| EnvironmentStatement {
        location: files::line_location(&path, written.line),
        meaning: StatementMeaning {
            setting: written.setting,
            text: written.text.clone(),
            dialect: config.dialect,
            behind: behind(written.text.as_deref()),
        },
    };
    config.statements.iter().map(statement).collect()
}

#[cfg(test)]
mod tests {
    use crate::project::Project;
    use crate::project::load::{LoadOptions, load};
    use crate::source::memory::MemoryTree;

    const CONFIG: &str = "model_defaults: {dialect: duckdb}\nvariables: {who: [reader], other: 1}\n\
        after_all: ['@grants()', 'GRANT SELECT ON a TO @who', \"{% raw %}{{ rights() }}{% endraw %}\"]\n";
    const CODE: &str = "from sqlmesh import macro\n\nRIGHT = 'SELECT'\n\n@macro()\ndef grants(evaluator):\n    \
        return f'GRANT {RIGHT} ON a TO b'\n\n@macro()\ndef others(evaluator):\n    return 1\n";
    const TEMPLATES: &str = "{% macro rights() %}GRANT SELECT ON a TO b{% endmacro %}";

    fn project(config: &str, code: &str, templates: &str) -> Project {
        let files = [("config.yaml", config), ("macros/m.py", code), ("macros/t.sql", templates)];
        load(&MemoryTree::new("test", files), "", &LoadOptions::default())
    }

    /// Which statements stand for something else after an edit.
    fn changed(config: &str, code: &str, templates: &str) -> Vec<usize> {
        let (before, after) = (project(CONFIG, CODE, TEMPLATES), project(config, code, templates));
        assert_eq!(before.environment.len(), after.environment.len());
        let pairs = before.environment.iter().zip(&after.environment).enumerate();
        pairs.filter(|(_, (old, new))| old.meaning != new.meaning).map(|(at, _)| at).collect()
    }

    #[test]
    fn a_statement_changes_with_what_its_macros_stand_for() {
        assert_eq!(changed(CONFIG, CODE, TEMPLATES), [0usize; 0]);
        assert_eq!(changed(CONFIG, &CODE.replace("'SELECT'", "'ALL'"), TEMPLATES), [0, 2]);
        assert_eq!(changed(&CONFIG.replace("[reader]", "[writer]"), CODE, TEMPLATES), [1, 2]);
        assert_eq!(changed(CONFIG, CODE, &TEMPLATES.replace("SELECT", "ALL")), [2]);
        // Code that no statement calls, and a template may call.
        assert_eq!(changed(CONFIG, &CODE.replace("return 1", "return 2"), TEMPLATES), [2]);
    }

    #[test]
    fn a_statement_that_only_code_tells_changes_with_the_code() {
        let with = |rights: &str| {
            let config = format!(
                "from sqlmesh.core.config import Config, ModelDefaultsConfig\n\nRIGHTS = {rights}\n\
                config = Config(model_defaults=ModelDefaultsConfig(dialect='duckdb'), \
                after_all=[grant(right) for right in RIGHTS])\n"
            );
            load(&MemoryTree::new("test", [("config.py", config.as_str())]), "", &LoadOptions::default()).environment
        };
        assert_eq!(with("['SELECT']").len(), 1);
        assert_eq!(with("['SELECT']"), with("['SELECT']"));
        assert_ne!(with("['SELECT']"), with("['ALL']"));
    }

    #[test]
    fn joined_projects_share_their_statements() {
        let joined = project(CONFIG, CODE, TEMPLATES).join(project("after_all: [GRANT b TO c]\n", CODE, TEMPLATES));
        assert_eq!(joined.environment.len(), 4);
    }
}
