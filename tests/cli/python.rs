//! `--python`: what runs and what doesn't, and what is made of a worker that fails.
//!
//! Most interpreters here are shell scripts that answer as the worker would. The real SQLMesh is asked where the
//! variable `IMPACT_PYTHON_SQLMESH` or `IMPACT_PYTHON_DUCKDB` names a Python that has it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::{Run, Sandbox, command, diagnostics, finish, shop};

const MACRO: &str = "from sqlmesh import macro\n\n@macro()\ndef sums(evaluator, *names):\n    \
                     return [f'SUM({n}) AS {n.name}_sum' for n in names]\n";
const SUMS: &str =
    "MODEL (name shop.sums, kind FULL);\n\nSELECT status, @sums(cents) FROM raw.orders GROUP BY status\n";
const TOTALS: &str = "MODEL (name shop.totals, kind FULL);\n\nSELECT * FROM shop.sums\n";
const VERSION: &str = "if [ \"$2\" = --version ]; then echo '{\"sqlmesh\": \"0\"}'; exit 0; fi\n";
const ANSWER: &str = "SELECT status, SUM(cents) AS cents_sum FROM raw.orders GROUP BY status";

/// The shop with a macro that only running it would expand.
fn summing_shop() -> Sandbox {
    let sandbox = shop();
    sandbox.write("macros/__init__.py", "");
    sandbox.write("macros/sums.py", MACRO);
    sandbox.write("models/sums.sql", SUMS);
    sandbox.commit("models/totals.sql", TOTALS);
    sandbox
}

/// An interpreter, and a folder for what runs leave behind.
struct Fake {
    folder: TempDir,
}

impl Fake {
    /// A shell script that says it has SQLMesh and then does this.
    fn new(body: &str) -> Fake {
        Fake::bare(&format!("{VERSION}{body}"))
    }

    fn bare(body: &str) -> Fake {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("temporary")).unwrap();
        let fake = Fake { folder };
        fs::write(fake.python(), format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(fake.python(), fs::Permissions::from_mode(0o755)).unwrap();
        fake
    }

    /// One that answers with this query for the model of the shop.
    fn answering(sql: &str) -> Fake {
        Fake::new(&answering(sql))
    }

    fn python(&self) -> PathBuf {
        self.folder.path().join("python")
    }

    fn temporary(&self) -> PathBuf {
        self.folder.path().join("temporary")
    }

    fn run(&self, sandbox: &Sandbox, arguments: &[&str]) -> Run {
        finish(self.command(sandbox, arguments))
    }

    fn command(&self, sandbox: &Sandbox, arguments: &[&str]) -> Command {
        let mut command = command(&sandbox.root, arguments);
        command.arg("--python").arg(self.python()).env("TMPDIR", self.temporary());
        command
    }

    /// `diff` as JSON, which must leave nothing in the temporary folder and nothing in the work tree.
    fn diff(&self, sandbox: &Sandbox, arguments: &[&str]) -> Value {
        let before = sandbox.git(&["status", "--porcelain"]);
        let mut all = vec!["diff", "--format", "json"];
        all.extend(arguments);
        let analysis = self.run(sandbox, &all).json();
        assert_eq!(fs::read_dir(self.temporary()).unwrap().count(), 0, "something stays behind");
        assert_eq!(sandbox.git(&["status", "--porcelain"]), before);
        analysis
    }
}

fn answering(sql: &str) -> String {
    format!("echo '{{\"name\": \"shop.sums\", \"sql\": \"{sql}\"}}'\necho '{{\"done\": true}}'")
}

/// The analysis with the macro edited, apart from what is said about it.
fn without_diagnostics(mut analysis: Value) -> Value {
    analysis.as_object_mut().unwrap().remove("diagnostics");
    analysis
}

fn edited(sandbox: &Sandbox) {
    sandbox.write("macros/sums.py", MACRO.replace("SUM", "MAX"));
}

