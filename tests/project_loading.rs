//! Loads whole projects and looks at what comes out. The one over SQLMesh's own example reads the path of
//! `examples/sushi` from `IMPACT_SUSHI`.

use std::path::Path;

use impact::project::load::{LoadOptions, load};
use impact::project::{Body, Model, Project, discover};
use impact::source::memory::MemoryTree;
use proptest::prelude::*;

const CONFIG: &str = "gateways:\n  main:\n    connection: {type: duckdb}\nmodel_defaults:\n  dialect: duckdb\n";

fn load_with(files: &[(&str, &str)], options: &LoadOptions) -> Project {
    let tree = MemoryTree::new("test", files.iter().copied());
    load(&tree, "", options)
}

/// A project with these files and a plain configuration.
fn project(files: &[(&str, &str)]) -> Project {
    let mut all = vec![("config.yaml", CONFIG)];
    all.extend(files);
    load_with(&all, &LoadOptions::default())
}

fn names(project: &Project) -> Vec<String> {
    project.models.keys().map(ToString::to_string).collect()
}

fn codes(project: &Project) -> Vec<&str> {
    project.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

fn model<'p>(project: &'p Project, name: &str) -> &'p Model {
    let found = project.models.iter().find(|(key, _)| key.to_string() == name);
    match found {
        Some((_, model)) => model,
        None => panic!("no model {name} in {:?}: {:?}", names(project), project.diagnostics),
    }
}

fn dependencies(model: &Model) -> Vec<String> {
    model.depends_on.iter().map(|dependency| dependency.model.to_string()).collect()
}

fn query(model: &Model) -> &str {
    match &model.body {
        Body::Sql(body) => body.query.map_or("", |query| &body.text[query.start..query.end]),
        other => panic!("no SQL: {other:?}"),
    }
}

#[test]
fn headers_are_read_in_any_order_and_case() {
    let text = "\u{feff}-- Orders by day.\r\nmodel (\r\n  Kind Incremental_By_Time_Range (time_column (ds, '%Y'), batch_size 3,),\r\n  \
                /* c */ columns (ID int, s STRUCT<a INT, b DECIMAL(10, 2)>, \"T\" TEXT COMMENT 'x, y'),\r\n  \
                name Memory.S.Orders, depends_on [s.a, memory.s.b],\r\n);\r\nSELECT 1 AS id;\r\n";
    let project = project(&[("models/a.sql", text)]);
    let orders = model(&project, "s.orders");
    assert_eq!(orders.kind.name, "INCREMENTAL_BY_TIME_RANGE");
    assert_eq!(orders.kind.get("time_column").map(|property| &*property.value), Some("(ds, '%Y')"));
    assert_eq!(orders.kind.get("batch_size").map(|property| property.location.line), Some(3));
    let columns: Vec<_> = orders.columns.iter().flatten().map(|column| (&*column.name, &*column.data_type)).collect();
    assert_eq!(columns, [("id", "int"), ("s", "STRUCT<a INT, b DECIMAL(10, 2)>"), ("t", "TEXT")]);
    assert_eq!(dependencies(orders), ["s.a", "s.b"]);
    assert_eq!(query(orders), "SELECT 1 AS id");
    assert_eq!((orders.location.line, orders.location.col), (5, 3));
    assert_eq!(orders.header.get("description").map(|property| &*property.value), Some("Orders by day."));
    assert!(project.diagnostics.is_empty(), "{:?}", project.diagnostics);
}

#[test]
fn one_file_makes_a_model_for_each_blueprint() {
    let text = "MODEL (name @{region}.orders, kind FULL, blueprints ((region := eu, n := 1), (region := us, n := 2)));\nSELECT @n";
    let project = project(&[("models/a.sql", text)]);
    assert_eq!(names(&project), ["eu.orders", "us.orders"]);
    assert_eq!(model(&project, "us.orders").blueprint["n"], "2");
    assert!(model(&project, "us.orders").header.get("blueprints").is_none());
}

