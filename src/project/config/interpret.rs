//! From a configuration's tree of settings to a [`Config`]: names, defaults and overlays as in SQLMesh 0.236.4.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::connection::{self, Catalog};
use super::{AutoCategorize, CategorizerMode, Config, ConfiguredStatement};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::project::codes;
use crate::project::files;
use crate::project::literal::{Literal, Value};
use crate::project::load::LoadOptions;

/// SQLMesh's `c.IGNORE_PATTERNS`.
const DEFAULT_IGNORE_PATTERNS: [&str; 1] = [".ipynb_checkpoints/*"];

/// Interprets `settings`, read from `path`.
pub fn config(settings: &Literal, path: &Arc<str>, options: &LoadOptions, diagnostics: &mut Vec<Diagnostic>) -> Config {
    let mut reader = Reader { path, diagnostics };
    let gateways = gateways(settings);
    let (gateway_name, gateway) = reader.choose_gateway(settings, &gateways, options);
    let defaults = reader.model_defaults(settings, gateway);
    let mut config = Config {
        project: reader.text(settings, "project").unwrap_or_default(),
        dialect: reader.dialect(&defaults, options),
        variables: reader.variables(settings, gateway),
        gateway_variables: reader.gateway_variables(settings, &gateways),
        infer_names: reader.infer_names(settings),
        ignore_patterns: reader.ignore_patterns(settings),
        auto_categorize: reader.auto_categorize(settings.given("plan"), "plan").unwrap_or_default(),
        bot_auto_categorize: reader.auto_categorize(settings.given("cicd_bot"), "cicd_bot"),
        forward_only: reader.forward_only(settings),
        physical_schemas: physical_schemas(settings),
        time_column_format: reader.text(settings, "time_column_format").filter(|format| format != TIME_COLUMN_FORMAT),
        statements: statements(settings),
        virtual_mode: reader.text(settings, "virtual_environment_mode").unwrap_or_default().to_lowercase(),
        gateway: gateway_name,
        ..Config::default()
    };
    config.gateway_catalogs = catalogs(settings, &gateways);
    config.default_catalog = reader.default_catalog(settings, gateway);
    for (name, value) in &defaults {
        if name != "dialect" && value.value != Value::Null && !value.has_unknown() {
            config.model_defaults.insert(name.clone(), value.to_json());
            config.model_default_lines.insert(name.clone(), value.line);
        }
    }
    config
}

/// Gateways by lower-case name, in order. One gateway without a name has the empty one.
fn gateways(settings: &Literal) -> Vec<(String, &Literal)> {
    let Some(configured) = settings.given("gateways").or_else(|| settings.given("gateway")) else {
        return Vec::new();
    };
    const FIELDS: [&str; 7] = [
        "connection",
        "state_connection",
        "test_connection",
        "scheduler",
        "state_schema",
        "variables",
        "model_defaults",
    ];
    let is_one = matches!(configured.value, Value::Object(_))
        || configured.entries().iter().all(|(name, _)| FIELDS.contains(&name.as_str()));
    if is_one {
        return vec![(String::new(), configured)];
    }
    configured.entries().iter().map(|(name, gateway)| (name.to_lowercase(), gateway)).collect()
}

fn connection_of<'s>(settings: &'s Literal, gateway: Option<&'s Literal>) -> Option<&'s Literal> {
    gateway.and_then(|gateway| gateway.given("connection")).or_else(|| settings.given("default_connection"))
}

/// The default catalog of every gateway. Where some gateways have catalogs, ClickHouse gets one made of its name.
fn catalogs(settings: &Literal, gateways: &[(String, &Literal)]) -> BTreeMap<String, Option<String>> {
    let found: Vec<(&String, Catalog, Option<&Literal>)> = gateways
        .iter()
        .map(|(name, gateway)| {
            let connection = connection_of(settings, Some(gateway));
            let catalog = connection.map_or(Catalog::Unknown, connection::catalog);
            (name, catalog, connection)
        })
        .collect();
    let some_support = found.iter().any(|(_, catalog, _)| *catalog != Catalog::Unsupported);
    found
        .iter()
        .map(|(name, catalog, connection)| {
            let is_clickhouse = connection.is_some_and(connection::is_clickhouse);
            let named = match catalog {
                Catalog::Unsupported if some_support && is_clickhouse => {
                    let configured = connection.and_then(|connection| connection.given("virtual_catalog"));
                    Some(configured.and_then(Literal::text).map_or_else(|| format!("__{name}__"), str::to_owned))
                }
                other => other.name(),
            };
            ((*name).clone(), named)
        })
        .collect()
}

/// The format of time columns where none is configured.
const TIME_COLUMN_FORMAT: &str = "%Y-%m-%d";

