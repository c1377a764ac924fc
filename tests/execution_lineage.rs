//! Checks by execution in DuckDB that a column depends on nothing but what its lineage says.
//!
//! Needs a python with `duckdb`: the one that `IMPACT_PYTHON_DUCKDB` names, or `python3`. Without it the test says so
//! and passes. More queries: `python tests/execution/lineage.py --impact target/debug/impact --queries 20000 --seed 7`.

use std::process::Command;

#[test]
fn what_isn_t_told_never_matters() {
    let python = std::env::var("IMPACT_PYTHON_DUCKDB").unwrap_or_else(|_| "python3".to_owned());
    let has_duckdb = Command::new(&python).args(["-c", "import duckdb"]).output();
    if !has_duckdb.is_ok_and(|done| done.status.success()) {
        eprintln!(
            "\n!!! SKIPPED: {python} has no duckdb; no lineage was executed. IMPACT_PYTHON_DUCKDB names one that has.\n"
        );
        return;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/execution/lineage.py");
    let queries = std::env::var("IMPACT_QUERIES").unwrap_or_else(|_| "400".to_owned());
    let checked = Command::new(&python)
        .args([script, "--impact", env!("CARGO_BIN_EXE_impact"), "--queries", &queries, "--seed", "1"])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("the script runs");
    let said = String::from_utf8_lossy(&checked.stdout);
    println!("{said}");
    assert!(checked.status.success(), "{said}{}", String::from_utf8_lossy(&checked.stderr));
    let count = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u32>().ok());
    assert!(count("independences beside a change:") > Some(50), "too little was tried to show anything: {said}");
}
