//! What isn't right in the repository, the project or a file: a message with the place, and the rest is analysed.

use std::time::{Duration, Instant};

use super::{ORDERS, Sandbox, diagnostics, diff, impact, impact_in, shop, verdicts};
use serde_json::Value;

/// More than any of these should ever take, in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);

/// A shop with another file in the work tree, and an edit that must still be found.
fn analysed_with(path: &str, text: impl AsRef<[u8]>) -> Value {
    let sandbox = shop();
    sandbox.write("models/orders.sql", ORDERS.replace("/ 100", "/ 1000"));
    sandbox.write(path, text);
    let start = Instant::now();
    let analysis = diff(&sandbox, &[]);
    assert!(start.elapsed() < PATIENCE, "{path} took {:?}", start.elapsed());
    let found = verdicts(&analysis);
    assert!(found.contains(&("shop.revenue", "breaking")), "the rest of the project is lost: {found:?}");
    analysis
}

fn model(name: &str, query: &str) -> String {
    format!("MODEL (name shop.{name}, kind VIEW);\n\n{query}\n")
}

/// The one diagnostic with this code.
fn diagnostic<'a>(analysis: &'a Value, code: &str) -> &'a Value {
    let all = analysis["diagnostics"].as_array().unwrap();
    let found: Vec<&Value> = all.iter().filter(|one| one["code"] == code).collect();
    assert_eq!(found.len(), 1, "{code} in {all:?}");
    found[0]
}

#[test]
fn not_a_repository() {
    let folder = tempfile::TempDir::new().unwrap();
    let run = impact_in(folder.path(), &["diff"]);
    assert!(run.refusal().ends_with("is not in a git repository"), "{run:?}");
    assert!(run.help().contains("git init"), "{run:?}");
}

#[test]
fn no_project() {
    let sandbox = Sandbox::empty();
    sandbox.commit("README.md", "just words\n");
    let run = impact(&sandbox, &["diff"]);
    assert_eq!(run.refusal(), "there is no SQLMesh project here");
    assert!(run.help().contains("-p FOLDER"), "{run:?}");
    for path in ["nowhere", "README.md"] {
        assert_eq!(impact(&sandbox, &["diff", "-p", path]).status, 2);
    }
}

#[test]
fn unknown_revisions() {
    let sandbox = shop();
    for (typed, name) in [("nope", "nope"), ("HEAD~9", "HEAD~9"), ("main..nope", "nope"), ("nope...main", "nope")] {
        let run = impact(&sandbox, &["diff", typed]);
        assert_eq!(run.refusal(), format!("unknown revision `{name}`"));
        assert!(!run.help().is_empty());
    }
    assert_eq!(impact(&sandbox, &["lineage", "--rev", "nope"]).refusal(), "unknown revision `nope`");
}

#[test]
fn unknown_settings() {
    let run = impact(&shop(), &["diff", "--dialect", "klingon"]);
    assert_eq!(run.refusal(), "there is no dialect called 'klingon'");
    assert!(run.help().contains("duckdb"), "{run:?}");
}

#[test]
fn a_query_that_doesn_t_parse() {
    let analysis = analysed_with("models/bad.sql", model("bad", "SELECT id,\n  FROM (shop.orders"));
    let found = diagnostic(&analysis, "U302");
    assert_eq!((&found["path"], &found["severity"]), (&"models/bad.sql".into(), &"error".into()));
    assert!(found["line"].as_u64().unwrap() >= 3, "{found}");
}

#[test]
fn models_that_read_each_other() {
    let sandbox = shop();
    sandbox.write("models/a.sql", model("a", "SELECT x FROM shop.b"));
    sandbox.write("models/b.sql", model("b", "SELECT x FROM shop.a"));
    let analysis = diff(&sandbox, &[]);
    let found = diagnostic(&analysis, "U301");
    assert_eq!(found["message"], "these models read each other: shop.a → shop.b → shop.a");
    assert_eq!((&found["path"], &found["line"]), (&"models/a.sql".into(), &1.into()));
}

