//! The program as a user runs it: the built binary on small git repositories.

mod bad_input;
mod commands;
mod exit_status;
mod hostile_names;
mod output;
mod plan;
#[cfg(unix)]
mod pre_commit;
mod ranges;
mod readme;
#[path = "../sandbox/mod.rs"]
mod sandbox;
mod schema;

use std::path::Path;
use std::process::Command;

use sandbox::Sandbox;
use serde_json::Value;

const CONFIG: &str = "gateways:\n  local:\n    connection:\n      type: duckdb\ndefault_gateway: local\n\
                      model_defaults:\n  dialect: duckdb\n";
const RAW: &str = "- name: raw.orders\n  columns:\n    id: INT\n    customer: TEXT\n    cents: INT\n    status: TEXT\n";
const ORDERS: &str = "MODEL (name shop.orders, kind FULL);\n\n\
                      SELECT\n  id,\n  customer,\n  cents / 100 AS amount,\n  status\nFROM raw.orders\n";
const REVENUE: &str = "MODEL (name shop.revenue, kind FULL);\n\n\
                       SELECT customer, SUM(amount) AS total\nFROM shop.orders\nGROUP BY customer\n";
const STATUSES: &str = "MODEL (name shop.statuses, kind VIEW);\n\nSELECT DISTINCT status FROM shop.orders\n";

/// A shop with three models and one commit.
fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    write_shop(&sandbox, "");
    sandbox.commit_all();
    sandbox
}

/// The shop's files below a folder (`""` or one that ends with `/`).
fn write_shop(sandbox: &Sandbox, folder: &str) {
    for (path, text) in [
        ("config.yaml", CONFIG),
        ("external_models.yaml", RAW),
        ("models/orders.sql", ORDERS),
        ("models/revenue.sql", REVENUE),
        ("models/statuses.sql", STATUSES),
    ] {
        sandbox.write(&format!("{folder}{path}"), text);
    }
}

/// The shop whose amounts are now counted in another currency: breaks `revenue.total`, leaves `statuses` alone.
fn edited_shop() -> Sandbox {
    let sandbox = shop();
    sandbox.write("models/orders.sql", ORDERS.replace("/ 100", "/ 1000"));
    sandbox
}

/// What a run left behind.
#[derive(Debug)]
struct Run {
    status: i32,
    out: String,
    err: String,
}

impl Run {
    /// The JSON on standard output, of a run that could analyse.
    fn json(&self) -> Value {
        assert!(self.status < 2, "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The first line of a refusal, which must be one.
    fn refusal(&self) -> &str {
        assert_eq!((self.status, self.out.as_str()), (2, ""), "{self:?}");
        let first = self.err.lines().next().unwrap_or_default();
        first.strip_prefix("error: ").unwrap_or_else(|| panic!("no error: {self:?}"))
    }

    /// The line of a refusal that says what to do.
    fn help(&self) -> &str {
        self.err.lines().find_map(|line| line.strip_prefix("help: ")).unwrap_or_else(|| panic!("no help: {self:?}"))
    }
}

/// The program in a folder, with an environment that no test machine changes.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_impact"));
    command.current_dir(folder).args(arguments);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    command
}

fn finish(mut command: Command) -> Run {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    let run = Run { status: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) };
    assert!((0..=2).contains(&run.status), "neither an answer nor a refusal: {run:?}");
    assert!(!run.err.contains("panicked"), "{run:?}");
    run
}

fn impact_in(folder: &Path, arguments: &[&str]) -> Run {
    finish(command(folder, arguments))
}

fn impact(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    impact_in(&sandbox.root, arguments)
}

/// `impact diff --format json` with further arguments.
fn diff(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let mut all = vec!["diff", "--format", "json"];
    all.extend(arguments);
    impact(sandbox, &all).json()
}

/// The listed models with their verdicts.
fn verdicts(analysis: &Value) -> Vec<(&str, &str)> {
    let models = analysis["models"].as_array().unwrap().iter();
    models.map(|model| (model["name"].as_str().unwrap(), model["verdict"].as_str().unwrap())).collect()
}

/// `CODE path:line` of every diagnostic.
fn diagnostics(analysis: &Value) -> Vec<String> {
    let all = analysis["diagnostics"].as_array().unwrap().iter();
    all.map(|one| format!("{} {}:{}", one["code"].as_str().unwrap(), one["path"].as_str().unwrap(), one["line"]))
        .collect()
}