/// SQLMesh gives each project's models that project's macros, variables, audits and signals alone.
#[test]
fn joined_projects_keep_what_their_models_are_rendered_in() {
    let part = |name: &str, value: &str| {
        let config = format!("{CONFIG}variables: {{{name}_x: 1, both: {value}}}\n");
        let code = |decorator: &str| {
            format!("from sqlmesh import {decorator}\n\n@{decorator}()\ndef {name}_f(evaluator):\n    return {value}\n")
        };
        let audit = format!("AUDIT (name both); SELECT {value} FROM @this_model");
        let model = format!("MODEL (name {name}.a); SELECT 1 AS a");
        let files = [
            ("config.yaml", config.as_str()),
            ("macros/m.py", &code("macro")),
            ("signals/s.py", &code("signal")),
            ("audits/both.sql", &audit),
            ("models/a.sql", &model),
        ];
        load_with(&files, &LoadOptions::default())
    };
    let joined = part("one", "1").join(part("two", "2"));
    for (name, value) in [("one", "1"), ("two", "2")] {
        let model = &joined.models.values().find(|model| model.name.to_string() == format!("{name}.a")).unwrap().name;
        let function = format!("{name}_f");
        assert_eq!(joined.macros_of(model).keys().collect::<Vec<_>>(), [&function]);
        assert_eq!(joined.signals_of(model).keys().collect::<Vec<_>>(), [&function]);
        assert_eq!(joined.variables_of(model).keys().collect::<Vec<_>>(), ["both", &format!("{name}_x")]);
        assert!(joined.audit_of(model, "both").unwrap().body.text.contains(&format!("SELECT {value} ")));
    }
    assert_eq!(joined.audits.len(), 2);
}

#[test]
fn names_may_use_variables_and_the_gateway() {
    let config = format!("{CONFIG}variables: {{Schema: base}}\n")
        .replace("    connection", "    variables: {schema: own}\n    connection");
    let files = [
        ("config.yaml", config.as_str()),
        ("models/a.sql", "MODEL (name @schema.a); SELECT 1"),
        ("models/b.sql", "MODEL (name @gateway.b); SELECT 1"),
        ("models/c.sql", "MODEL (name @unknown.c); SELECT 1"),
    ];
    let project = load_with(&files, &LoadOptions::default());
    assert_eq!(names(&project), ["main.b", "own.a"]);
    assert_eq!(codes(&project), ["U006", "U101"]);
}

#[test]
fn names_are_inferred_where_the_project_says_so() {
    let config = format!("{CONFIG}model_naming: {{infer_names: true}}\n");
    let files = [
        ("p/config.yaml", config.as_str()),
        ("p/models/s/headless.sql", "SELECT 1"),
        ("p/models/a/b/c/d.sql", "MODEL (kind FULL); SELECT 1"),
    ];
    let tree = MemoryTree::new("test", files);
    assert_eq!(names(&load(&tree, "p", &LoadOptions::default())), ["b.c.d", "s.headless"]);
}

#[test]
fn defaults_come_before_the_models_own_properties() {
    let config = format!("{CONFIG}  cron: '@hourly'\n  kind: FULL\n  on_destructive_change: warn\n");
    let files = [
        ("config.yaml", config.as_str()),
        ("models/a.sql", "MODEL (name s.a, cron '@daily'); SELECT 1"),
        ("models/b.sql", "MODEL (name s.b, kind INCREMENTAL_UNMANAGED); SELECT 1"),
        ("models/c.py", "from sqlmesh import model\n@model('s.c', columns={'x': 'int'})\ndef f(context): ...\n"),
    ];
    let project = load_with(&files, &LoadOptions::default());
    let value = |name: &str| {
        model(&project, name)
            .header
            .get("cron")
            .map(|property| (property.value.to_string(), property.location.path.to_string()))
    };
    assert_eq!(value("s.a"), Some(("'@daily'".to_owned(), "models/a.sql".to_owned())));
    assert_eq!(value("s.b"), Some(("@hourly".to_owned(), "config.yaml".to_owned())));
    let change = model(&project, "s.b").kind.get("on_destructive_change").map(|property| property.location.line);
    assert_eq!(change, Some(8));
    // SQLMesh gives SQL models without a kind VIEW, whatever the default; Python models get the default.
    assert_eq!(model(&project, "s.a").kind.name, "VIEW");
    assert_eq!(model(&project, "s.c").kind.name, "FULL");
}