#[test]
fn two_models_of_one_name() {
    let analysis = analysed_with("models/zz.sql", model("statuses", "SELECT 1 AS status"));
    let found = diagnostic(&analysis, "U008");
    assert_eq!((&found["path"], &found["line"]), (&"models/zz.sql".into(), &1.into()));
    assert!(found["message"].as_str().unwrap().contains("models/statuses.sql:1"), "{found}");
}

#[test]
fn a_table_that_nobody_defines() {
    let analysis =
        analysed_with("models/new.sql", model("new", "SELECT o.id\nFROM shop.order AS o\nJOIN ext.rates USING (id)"));
    let all: Vec<&Value> = analysis["diagnostics"].as_array().unwrap().iter().collect();
    let short = |one: &Value| format!("{} {} {}:{}", one["severity"], one["message"], one["path"], one["line"]);
    let shown: Vec<String> = all.iter().map(|one| short(one).replace('"', "")).collect();
    assert_eq!(
        shown,
        [
            "warning no model, seed or external model is called shop.order models/new.sql:4",
            "info no model, seed or external model is called ext.rates models/new.sql:5",
        ]
    );
    assert_eq!(all[0]["help"], "did you mean shop.orders?");
}

#[test]
fn a_model_that_reads_itself_is_no_riddle() {
    let query = "SELECT id FROM shop.orders WHERE id NOT IN (SELECT id FROM shop.seen)";
    assert_eq!(diagnostics(&analysed_with("models/seen.sql", model("seen", query))), [] as [&str; 0]);
}

#[test]
fn files_that_are_no_models() {
    for (text, code) in [
        (&b"\n\n"[..], "U005"),
        (b"SELECT 1", "U005"),
        (b"MODEL (name shop.odd, kind VIEW", "U005"),
        (b"MODEL (kind VIEW);\nSELECT 1 AS one", "U006"),
        (b"MODEL (name shop.odd, kind VIEW);\n", "U007"),
        (b"MODEL (name shop.odd, kind VIEW);\nSELECT '\xff\xfe' AS bytes", "U004"),
        (b"\x00\x01\x02\x03", "U005"),
    ] {
        let analysis = analysed_with("models/odd.sql", text);
        let found = diagnostics(&analysis);
        let text = String::from_utf8_lossy(text);
        assert!(found.iter().any(|one| one.starts_with(&format!("{code} models/odd.sql:"))), "{text:?}: {found:?}");
    }
}

#[test]
fn an_empty_file_is_skipped_as_sqlmesh_skips_it() {
    assert_eq!(diagnostics(&analysed_with("models/odd.sql", "")), [] as [&str; 0]);
}

#[test]
fn a_configuration_that_is_none() {
    let sandbox = shop();
    sandbox.write("config.yaml", "model_defaults: {dialect: duckdb\ngateways: [[[\n");
    let analysis = diff(&sandbox, &[]);
    assert!(diagnostics(&analysis).iter().any(|one| one.starts_with("U001 config.yaml:")), "{analysis}");
}

#[test]
fn marks_and_line_ends_of_other_systems_change_nothing() {
    let sandbox = shop();
    sandbox.write("models/orders.sql", format!("\u{feff}{}", ORDERS.replace('\n', "\r\n")));
    let analysis = diff(&sandbox, &[]);
    assert!(verdicts(&analysis).iter().all(|(_, verdict)| *verdict == "metadata"), "{analysis}");
    sandbox.write("models/orders.sql", format!("\u{feff}{}", ORDERS.replace("/ 100", "/ 10").replace('\n', "\r\n")));
    let analysis = diff(&sandbox, &[]);
    let finding = &analysis["findings"][0];
    assert_eq!((&finding["column"], &finding["line"], &finding["col"]), (&"amount".into(), &6.into(), &3.into()));
}

#[test]
fn a_line_of_ten_megabytes() {
    let long = format!("SELECT '{}' AS text", "x".repeat(10 << 20));
    analysed_with("models/long.sql", model("long", &long));
    let comment = format!("SELECT 1 AS one -- {}", "y ".repeat(5 << 20));
    analysed_with("models/long.sql", model("long", &comment));
}