fn effects(analysis: &Value, model: &str) -> Vec<String> {
    let found = analysis["models"].as_array().unwrap().iter().find(|found| found["name"] == model);
    let Some(found) = found else { return vec![] };
    let columns = found["columns"].as_array().unwrap().iter();
    let columns = columns.map(|column| format!("{} {}", column["name"], column["effect"]).replace('"', ""));
    std::iter::once(format!("rows {}", found["rows"]["effect"]).replace('"', "")).chain(columns).collect()
}

#[test]
fn without_the_flag_nothing_of_the_project_is_run() {
    let sandbox = summing_shop();
    let mark = sandbox.root.parent().unwrap().join("mark");
    let write = format!("open({:?}, 'w').write('run')\n", mark.display().to_string());
    sandbox.write("macros/sums.py", format!("{write}{MACRO}"));
    sandbox.write("models/python.py", format!("from sqlmesh import model\n{write}"));
    sandbox.write("config.py", format!("from sqlmesh.core.config import Config\n{write}config = Config()\n"));
    for arguments in [&["diff"][..], &["lineage"], &["render", "shop.sums"], &["diff", "--python", ""]] {
        let mut command = command(&sandbox.root, arguments);
        command.env("IMPACT_PYTHON_DUCKDB", "python3");
        assert_eq!(finish(command).status, 0, "{arguments:?}");
        assert!(!mark.exists(), "{arguments:?} ran code");
    }
}

#[test]
fn a_hint_says_what_the_flag_would_expand() {
    let help = |sandbox: &Sandbox| {
        let analysis = super::diff(sandbox, &[]);
        let all = analysis["diagnostics"].as_array().unwrap().clone();
        all.into_iter().filter(|one| one["code"] == "U306").map(|one| one["help"].to_string()).collect::<Vec<_>>()
    };
    let sandbox = summing_shop();
    assert!(help(&sandbox)[0].contains("`--python PATH`"));
    // No code of the project could expand this one.
    sandbox.write("models/sums.sql", SUMS.replace("@sums(cents)", "@STAR(raw.nowhere)"));
    assert!(help(&sandbox).iter().all(|help| !help.contains("--python")));
}

#[test]
fn an_expanded_query_is_analysed_like_any_other() {
    let sandbox = summing_shop();
    let fake = Fake::answering(ANSWER);
    let rendered = fake.run(&sandbox, &["render", "shop.sums"]);
    assert_eq!(rendered.out.trim(), ANSWER);
    let lineage = fake.run(&sandbox, &["lineage", "shop.totals", "--format", "json"]).json();
    let sources = &lineage["models"]["shop.totals"]["columns"]["cents_sum"]["sources"];
    assert_eq!(*sources, serde_json::json!([{"model": "shop.sums", "column": "cents_sum"}]));
}

#[test]
fn the_variable_allows_what_the_flag_allows_and_an_empty_flag_forbids_it() {
    let sandbox = summing_shop();
    let fake = Fake::answering(ANSWER);
    let rendered = |arguments: &[&str]| {
        let mut command = command(&sandbox.root, arguments);
        command.env("IMPACT_PYTHON", fake.python()).env("TMPDIR", fake.temporary());
        finish(command).out.trim().to_owned()
    };
    assert_eq!(rendered(&["render", "shop.sums"]), ANSWER);
    assert!(rendered(&["render", "shop.sums", "--python", ""]).contains("__impact_hole_0"));
}