#[test]
fn one_bad_file_never_costs_the_others() {
    let project = project(&[
        ("models/a.sql", "MODEL (name s.a); SELECT 1"),
        ("models/dup.sql", "MODEL (name memory.s.a); SELECT 2"),
        ("models/empty.sql", "\n"),
        ("models/headless.sql", "SELECT 1"),
        ("models/noquery.sql", "MODEL (name s.noquery); DROP TABLE x"),
        ("models/open.sql", "MODEL (name s.open, kind FULL"),
        ("models/two.sql", "MODEL (name s.two); SELECT 1; SELECT 2"),
        ("models/broken.py", "def f(:\n"),
        ("models/disabled.sql", "MODEL (name s.disabled, enabled FALSE); SELECT 1"),
    ]);
    assert_eq!(names(&project), ["s.a", "s.noquery", "s.open", "s.two"]);
    assert!(matches!(model(&project, "s.noquery").body, Body::Unreadable));
    assert_eq!(query(model(&project, "s.a")), "SELECT 1");
    let found: Vec<_> = project.diagnostics.iter().map(|found| (&*found.location.path, found.code)).collect();
    assert_eq!(
        found,
        [
            ("models/broken.py", "U012"),
            ("models/dup.sql", "U008"),
            ("models/empty.sql", "U005"),
            ("models/headless.sql", "U005"),
            ("models/noquery.sql", "U007"),
            ("models/open.sql", "U005"),
            ("models/open.sql", "U007"),
            ("models/two.sql", "U007"),
        ]
    );
    let twice = project.diagnostics.iter().find(|found| found.code == "U008").map(|found| found.message.as_str());
    assert!(twice.is_some_and(|message| message.contains("models/a.sql:1")));
}

#[test]
fn ignored_files_are_not_read() {
    let config = format!("{CONFIG}ignore_patterns: ['models/drafts/*']\n");
    let files = [
        ("config.yaml", config.as_str()),
        ("models/drafts/a.sql", "MODEL (name s.a); SELECT 1"),
        ("models/b.sql", "MODEL (name s.b); SELECT 1"),
    ];
    assert_eq!(names(&load_with(&files, &LoadOptions::default())), ["s.b"]);
}

#[test]
fn seeds_are_read_by_columns() {
    let seed = "MODEL (name s.seed, kind SEED (path '../data/x.csv', csv_settings (delimiter = ';')));";
    let rooted = "MODEL (name s.rooted, kind SEED (path '$root/data/x.csv'));";
    let missing = "MODEL (name s.missing, kind SEED (path 'gone.csv'));";
    let project = project(&[
        ("models/a.sql", seed),
        ("models/b.sql", rooted),
        ("models/c.sql", missing),
        ("data/x.csv", "ID;Name\n1;a\n2;b\n"),
    ]);
    let content = |name: &str| match &model(&project, name).body {
        Body::Seed(seed) => seed.content.as_ref().map(|content| (content.rows, content.columns.len())),
        other => panic!("no seed: {other:?}"),
    };
    assert_eq!(content("s.seed"), Some((2, 2)));
    assert_eq!(content("s.rooted"), Some((2, 1)));
    assert_eq!(content("s.missing"), None);
    assert_eq!(codes(&project), ["U010"]);
}

#[test]
fn audits_are_found_in_files_and_models() {
    let project = project(&[
        (
            "audits/a.sql",
            "AUDIT (name Positive); SELECT * FROM @this_model WHERE x < 0;\nAUDIT (name alone, standalone true); SELECT 1",
        ),
        ("models/a.sql", "MODEL (name s.a, audits (inline)); AUDIT (name inline); SELECT 2; SELECT 1 AS x"),
    ]);
    let audits: Vec<_> =
        project.audits.values().map(|audit| (audit.name.as_str(), audit.standalone, audit.model.is_some())).collect();
    assert_eq!(audits, [("alone", true, false), ("inline", false, true), ("positive", false, false)]);
    assert_eq!(query(model(&project, "s.a")), "SELECT 1 AS x");
}

#[test]
fn external_models_follow_the_gateway() {
    let base = "- name: raw.a\n  columns:\n    X: int\n- name: raw.a\n  gateway: main\n  columns: {x: int, y: text}\n- name: raw.b\n  gateway: other\n";
    let project = project(&[("external_models.yaml", base), ("external_models/c.yaml", "- name: memory.raw.c\n")]);
    assert_eq!(names(&project), ["raw.a", "raw.c"]);
    assert_eq!(model(&project, "raw.a").columns.as_ref().map(Vec::len), Some(2));
    assert!(project.diagnostics.is_empty(), "{:?}", project.diagnostics);
}