#[test]
fn a_query_of_many_columns() {
    let columns: Vec<String> = (0..5000).map(|n| format!("id + {n} AS c{n}")).collect();
    let wide = model("wide", &format!("SELECT {} FROM shop.orders", columns.join(",\n  ")));
    let sandbox = shop();
    sandbox.write("models/wide.sql", &wide);
    sandbox.write("models/reader.sql", model("reader", "SELECT w.*, x.c7 FROM shop.wide AS w, shop.wide AS x"));
    sandbox.commit_all();
    sandbox.write("models/wide.sql", wide.replace("id + 4321 ", "id - 4321 "));
    let start = Instant::now();
    let analysis = diff(&sandbox, &[]);
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    let wide = analysis["models"].as_array().unwrap().iter().find(|model| model["name"] == "shop.wide").unwrap();
    let changed: Vec<&Value> =
        wide["columns"].as_array().unwrap().iter().filter(|column| column["effect"] != "same").collect();
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0]["name"], "c4321");
}

#[test]
fn short_queries_that_stand_for_endless_ones() {
    let chain = |from: usize, step: &dyn Fn(usize) -> String| (from..60).map(step).collect::<String>();
    let stars = chain(1, &|n| format!(", c{n} AS (SELECT x.*, y.* FROM c{} AS x, c{} AS y)", n - 1, n - 1));
    let aliases = chain(1, &|n| format!(", a{} + a{} AS a{n}", n - 1, n - 1));
    let joins = " NATURAL JOIN shop.orders".repeat(1_200);
    for query in [
        format!("WITH c0 AS (SELECT 1 AS a){stars} SELECT * FROM c59"),
        format!("SELECT 1 AS a0{aliases} FROM shop.orders"),
        format!("SELECT * FROM shop.orders{joins}"),
    ] {
        let analysis = analysed_with("models/endless.sql", model("endless", &query));
        let found = diagnostic(&analysis, "U304");
        assert_eq!((&found["path"], &found["line"]), (&"models/endless.sql".into(), &3.into()));
    }
    let sandbox = shop();
    sandbox.write("models/m0.sql", model("m0", "SELECT 1 AS a, 2 AS b"));
    for n in 1..40 {
        let query = format!("SELECT x.*, y.* FROM shop.m{} AS x, shop.m{} AS y", n - 1, n - 1);
        sandbox.write(&format!("models/m{n}.sql"), model(&format!("m{n}"), &query));
    }
    let start = Instant::now();
    diff(&sandbox, &[]);
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}

#[test]
fn what_isn_t_understood_is_not_called_the_same() {
    let query = |one: &str| {
        let stars: String =
            (1..60).map(|n| format!(", c{n} AS (SELECT x.*, y.* FROM c{} AS x, c{} AS y)", n - 1, n - 1)).collect();
        model("endless", &format!("WITH c0 AS (SELECT {one} AS a){stars} SELECT * FROM c59"))
    };
    let sandbox = shop();
    sandbox.commit("models/endless.sql", query("1"));
    assert_eq!(verdicts(&diff(&sandbox, &[])), []);
    sandbox.write("models/endless.sql", query("2"));
    let analysis = diff(&sandbox, &[]);
    assert!(["unknown", "breaking"].contains(&analysis["verdict"].as_str().unwrap()), "{analysis}");
}

#[test]
fn nesting_deeper_than_any_query() {
    let deep = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(20_000), close.repeat(20_000));
    for query in [
        format!("SELECT {} AS one", deep("(", "1", ")")),
        format!("SELECT 1 AS one FROM {} AS t", deep("(SELECT 1 FROM ", "shop.orders", ") AS t")),
        format!("SELECT {} AS one", deep("CASE WHEN TRUE THEN ", "1", " END")),
        format!("SELECT {}1 AS one", "NOT ".repeat(20_000)),
        format!("SELECT {}1 AS one", "- ".repeat(20_000)),
        format!("SELECT 1{} AS one", " + 1".repeat(20_000)),
        format!("SELECT 1 AS one{}", " UNION ALL SELECT 1".repeat(5_000)),
        format!("SELECT {} AS one", deep("@IF(TRUE, ", "1", ")")),
        format!("SELECT {} AS one", "(".repeat(50_000)),
        format!("SELECT {} AS one", "[".repeat(50_000)),
    ] {
        analysed_with("models/deep.sql", model("deep", &query));
    }
}

