//! A project's configuration, from `config.yaml`, `config.yml` or (read statically) `config.py`.
//!
//! In: the tree, the project's root, what the command line said, the environment as a map. Out: a [`Config`] with
//! every field filled as far as it can be known, and diagnostics for the rest. Values are never put into messages:
//! they may be secrets.

mod connection;
mod interpret;
mod python;
mod read;
mod settings;
pub(crate) mod yaml;

pub use read::{FILE_NAMES, config_files, load};

use std::collections::BTreeMap;

use serde_json::Value;

use crate::dialect::Dialect;

/// The part of SQLMesh's configuration that decides how models are read and categorized.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    /// The file it was read from, from the repository's root. `None`: no configuration is tracked.
    pub path: Option<String>,
    /// `project`
    pub project: String,
    /// `model_defaults.dialect`, or the one given on the command line.
    pub dialect: Dialect,
    /// `model_defaults`, without `dialect`, as configured, overlaid with the gateway's own.
    pub model_defaults: BTreeMap<String, Value>,
    /// The line in the configuration at which each of `model_defaults` stands.
    pub model_default_lines: BTreeMap<String, u32>,
    /// The name of the gateway in use, lower case.
    pub gateway: Option<String>,
    /// The catalog that the gateway's connection implies for names without one; `None` where it can't be known.
    pub default_catalog: Option<String>,
    /// The same for every gateway, by lower-case name: models may choose another gateway than the project's.
    pub gateway_catalogs: BTreeMap<String, Option<String>>,
    /// `variables`, overlaid with the gateway's own; lower-case names.
    pub variables: BTreeMap<String, Value>,
    /// The same for every other gateway, by lower-case name; under the empty name for one that isn't configured.
    pub gateway_variables: BTreeMap<String, BTreeMap<String, Value>>,
    /// `model_naming.infer_names`
    pub infer_names: bool,
    /// `ignore_patterns`; SQLMesh's own where none are configured.
    pub ignore_patterns: Vec<String>,
    /// `plan.auto_categorize_changes`
    pub auto_categorize: AutoCategorize,
    /// `cicd_bot.auto_categorize_changes`; without it the bot does as a plan does.
    pub bot_auto_categorize: Option<AutoCategorize>,
    /// `plan.forward_only`
    pub forward_only: bool,
    /// `physical_schema_mapping`: regular expressions for schemas, and the physical schemas in their place.
    pub physical_schemas: Vec<(String, String)>,
    /// `time_column_format`, where it isn't SQLMesh's own.
    pub time_column_format: Option<String>,
    /// `before_all` and `after_all`, statement by statement.
    pub statements: Vec<ConfiguredStatement>,
    /// `virtual_environment_mode`, lower case; empty for the default.
    pub virtual_mode: String,
}

/// A statement of `before_all` or `after_all`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfiguredStatement {
    /// The setting that it stands in.
    pub setting: &'static str,
    /// `None` if only running code would tell it.
    pub text: Option<String>,
    /// In the configuration's file; 0 where that isn't known.
    pub line: u32,
}

impl Config {
    /// Is the configuration made by code?
    pub fn is_python(&self) -> bool {
        self.path.as_deref().is_some_and(|path| path.ends_with(".py"))
    }

    /// The variables of models that run on this gateway (`None`: the one in use).
    pub fn variables_on(&self, gateway: Option<&str>) -> &BTreeMap<String, Value> {
        match gateway {
            Some(gateway) if Some(gateway) != self.gateway.as_deref() => {
                let found = self.gateway_variables.get(gateway).or_else(|| self.gateway_variables.get(""));
                found.unwrap_or(&self.variables)
            }
            _ => &self.variables,
        }
    }
}

/// `CategorizerConfig`: how far SQLMesh decides by itself, per type of model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AutoCategorize {
    pub external: CategorizerMode,
    pub python: CategorizerMode,
    pub sql: CategorizerMode,
    pub seed: CategorizerMode,
}

/// `AutoCategorizationMode`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CategorizerMode {
    /// What can't be decided is breaking.
    Full,
    /// What can't be decided is asked.
    Semi,
    /// Everything is asked.
    Off,
}

impl Default for AutoCategorize {
    /// The defaults of SQLMesh 0.236.4's `CategorizerConfig`.
    fn default() -> Self {
        AutoCategorize {
            external: CategorizerMode::Full,
            python: CategorizerMode::Full,
            sql: CategorizerMode::Full,
            seed: CategorizerMode::Full,
        }
    }
}
