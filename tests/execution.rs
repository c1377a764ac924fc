//! Checks by execution in DuckDB that what is called the same is the same.
//!
//! Needs a python with `duckdb`: the one that `IMPACT_PYTHON_DUCKDB` names, or `python3`. Without it the test says so
//! and passes. More claims: `python tests/execution/check.py --impact target/debug/impact --claims 20000 --seed 7`.

use std::process::Command;

#[test]
fn what_is_called_the_same_gives_the_same_rows() {
    let python = std::env::var("IMPACT_PYTHON_DUCKDB").unwrap_or_else(|_| "python3".to_owned());
    let has_duckdb = Command::new(&python).args(["-c", "import duckdb"]).output();
    if !has_duckdb.is_ok_and(|done| done.status.success()) {
        eprintln!("SKIPPED: {python} has no duckdb; IMPACT_PYTHON_DUCKDB names a python that does");
        return;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/execution/check.py");
    let claims = std::env::var("IMPACT_CLAIMS").unwrap_or_else(|_| "2000".to_owned());
    let checked = Command::new(&python)
        .args([script, "--impact", env!("CARGO_BIN_EXE_impact"), "--claims", &claims, "--seed", "1"])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("the script runs");
    println!("{}", String::from_utf8_lossy(&checked.stdout));
    let errors = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{}{errors}", String::from_utf8_lossy(&checked.stdout));
}
