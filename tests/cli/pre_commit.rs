//! The hook of `.pre-commit-hooks.yaml` in a commit: first as a plain hook of git, then by pre-commit itself.

use std::path::Path;
use std::process::{Command, Output};

use super::sandbox::git_command;
use super::{ORDERS, Sandbox, shop};

const HOOKS: &str = include_str!("../../.pre-commit-hooks.yaml");

/// The value of a key of the hook.
fn of_hook(key: &str) -> &'static str {
    let lines = HOOKS.lines().map(|line| line.trim_start_matches(['-', ' ']));
    let value = lines.filter_map(|line| line.strip_prefix(key)?.strip_prefix(": ")).next();
    value.unwrap_or_else(|| panic!("the hook has no {key}"))
}

/// The command line that pre-commit makes of `entry` and `args`.
fn command_line() -> String {
    let arguments: String = of_hook("args").trim_matches(['[', ']']).replace(',', " ");
    format!("{} {arguments}", of_hook("entry"))
}

/// `git` with the built program, and with what else is on the path.
fn git(sandbox: &Sandbox, arguments: &[&str]) -> Output {
    let binaries = Path::new(env!("CARGO_BIN_EXE_impact")).parent().unwrap();
    let mut path = binaries.as_os_str().to_owned();
    if let Some(rest) = std::env::var_os("PATH") {
        path.push(":");
        path.push(rest);
    }
    let mut command = git_command(&sandbox.root);
    command.args(arguments).env("PATH", path).env("PRE_COMMIT_HOME", sandbox.root.join("../pre-commit"));
    command.output().unwrap()
}

fn commit(sandbox: &Sandbox, files: &[&str]) -> (bool, String) {
    let mut arguments = vec!["commit", "-m", "change"];
    arguments.extend(files);
    let output = git(sandbox, &arguments);
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
    )
}

/// A commit that breaks nothing goes through, one after which a query fails doesn't, in whatever way it is made.
fn stops_what_fails(sandbox: &Sandbox) {
    sandbox.write("models/orders.sql", ORDERS.replace("/ 100", "/ 1000"));
    sandbox.git(&["add", "-A"]);
    let (passed, said) = commit(sandbox, &[]);
    assert!(passed, "{said}");

    sandbox.write("models/orders.sql", ORDERS.replace("AS amount", "AS price"));
    let (passed, said) = commit(sandbox, &["models/orders.sql"]);
    assert!(!passed && said.contains("shop.orders no longer has the column amount"), "{said}");
    sandbox.git(&["reset", "-q", "--hard"]);

    sandbox.git(&["rm", "-q", "models/orders.sql"]);
    let (passed, said) = commit(sandbox, &[]);
    assert!(!passed && said.contains("shop.orders was removed and is still read here"), "{said}");
}

#[test]
fn git_stops_the_commit() {
    let sandbox = shop();
    sandbox.write(".git/hooks/pre-commit", format!("#!/bin/sh\nexec {}\n", command_line()));
    let hook = sandbox.root.join(".git/hooks/pre-commit");
    let made = Command::new("chmod").arg("+x").arg(hook).status().unwrap();
    assert!(made.success());
    stops_what_fails(&sandbox);
}

#[test]
fn pre_commit_stops_the_commit() {
    if Command::new("pre-commit").arg("--version").output().is_err() {
        eprintln!("\n!!! SKIPPED: pre-commit isn't installed, the hook was not tried with it.\n");
        return;
    }
    let sandbox = shop();
    let hook = HOOKS.replace("language: rust", "language: system");
    let indented: String = hook.lines().map(|line| format!("      {line}\n")).collect();
    sandbox.write(".pre-commit-config.yaml", format!("repos:\n  - repo: local\n    hooks:\n{indented}"));
    sandbox.commit_all();
    assert!(git(&sandbox, &["config", "core.hooksPath"]).stdout.is_empty());
    let installed = Command::new("pre-commit").arg("install").current_dir(&sandbox.root).output().unwrap();
    assert!(installed.status.success(), "{installed:?}");
    stops_what_fails(&sandbox);
}