/// One column is lost, at its place, with the reason and what to do.
#[test]
fn what_nests_too_deeply_is_told_where_it_stands() {
    let deep = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(10_000), close.repeat(10_000));
    for expression in [
        deep("(", "id", ")"),
        deep("CASE WHEN id > 1 THEN ", "1", " END"),
        deep("COALESCE(id, ", "1", ")"),
        deep("NOT ", "id", ""),
        deep("- ", "id", ""),
        deep("(SELECT ", "1", ")"),
        deep("", "id", " AND id = 1"),
    ] {
        let text = model("deep", &format!("SELECT id,\n  {expression} AS x\nFROM shop.orders"));
        let analysis = analysed_with("models/deep.sql", text);
        let all = analysis["diagnostics"].as_array().unwrap();
        let [found] = all.as_slice() else { panic!("{all:?}") };
        let message = found["message"].as_str().unwrap();
        assert!(
            message.contains("nested more than 300 levels deep") || message.contains("too many operators"),
            "{found}"
        );
        assert_eq!((&found["path"], &found["line"]), (&"models/deep.sql".into(), &4.into()), "{found}");
        assert!(found["help"].as_str().unwrap().contains("into CTEs"), "{found}");
    }
}

#[test]
fn tables_that_nobody_knows() {
    for (query, code, line) in
        [("SELECT *\nFROM ext.rates", "U307", 3), ("SELECT id,\n  r.rate FROM shop.orders AS o", "S101", 4)]
    {
        let analysis = analysed_with("models/new.sql", model("new", query));
        let text = analysis.to_string();
        let kinds = [&analysis["diagnostics"], &analysis["findings"]];
        let found = kinds
            .iter()
            .flat_map(|list| list.as_array().unwrap())
            .any(|one| one["code"] == code && one["path"] == "models/new.sql" && one["line"] == line);
        assert!(found, "{query}: {text}");
    }
}

#[test]
fn what_doesn_t_parse_costs_its_smallest_part() {
    let query = |amount: &str, odd: &str| {
        model("odd", &format!("SELECT id, {amount} AS amount,\n  coalesce(id {odd} 1, 2) AS x\nFROM shop.orders"))
    };
    let sandbox = shop();
    sandbox.commit("models/odd.sql", query("amount", "ODDLY STRANGE"));
    let effects = |text: String| -> Vec<String> {
        sandbox.write("models/odd.sql", text);
        let analysis = diff(&sandbox, &[]);
        let found = diagnostic(&analysis, "U304");
        assert_eq!((&found["path"], &found["line"], &found["col"]), (&"models/odd.sql".into(), &4.into(), &12.into()));
        let models = analysis["models"].as_array().unwrap();
        let columns = models.iter().flat_map(|model| model["columns"].as_array().unwrap());
        columns.map(|column| format!("{} {}", column["name"], column["effect"]).replace('"', "")).collect()
    };
    let before = query("amount", "ODDLY STRANGE");
    assert_eq!(effects(before.replace("\nFROM", " -- said\nFROM")), ["id same", "amount same", "x same"]);
    assert_eq!(effects(query("amount + 1", "ODDLY STRANGE"))[1], "amount value");
    assert_ne!(effects(query("amount", "ODDLY  EVEN"))[2], "x same");
}