#[test]
fn python_models_say_what_their_code_reads() {
    let text = "from sqlmesh import model\nfrom sqlmesh.core.model.kind import ModelKindName as K\nfrom helper import read\nT = 's.t'\n\
                @model('s.p', kind=dict(name=K.INCREMENTAL_BY_UNIQUE_KEY, unique_key=['a', 'b']), columns={'A': 'int'})\n\
                def execute(context, **kwargs):\n    context.resolve_table('s.p')\n    context.table(model_name=T)\n    read(context)\n    context.table(f())\n";
    let project = project(&[
        ("models/p.py", text),
        ("helper.py", "U = 'memory.s.u'\ndef read(context):\n    return context.resolve_table(U)\n"),
    ]);
    let found = model(&project, "s.p");
    assert_eq!(found.kind.name, "INCREMENTAL_BY_UNIQUE_KEY");
    assert_eq!(found.kind.get("unique_key").map(|property| &*property.value), Some("(a, b)"));
    let mut read = dependencies(found);
    read.sort();
    assert_eq!(read, ["s.t", "s.u"]);
    assert_eq!(codes(&project), ["U014"]);
}

#[test]
fn a_python_config_is_read_without_running_it() {
    let text = "import os\nfrom sqlmesh.core.config import *\nD = {'dialect': os.getenv('DIALECT', 'duckdb')}\n\
                base = Config(gateways={'A': GatewayConfig(connection=SnowflakeConnectionConfig(database='DB', password=os.environ['PW']))},\n\
                \x20   model_defaults=ModelDefaultsConfig(**D), variables={'X': 1, 'Y': compute('hunter2')})\n\
                config = base.copy(update={'plan': PlanConfig(auto_categorize_changes=CategorizerConfig.all_semi())})\n";
    let mut options = LoadOptions::default();
    options.env.insert("DIALECT".to_owned(), "snowflake".to_owned());
    let project = load_with(&[("config.py", text)], &options);
    let config = &project.config;
    assert_eq!((config.dialect.name(), config.gateway.as_deref()), ("snowflake", Some("a")));
    assert_eq!(config.default_catalog.as_deref(), Some("DB"));
    assert_eq!(config.auto_categorize.sql, impact::project::config::CategorizerMode::Semi);
    assert_eq!(config.variables.keys().collect::<Vec<_>>(), ["x"]);
    assert_eq!(codes(&project), ["U002"]);
    assert!(project.diagnostics.iter().all(|found| found.location.line == 5 && !found.message.contains("hunter2")));
}

#[test]
fn macros_are_named_and_hashed() {
    let with = |helper: &str| {
        project(&[
            (
                "macros/m.py",
                "from sqlmesh import macro\nfrom macros.h import g\n@macro('Named', metadata_only=True)\ndef f(evaluator):\n    return g()\n",
            ),
            ("macros/h.py", helper),
            ("macros/j.sql", "{% macro x() %}{% endmacro %}"),
        ])
    };
    let (before, after) = (with("def g():\n    return 1\n"), with("def g():\n    return 2\n"));
    let found = &before.macros["named"];
    assert!(found.metadata_only);
    assert_ne!(found.definition, after.macros["named"].definition);
    assert_eq!(before.jinja_macros.len(), 1);
}

#[test]
fn a_project_without_configuration_is_still_read() {
    let project =
        load_with(&[("models/a.sql", "MODEL (name s.a, dialect snowflake); SELECT 1")], &LoadOptions::default());
    assert_eq!(names(&project), ["S.A"]);
    assert_eq!(codes(&project), ["U003"]);
}

#[test]
fn the_same_files_give_the_same_project() {
    let files: Vec<(String, String)> =
        (0..50).map(|i| (format!("models/m{i}.sql"), format!("MODEL (name s.m{}); SELECT 1", i % 40))).collect();
    let load_once = || {
        let tree = MemoryTree::new("test", files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        let project = load(&tree, "", &LoadOptions::default());
        format!("{:?} {:?}", project.models, project.diagnostics)
    };
    assert_eq!(load_once(), load_once());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Pieces of headers, Jinja, Python and YAML in any order: nothing makes loading panic.
    #[test]
    fn no_text_makes_loading_panic(pieces in prop::collection::vec(prop::sample::select(vec![
        "MODEL (", "AUDIT (", "name ", "s.a", ",", ")", "(", ";", "'", "\"", "`", "é", "@", "@{", "}", "kind ", "SEED ", "path ",
        "blueprints ", ":=", "JINJA_QUERY_BEGIN;", "JINJA_END;", "{{", "}}", "{%", "SELECT 1", "WITH ", "--", "/*", "*/", "\n", "$$",
        "columns ", "<", ">", "[", "]", ".", "-", "ON_VIRTUAL_UPDATE_BEGIN;", "enabled ", "@model(", "@macro(", "def f(x):\n    ", "config = ",
        "Config(", "dialect ", "bigquery", "f'{", "lambda: ", "*", "**", "import ", "from . import *\n", "gateways:\n  ", "&a ", "*a", "- ",
    ]), 0..60)) {
        let text: String = pieces.concat();
        for path in ["models/a.sql", "models/a.py", "macros/a.py", "audits/a.sql", "external_models.yaml", "config.py", "config.yaml"] {
            let tree = MemoryTree::new("test", [(path, text.as_str())]);
            load(&tree, "", &LoadOptions::default());
            discover::roots(&tree, "models");
        }
    }
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).expect("a folder").flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read_folder(&entry.path(), &format!("{path}/"), files);
        } else if let Ok(text) = std::fs::read_to_string(entry.path()) {
            files.push((path, text));
        }
    }
}