/// Settings that hold statements around all models.
const STATEMENTS: [&str; 2] = ["before_all", "after_all"];

/// A text, or a list of texts.
fn statements(settings: &Literal) -> Vec<ConfiguredStatement> {
    let mut found = Vec::new();
    for setting in STATEMENTS {
        let Some(configured) = settings.given(setting) else { continue };
        let list = if matches!(configured.value, Value::List(_)) {
            configured.elements()
        } else {
            std::slice::from_ref(configured)
        };
        let read = |statement: &Literal| {
            let text = statement.text().map(str::to_owned);
            ConfiguredStatement { setting, text, line: statement.line }
        };
        found.extend(list.iter().map(read));
    }
    found
}

fn physical_schemas(settings: &Literal) -> Vec<(String, String)> {
    let entries = |name: &str| settings.given(name).map(Literal::entries).unwrap_or_default();
    // The older name, whose keys are schemas.
    let whole = entries("physical_schema_override").iter().map(|(schema, to)| (format!("^{schema}$"), to));
    let mapped = entries("physical_schema_mapping").iter().map(|(pattern, to)| (pattern.clone(), to));
    whole.chain(mapped).filter_map(|(pattern, to)| Some((pattern, to.text()?.to_owned()))).collect()
}

struct Reader<'a> {
    path: &'a Arc<str>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Reports a setting whose value would have been needed.
    fn not_static(&mut self, setting: &str, line: u32) {
        let location = files::line_location(self.path, line);
        self.diagnostics.push(
            Diagnostic::warning(
                codes::CONFIG_NOT_STATIC,
                location,
                format!("the value of `{setting}` is only known when code runs; it is taken as not set"),
            )
            .with_help("write it as a literal, or as an environment variable with a default"),
        );
    }

    fn text(&mut self, settings: &Literal, name: &str) -> Option<String> {
        let literal = settings.given(name)?;
        let text = literal.text();
        if text.is_none() {
            self.not_static(name, literal.line);
        }
        text.map(str::to_owned)
    }

    /// The gateway in use: the one asked for, else `default_gateway`, else the first.
    fn choose_gateway<'s>(
        &mut self,
        settings: &Literal,
        gateways: &[(String, &'s Literal)],
        options: &LoadOptions,
    ) -> (Option<String>, Option<&'s Literal>) {
        let asked = options.gateway.clone();
        let wanted = asked.or_else(|| self.text(settings, "default_gateway").filter(|name| !name.is_empty()));
        let Some(wanted) = wanted.map(|name| name.to_lowercase()) else {
            let unnamed = gateways.iter().find(|(name, _)| name.is_empty());
            let chosen = unnamed.or_else(|| gateways.first());
            return (
                chosen.map(|(name, _)| name.clone()).filter(|name| !name.is_empty()),
                chosen.map(|(_, gateway)| *gateway),
            );
        };
        let found = gateways.iter().find(|(name, _)| *name == wanted).map(|(_, gateway)| *gateway);
        if found.is_none() {
            let location = files::line_location(self.path, settings.get("default_gateway").map_or(0, |l| l.line));
            self.diagnostics.push(Diagnostic::warning(
                codes::CONFIG_UNREADABLE,
                location,
                "the gateway to use is not among the configured gateways",
            ));
        }
        (Some(wanted), found)
    }

    /// `model_defaults`, overlaid with those of the gateway.
    fn model_defaults(&mut self, settings: &Literal, gateway: Option<&Literal>) -> BTreeMap<String, Literal> {
        let mut merged = BTreeMap::new();
        let own = gateway.and_then(|gateway| gateway.given("model_defaults"));
        for defaults in [settings.given("model_defaults"), own].into_iter().flatten() {
            if defaults.value == Value::Unknown {
                self.not_static("model_defaults", defaults.line);
            }
            for (name, value) in defaults.entries() {
                if value.has_unknown() {
                    self.not_static(&format!("model_defaults.{name}"), value.line);
                }
                merged.insert(name.clone(), value.clone());
            }
        }
        merged
    }

    fn dialect(&mut self, defaults: &BTreeMap<String, Literal>, options: &LoadOptions) -> Dialect {
        if let Some(dialect) = options.dialect {
            return dialect;
        }
        let Some(literal) = defaults.get("dialect") else {
            let location = files::line_location(self.path, 0);
            self.diagnostics.push(
                Diagnostic::warning(
                    codes::DIALECT_UNKNOWN,
                    location,
                    "no `model_defaults.dialect` could be read; the generic dialect is used",
                )
                .with_help("name the dialect with --dialect"),
            );
            return Dialect::default();
        };
        let parsed = literal.text().and_then(Dialect::parse);
        if parsed.is_none() && !literal.has_unknown() {
            self.diagnostics.push(Diagnostic::warning(
                codes::DIALECT_UNKNOWN,
                files::line_location(self.path, literal.line),
                "`model_defaults.dialect` is not a known dialect; the generic dialect is used",
            ));
        }
        parsed.unwrap_or_default()
    }

    /// Root variables, overlaid with the gateway's own.
    fn variables(&mut self, settings: &Literal, gateway: Option<&Literal>) -> BTreeMap<String, serde_json::Value> {
        let mut merged = BTreeMap::new();
        let own = gateway.and_then(|gateway| gateway.given("variables"));
        for variables in [settings.given("variables"), own].into_iter().flatten() {
            if variables.value == Value::Unknown {
                self.not_static("variables", variables.line);
            }
            for (name, value) in variables.entries() {
                let name = name.to_lowercase();
                if value.has_unknown() {
                    self.not_static(&format!("variables.{name}"), value.line);
                    merged.remove(&name);
                } else {
                    merged.insert(name, value.to_json());
                }
            }
        }
        merged
    }

    /// The variables that models get on each gateway; those of the root alone on one that isn't configured.
    fn gateway_variables(
        &mut self,
        settings: &Literal,
        gateways: &[(String, &Literal)],
    ) -> BTreeMap<String, BTreeMap<String, serde_json::Value>> {
        // What can't be evaluated is reported once, of the gateway in use.
        let reported = self.diagnostics.len();
        let unknown = (String::new(), None);
        let all = gateways.iter().map(|(name, gateway)| (name.clone(), Some(*gateway))).chain([unknown]);
        let found = all.map(|(name, gateway)| (name, self.variables(settings, gateway))).collect();
        self.diagnostics.truncate(reported);
        found
    }

    fn infer_names(&mut self, settings: &Literal) -> bool {
        let Some(literal) = settings.given("model_naming").and_then(|naming| naming.given("infer_names")) else {
            return false;
        };
        literal.boolean().unwrap_or_else(|| {
            self.not_static("model_naming.infer_names", literal.line);
            false
        })
    }

    fn ignore_patterns(&mut self, settings: &Literal) -> Vec<String> {
        let Some(configured) = settings.given("ignore_patterns") else {
            return DEFAULT_IGNORE_PATTERNS.map(str::to_owned).to_vec();
        };
        if configured.has_unknown() {
            self.not_static("ignore_patterns", configured.line);
        }
        let texts = configured.elements().iter().filter_map(Literal::text);
        texts.map(str::to_owned).collect()
    }

    /// `auto_categorize_changes` in a section, if it is there.
    fn auto_categorize(&mut self, section: Option<&Literal>, name: &str) -> Option<AutoCategorize> {
        let configured = section?.given("auto_categorize_changes")?;
        let mut modes = AutoCategorize::default();
        let setting = format!("{name}.auto_categorize_changes");
        if configured.value == Value::Unknown {
            self.not_static(&setting, configured.line);
        }
        let targets = [
            ("external", &mut modes.external),
            ("python", &mut modes.python),
            ("sql", &mut modes.sql),
            ("seed", &mut modes.seed),
        ];
        for (name, mode) in targets {
            let Some(literal) = configured.given(name) else {
                continue;
            };
            match literal.text().and_then(parse_mode) {
                Some(parsed) => *mode = parsed,
                None => self.not_static(&format!("{setting}.{name}"), literal.line),
            }
        }
        Some(modes)
    }

    fn forward_only(&mut self, settings: &Literal) -> bool {
        let Some(literal) = settings.given("plan").and_then(|plan| plan.given("forward_only")) else { return false };
        literal.boolean().unwrap_or_else(|| {
            self.not_static("plan.forward_only", literal.line);
            false
        })
    }

    fn default_catalog(&mut self, settings: &Literal, gateway: Option<&Literal>) -> Option<String> {
        let connection = connection_of(settings, gateway)?;
        let catalog = connection::catalog(connection);
        if catalog == Catalog::Unknown {
            let location = files::line_location(self.path, connection.line);
            self.diagnostics.push(
                Diagnostic::new(
                    codes::CONFIG_NOT_STATIC,
                    crate::diagnostic::Severity::Info,
                    location,
                    "the connection doesn't say which catalog is the default one; `catalog.schema.table` and \
                     `schema.table` are taken as different tables",
                )
                .with_help("name the catalog (or database, or project) in the connection"),
            );
        }
        catalog.name()
    }
}

fn parse_mode(text: &str) -> Option<CategorizerMode> {
    match text.to_ascii_lowercase().as_str() {
        "full" => Some(CategorizerMode::Full),
        "semi" => Some(CategorizerMode::Semi),
        "off" => Some(CategorizerMode::Off),
        _ => None,
    }
}