#[test]
fn a_worker_that_fails_leaves_everything_as_it_was() {
    let sandbox = summing_shop();
    edited(&sandbox);
    let plain = without_diagnostics(super::diff(&sandbox, &[]));
    let done = "echo '{\"done\": true}'";
    for (what, fake, code) in [
        ("it hangs", Fake::new("sleep 600"), "U403"),
        ("its child hangs", Fake::new("sleep 600 & exit 0"), "U403"),
        ("garbage", Fake::new("echo hello; exit 0"), "U402"),
        ("bytes", Fake::new("printf '\\377\\376\\n'"), "U402"),
        ("exit 1", Fake::new("echo no >&2; exit 1"), "U402"),
        ("killed", Fake::new("kill -9 $$"), "U402"),
        ("without end", Fake::new("yes"), "U402"),
        ("half an answer", Fake::new("echo '{\"name\": \"shop.sums\", \"sql\": \"SELECT 1 AS a\"}'"), "U402"),
        ("another model", Fake::new(&format!("echo '{{\"name\": \"x\", \"sql\": \"SELECT 1\"}}'; {done}")), "U402"),
        ("SQLMesh fails", Fake::new("echo '{\"failed\": \"ConfigError: x\"}'"), "U402"),
        ("no SQLMesh", Fake::bare("echo '{\"sqlmesh\": null}'"), "U401"),
        ("no Python", Fake::bare("exit 127"), "U401"),
        ("no answer", Fake::new(done), "U404"),
        ("an error", Fake::new(&format!("echo '{{\"name\": \"shop.sums\", \"error\": \"E\"}}'; {done}")), "U404"),
        ("no SQL", Fake::answering("SELECT FROM"), "U404"),
        ("a false hole", Fake::answering("SELECT __impact_hole_0() AS a"), "U404"),
    ] {
        let analysis = fake.diff(&sandbox, &["--python-timeout", "2"]);
        let said = diagnostics(&analysis);
        assert!(said.iter().any(|one| one.starts_with(code)), "{what}: {code} isn't among {said:?}");
        assert_eq!(without_diagnostics(analysis), plain, "{what}");
    }
}

#[test]
fn an_interpreter_that_isn_t_there_is_said_once() {
    let sandbox = summing_shop();
    edited(&sandbox);
    let said = diagnostics(&super::diff(&sandbox, &["--python", "./nowhere/python"]));
    assert_eq!(said.iter().filter(|one| one.starts_with("U401")).count(), 1, "{said:?}");
}

/// Answers with one of two queries, or with an error, by what the macro of the revision says.
fn by_revision(old: &str, new: &str) -> Fake {
    Fake::new(&format!("if grep -q MAX macros/sums.py; then\n{new}\nelse\n{old}\nfi"))
}

#[test]
fn both_versions_are_expanded_or_neither() {
    let sandbox = summing_shop();
    edited(&sandbox);
    let plain = without_diagnostics(super::diff(&sandbox, &[]));
    let error = "echo '{\"name\": \"shop.sums\", \"error\": \"E\"}'\necho '{\"done\": true}'";
    let answer = answering(ANSWER);
    for (old, new) in [(answer.as_str(), error), (error, answer.as_str()), ("exit 1", &answer), (&answer, "sleep 600")]
    {
        let analysis = by_revision(old, new).diff(&sandbox, &["--python-timeout", "3"]);
        let said = diagnostics(&analysis);
        assert!(said.iter().any(|one| one.starts_with("U406")), "{said:?}");
        assert_eq!(without_diagnostics(analysis), plain, "{old} / {new}");
    }
}

#[test]
fn a_changed_macro_changes_the_columns_that_it_makes() {
    let sandbox = summing_shop();
    edited(&sandbox);
    let fake = by_revision(&answering(ANSWER), &answering(&ANSWER.replace("SUM", "MAX")));
    let analysis = fake.diff(&sandbox, &[]);
    for model in ["shop.sums", "shop.totals"] {
        assert_eq!(effects(&analysis, model), ["rows same", "status same", "cents_sum value"]);
    }
    // As many answers as before, and none of the code's edit reaches the data.
    let analysis = Fake::answering(ANSWER).diff(&sandbox, &[]);
    assert_eq!(effects(&analysis, "shop.sums"), ["rows same", "status same", "cents_sum same"]);
}