#[test]
fn names_that_nothing_has() {
    for (query, code, line) in [
        ("SELECT o.id\nFROM shop.orders AS o\nJOIN shop.orders AS p ON id = 1", "S102", 5),
        ("SELECT id,\n  colour FROM shop.orders", "S101", 4),
        ("SELECT id,\n  o.colour FROM shop.orders AS o", "S101", 4),
    ] {
        let analysis = analysed_with("models/new.sql", model("new", query));
        let findings = analysis["findings"].as_array().unwrap();
        let found: Vec<String> = findings
            .iter()
            .filter(|one| one["model"] == "shop.new")
            .map(|one| format!("{} {}", one["code"].as_str().unwrap(), one["line"]))
            .collect();
        assert!(found.contains(&format!("{code} {line}")), "{query}: {found:?}");
    }
}

#[test]
fn five_hundred_ctes_and_five_megabytes() {
    let ctes: Vec<String> =
        (1..500).map(|n| format!("c{n} AS (SELECT id, amount + {n} AS amount FROM c{})", n - 1)).collect();
    let text = format!("WITH c0 AS (SELECT id, amount FROM shop.orders), {} SELECT * FROM c499", ctes.join(",\n"));
    assert_eq!(diagnostics(&analysed_with("models/chain.sql", model("chain", &text))), [] as [&str; 0]);
    let branch =
        |n: usize| format!("SELECT id, CASE WHEN amount > {n} THEN 'more' ELSE 'less' END AS size FROM shop.orders");
    let branches: Vec<String> = (0..1_500).map(branch).collect();
    let long = branches.join("\nUNION ALL\n").replace("size FROM", &format!("size /*{}*/ FROM", "x".repeat(3_600)));
    assert!(long.len() > 5 << 20);
    assert_eq!(diagnostics(&analysed_with("models/long.sql", model("long", &long))), [] as [&str; 0]);
}

#[test]
fn nesting_in_headers_yaml_and_python() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(20_000), close.repeat(20_000));
    analysed_with(
        "models/deep.sql",
        format!("MODEL (name shop.deep, kind VIEW, x {});\nSELECT 1 AS a", deep("(", ")")),
    );
    analysed_with("macros/deep.py", format!("x = {}\n", deep("[", "]")));
    analysed_with(
        "models/deep.py",
        format!("from sqlmesh import model\n@model({}, columns={{}})\ndef f(): ...\n", deep("(", ")")),
    );
    analysed_with("audits/deep.sql", format!("AUDIT (name deep);\nSELECT {}", deep("(", ")")));
    analysed_with("external_models/deep.yaml", deep("[", "]"));
    analysed_with(
        "models/deep.sql",
        format!(
            "MODEL (name shop.deep, kind VIEW);\nJINJA_QUERY_BEGIN;\nSELECT {{{{ {} }}}} AS a\nJINJA_END;",
            deep("(", ")")
        ),
    );
}

#[test]
fn macros_without_end() {
    for query in [
        "SELECT @EACH(@EVAL(RANGE(0, 1000000000)), x -> x) AS a",
        "JINJA_QUERY_BEGIN;\nSELECT {% for i in range(100000) %}{% for j in range(100000) %}{{ i }}{% endfor %}{% endfor %} 1 AS a\nJINJA_END;",
        "@DEF(a, @a);\nSELECT @a AS a",
        "@DEF(a, @b);\n@DEF(b, @a || @a);\nSELECT @a AS a",
    ] {
        analysed_with("models/endless.sql", model("endless", query));
    }
}

#[cfg(unix)]
#[test]
fn folders_that_contain_themselves() {
    use std::os::unix::fs::symlink;
    let sandbox = shop();
    symlink("../models", sandbox.root.join("models/again")).unwrap();
    symlink("..", sandbox.root.join("models/up")).unwrap();
    symlink("self.sql", sandbox.root.join("models/self.sql")).unwrap();
    symlink("/etc/passwd", sandbox.root.join("models/outside.sql")).unwrap();
    sandbox.write("models/orders.sql", ORDERS.replace("/ 100", "/ 1000"));
    assert!(verdicts(&diff(&sandbox, &[])).contains(&("shop.revenue", "breaking")));
    sandbox.commit_all();
    assert!(verdicts(&diff(&sandbox, &["HEAD~1..HEAD"])).contains(&("shop.revenue", "breaking")));
}