#[test]
fn sushi_loads_completely() {
    let Ok(folder) = std::env::var("IMPACT_SUSHI") else {
        eprintln!("SKIPPED: set IMPACT_SUSHI to the path of SQLMesh's examples/sushi to run this test");
        return;
    };
    let mut files = Vec::new();
    read_folder(Path::new(&folder), "", &mut files);
    let tree = MemoryTree::new("sushi", files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let roots = discover::roots(&tree, "");
    assert!(!roots.is_empty());
    for root in roots {
        let project = load(&tree, &root, &LoadOptions::default());
        for (name, model) in &project.models {
            let columns = model.columns.as_ref().map_or(0, Vec::len);
            println!("{name}\t{}\t{columns}\t{:?}", model.kind.name, dependencies(model));
            assert!(!matches!(model.body, Body::Unreadable), "{name}");
        }
        assert!(!project.models.is_empty());
        assert!(project.diagnostics.is_empty(), "{:#?}", project.diagnostics);
    }
}

#[test]
fn what_sqlmesh_refuses_in_headers_is_said_at_its_place() {
    let found = |text: &str| {
        let project = project(&[("models/a.sql", text)]);
        let places = project.diagnostics.iter().map(|found| (found.code, found.location.line, found.location.col));
        places.collect::<Vec<_>>()
    };
    let none: [(&str, u32, u32); 0] = [];
    assert_eq!(found("MODEL (name s.a, kind FULL, owner x); SELECT 1"), none);
    assert_eq!(found("MODEL (\n  name s.a,\n  ownr x\n); SELECT 1"), [("U022", 3, 3)]);
    assert_eq!(found("MODEL (\n  name s.a,\n  owner x,\n  owner y\n); SELECT 1"), [("U022", 4, 3)]);
    assert_eq!(found("MODEL (\n  name s.a,\n  kind FUL\n); SELECT 1"), [("U022", 3, 3)]);
    assert_eq!(
        found("MODEL (\n  name s.a,\n  kind INCREMENTAL_UNMANAGED (\n    batch_size 1\n  )\n); SELECT 1"),
        [("U022", 4, 5)]
    );
    let range = |size: &str| {
        found(&format!(
            "MODEL (name s.a, kind INCREMENTAL_BY_TIME_RANGE (time_column d, batch_size {size})); SELECT 1 AS d"
        ))
    };
    assert_eq!(range("10"), none);
    assert_eq!(range("@size"), [("U101", 1, 76)]);
    for wrong in ["0", "-1", "1.5", "'10'", "ten", "(1, 2)"] {
        assert_eq!(range(wrong).len(), 1, "{wrong}");
    }
    assert_eq!(found("MODEL (kind FULL); SELECT 1"), [("U006", 1, 1)]);
    assert_eq!(found("MODEL (name s.a, kind FULL; SELECT 1").first().map(|found| found.0), Some("U005"));
    // Macros and variables at their own places.
    let text = "MODEL (\n  name s.a,\n  tags (a, @nope(1)),\n  physical_properties (x =\n    @IF(false, 1, @gone))\n); SELECT 1";
    assert_eq!(found(text), [("U102", 3, 12), ("U101", 5, 19)]);
    // Macros in headers that make themselves.
    let text = "MODEL (name s.a, owner @EACH([1], x -> @EACH([@x], y -> @y)), tags (@IF(@IF(@IF(true, 1, 2) = 1, true, false), a, b))); SELECT 1";
    assert_eq!(found(text), none);
}