/// Two versions may be equal on the day on which SQLMesh expands them, and on no other.
#[test]
fn code_that_depends_on_the_run_is_never_called_the_same() {
    for line in [
        "if evaluator.runtime_stage == 'loading': return []",
        "if evaluator.locals['start_ds'] < '1980-01-01': return []",
        "if __import__('datetime').date.today().year < 1980: return []",
        "if open('/etc/hostname').read(): return []",
    ] {
        let sandbox = summing_shop();
        let body = MACRO.replace("    return", &format!("    {line}\n    return"));
        sandbox.commit("macros/sums.py", body.replace("SUM", "MIN"));
        sandbox.write("macros/sums.py", body);
        let analysis = Fake::answering(ANSWER).diff(&sandbox, &[]);
        assert_eq!(effects(&analysis, "shop.sums").first().map(String::as_str), Some("rows unknown"), "{line}");
        assert!(diagnostics(&analysis).iter().any(|one| one.starts_with("U405")), "{line}");
        // SQLMesh compares what it loads, whatever runs later.
        let planned = analysis["models"].as_array().unwrap().iter().find(|found| found["name"] == "shop.sums").unwrap();
        assert_eq!((&planned["change"], &planned["sqlmesh"]), (&"direct".into(), &"NON_BREAKING".into()), "{line}");
    }
}

#[test]
fn a_call_with_a_date_in_it_is_never_called_the_same() {
    let sandbox = summing_shop();
    let model = SUMS.replace("kind FULL", "kind INCREMENTAL_BY_TIME_RANGE (time_column status)");
    sandbox.commit("models/sums.sql", model.replace("cents", "cents, @start_ds"));
    sandbox.write("models/sums.sql", model.replace("cents", "cents, @end_ds"));
    let analysis = Fake::answering(ANSWER).diff(&sandbox, &[]);
    assert_ne!(effects(&analysis, "shop.sums"), ["rows same", "status same", "cents_sum same"]);
}

#[test]
fn answers_are_kept_until_something_changes() {
    let sandbox = summing_shop();
    let fake = Fake::new("");
    let runs = fake.folder.path().join("runs");
    let body = format!("#!/bin/sh\n{VERSION}echo run >> {}\n{}\n", runs.display(), answering(ANSWER));
    fs::write(fake.python(), body).unwrap();
    let cache = fake.folder.path().join("cache");
    let count = |extra: &[(&str, &Path)]| {
        let mut command = fake.command(&sandbox, &["render", "shop.sums"]);
        command.env("IMPACT_CACHE", &cache).envs(extra.iter().copied());
        assert_eq!(finish(command).out.trim(), ANSWER);
        fs::read_to_string(&runs).unwrap().lines().count()
    };
    assert_eq!([count(&[]), count(&[])], [1, 1]);
    // Damaged files count as missing.
    for file in fs::read_dir(&cache).unwrap().flatten() {
        fs::write(file.path(), "damaged").unwrap();
    }
    assert_eq!([count(&[]), count(&[])], [2, 2]);
    sandbox.write("macros/sums.py", MACRO.replace("return", "return  "));
    assert_eq!(count(&[]), 3);
    assert_eq!(count(&[("IMPACT_CACHE", Path::new(""))]), 4);
    // A variable that the project's files name is part of what an answer follows from.
    sandbox.write("macros/sums.py", format!("# SOME_VARIABLE\n{MACRO}"));
    assert_eq!(
        [count(&[]), count(&[("SOME_VARIABLE", Path::new("x"))]), count(&[("OTHER", Path::new("x"))])],
        [5, 6, 6]
    );
}

/// The Python that has SQLMesh, if a variable names one.
fn real() -> Option<PathBuf> {
    let named = ["IMPACT_PYTHON_SQLMESH", "IMPACT_PYTHON_DUCKDB"].into_iter().find_map(std::env::var_os)?;
    let has_sqlmesh = Command::new(&named).args(["-c", "import sqlmesh"]).output().ok()?.status.success();
    has_sqlmesh.then(|| named.into())
}