#[test]
fn a_conflict_that_isn_t_resolved() {
    let sandbox = shop();
    sandbox.git(&["switch", "-q", "-c", "topic"]);
    sandbox.commit("models/statuses.sql", model("statuses", "SELECT status FROM shop.orders"));
    sandbox.git(&["switch", "-q", "main"]);
    sandbox.commit("models/statuses.sql", model("statuses", "SELECT id AS status FROM shop.orders"));
    let merge = super::sandbox::git_command(&sandbox.root).args(["merge", "-q", "topic"]).output().unwrap();
    assert!(!merge.status.success());
    for arguments in [&[][..], &["--staged"]] {
        let analysis = diff(&sandbox, arguments);
        let found = diagnostics(&analysis);
        assert!(found.iter().any(|one| one.contains("models/statuses.sql")), "{arguments:?}: {found:?}");
    }
}

#[test]
fn bare_queries_that_cannot_be_read() {
    let folder = tempfile::TempDir::new().unwrap();
    let write = |name: &str, text: &[u8]| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.sql", b"SELECT a FROM t");
    write("bad.sql", b"SELECT a,\n  (b FROM t");
    write("tables.sql", b"CREATE TABLE t (a INT);\nCREATE TABLE u (a INT,\n  b c d (;\nDROP TABLE v");
    let run = |arguments: &[&str]| impact_in(folder.path(), &[&["compare"], arguments].concat());
    assert!(run(&["a.sql", "gone.sql"]).refusal().starts_with("can't read gone.sql"));
    assert_eq!(run(&["a.sql", "a.sql", "--dialect", "nope"]).refusal(), "there is no dialect called 'nope'");
    let unread = run(&["a.sql", "bad.sql"]);
    assert!(unread.out.starts_with("unknown: the query after can't be read: line 2, column 6:"), "{unread:?}");
    let warned = run(&["a.sql", "a.sql", "--schema", "tables.sql"]);
    assert_eq!(warned.status, 0);
    assert!(warned.err.contains("warning: tables.sql:3:"), "{warned:?}");
    assert!(warned.err.contains("warning: tables.sql:4:1: this is no CREATE TABLE"), "{warned:?}");
    write("empty.sql", b"");
    assert!(run(&["a.sql", "a.sql", "--schema", "empty.sql"]).err.contains("empty.sql defines no table"));
}

#[test]
fn lines_of_a_batch_that_cannot_be_read() {
    let folder = tempfile::TempDir::new().unwrap();
    let lines: [&[u8]; 6] = [
        br#"{"id": 1, "q1": "SELECT a FROM t", "q2": "SELECT x.a FROM t AS x"}"#,
        b"no json",
        b"",
        br#"{"id": "three", "q1": "SELECT 1"}"#,
        b"{\"id\": 4, \"q1\": \"SELECT '\xff'\", \"q2\": \"SELECT 1\"}",
        br#"{"id": 5, "q1": "SELECT 1 AS a", "q2": "SELECT 1 AS a", "dialect": "nope"}"#,
    ];
    std::fs::write(folder.path().join("pairs.jsonl"), lines.join(&b"\n"[..])).unwrap();
    let run = impact_in(folder.path(), &["compare", "--batch", "pairs.jsonl"]);
    assert_eq!(run.status, 0, "{run:?}");
    let answers: Vec<Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = answers.iter().map(|answer| (answer["id"].clone(), answer["verdict"].as_str().unwrap()));
    let expected = [
        (Value::from(1), "equivalent"),
        (Value::Null, "unknown"),
        (Value::from("three"), "unknown"),
        (Value::from(4), "breaking"),
        (Value::from(5), "equivalent"),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    assert!(answers[1]["reason"].as_str().unwrap().starts_with("line 2, column "), "{answers:?}");
    assert!(answers[2]["reason"].as_str().unwrap().contains("missing field `q2`"), "{answers:?}");
    assert!(answers[4]["reason"].as_str().unwrap().contains("no dialect called 'nope'"), "{answers:?}");
}
