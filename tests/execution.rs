//! Checks by execution in DuckDB that what is called the same is the same: of pairs of queries, and of edited projects.
//!
//! Needs a python with `duckdb`: the one that `IMPACT_PYTHON_DUCKDB` names, or `python3`. Without it the tests say so
//! and pass. More claims, and what longer runs found: `tests/execution/README.md`.

use std::process::Command;

/// Runs a script with so many claims; gives what it printed, or nothing without DuckDB.
fn checked(script: &str, claims: &str) -> Option<String> {
    let python = std::env::var("IMPACT_PYTHON_DUCKDB").unwrap_or_else(|_| "python3".to_owned());
    let has_duckdb = Command::new(&python).args(["-c", "import duckdb"]).output();
    if !has_duckdb.is_ok_and(|done| done.status.success()) {
        eprintln!("SKIPPED: {python} has no duckdb; IMPACT_PYTHON_DUCKDB names a python that does");
        return None;
    }
    let path = format!("{}/tests/execution/{script}", env!("CARGO_MANIFEST_DIR"));
    let claims = std::env::var("IMPACT_CLAIMS").unwrap_or_else(|_| claims.to_owned());
    let done = Command::new(&python)
        .args([&path, "--impact", env!("CARGO_BIN_EXE_impact"), "--claims", &claims, "--seed", "1"])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("the script runs");
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    println!("{said}");
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    Some(said)
}

#[test]
fn what_is_called_the_same_gives_the_same_rows() {
    checked("check.py", "2000");
}

#[test]
fn what_is_said_of_an_edited_project_holds() {
    let Some(said) = checked("projects.py", "2000") else { return };
    let sharpness = said.lines().find(|line| line.trim_start().starts_with("impact: ")).expect("the sharpness");
    assert!(!sharpness.contains(": 0 of"), "nothing that was called changed did change: {said}");
    assert!(sharpness.ends_with("missed 0"), "a column changed that wasn't called so: {said}");
}