#[test]
fn sqlmesh_itself_expands_the_macros() {
    let Some(python) = real() else {
        eprintln!("SKIPPED: set IMPACT_PYTHON_SQLMESH to a Python that has SQLMesh");
        return;
    };
    let sandbox = summing_shop();
    let run = |arguments: &[&str]| {
        let mut command = command(&sandbox.root, arguments);
        command.arg("--python").arg(&python);
        finish(command)
    };
    assert_eq!(run(&["render", "shop.sums"]).out.trim(), ANSWER);
    edited(&sandbox);
    let analysis = run(&["diff", "--format", "json"]).json();
    assert_eq!(effects(&analysis, "shop.sums"), ["rows same", "status same", "cents_sum value"]);
    // The same query by other code.
    let other = MACRO.replace("return [", "made = [") + "    return made\n";
    sandbox.write("macros/sums.py", other);
    let analysis = run(&["diff", "--format", "json"]).json();
    assert_eq!(effects(&analysis, "shop.sums"), ["rows same", "status same", "cents_sum same"]);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "M macros/sums.py");
    // A project that SQLMesh refuses to load.
    sandbox.write("macros/sums.py", format!("{}\nraise ValueError('no')\n", MACRO.replace("SUM", "MAX")));
    let analysis = run(&["diff", "--format", "json"]).json();
    assert!(diagnostics(&analysis).iter().any(|one| one.starts_with("U407")), "{analysis}");
    assert_eq!(effects(&analysis, "shop.sums").first().map(String::as_str), Some("rows unknown"));
    // The temporary folder is another one in each run, and stays out of what is said.
    assert!(!analysis.to_string().contains(&std::env::temp_dir().join("impact-").display().to_string()), "{analysis}");
}

#[test]
fn a_file_that_can_t_be_loaded_costs_only_what_uses_it() {
    let Some(python) = real() else {
        eprintln!("SKIPPED: set IMPACT_PYTHON_SQLMESH to a Python that has SQLMesh");
        return;
    };
    let sandbox = summing_shop();
    let uses = "from sqlmesh import macro\nimport no_such_package\n\n@macro()\ndef other(evaluator, x):\n    \
                return no_such_package.f(x)\n";
    sandbox.write("macros/other.py", uses);
    sandbox.write(
        "models/other.sql",
        "MODEL (name shop.other, kind FULL);\n\nSELECT @other(cents) AS x FROM raw.orders\n",
    );
    sandbox.write("models/after.sql", "MODEL (name shop.after, kind FULL);\n\nSELECT @sums(x) FROM shop.other\n");
    sandbox.commit("external_models.yaml", "- name: raw.orders\n  columns:\n    status: TEXT\n    cents: INT\n");
    let run = |arguments: &[&str]| {
        let mut command = command(&sandbox.root, arguments);
        command.arg("--python").arg(&python);
        finish(command)
    };
    assert_eq!(run(&["render", "shop.sums"]).out.trim(), ANSWER);
    let other = run(&["render", "shop.other"]);
    assert!(other.out.contains("__impact_hole"), "{}", other.out);
    assert!(run(&["render", "shop.after"]).out.contains("__impact_hole"));
    let analysis = run(&["lineage", "shop.sums"]);
    assert_eq!(analysis.status, 0);
    edited(&sandbox);
    let analysis = run(&["diff", "--format", "json"]).json();
    assert_eq!(effects(&analysis, "shop.sums"), ["rows same", "status same", "cents_sum value"]);
    let skipped: Vec<&Value> =
        analysis["diagnostics"].as_array().into_iter().flatten().filter(|one| one["code"] == "U407").collect();
    let places: Vec<_> = skipped.iter().map(|one| (one["path"].as_str(), one["line"].as_u64())).collect();
    assert!(places.contains(&(Some("macros/other.py"), Some(2))), "{places:?}");
}
