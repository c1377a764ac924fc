//! The commands beside `diff`.

use super::{Run, edited_shop, impact, impact_in, shop};

#[test]
fn lineage_of_a_column_and_of_the_project() {
    let sandbox = shop();
    let lineage = impact(&sandbox, &["lineage", "--format", "json"]).json();
    let total = &lineage["models"]["shop.revenue"]["columns"]["total"];
    assert_eq!(total["sources"], serde_json::json!([{"model": "shop.orders", "column": "amount"}]));
    let influence = serde_json::json!({"model": "shop.orders", "column": "customer", "role": "group"});
    assert!(total["influences"].as_array().unwrap().contains(&influence), "{total}");

    let names = |arguments: &[&str]| -> Vec<String> {
        let mut all = vec!["lineage", "--format", "json"];
        all.extend(arguments);
        impact(&sandbox, &all).json()["models"].as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(names(&["shop.orders.amount", "--downstream"]), ["shop.orders", "shop.revenue"]);
    assert_eq!(names(&["shop.orders.amount", "--upstream"]), ["raw.orders", "shop.orders"]);
    assert_eq!(names(&["SHOP.Orders.Status"]), ["raw.orders", "shop.orders", "shop.statuses"]);
}

#[test]
fn lineage_as_pictures() {
    let lines = |format: &str| -> Vec<String> {
        let run = impact(&shop(), &["lineage", "shop.revenue.total", "--upstream", "--format", format]);
        assert_eq!((run.status, run.err.as_str()), (0, ""), "{run:?}");
        run.out.lines().map(|line| line.trim().to_owned()).collect()
    };
    let mermaid = lines("mermaid");
    for line in
        ["flowchart LR", "subgraph m1[\"shop.orders\"]", "m1c0[\"amount\"]", "m1c0 --> m2c0", "m1c1 -. group .-> m2"]
    {
        assert!(mermaid.iter().any(|found| found == line), "{line} isn't in {mermaid:#?}");
    }
    let dot = lines("dot");
    assert!(dot.contains(&"m1c0 -> m2c0;".to_owned()), "{dot:#?}");
    assert!(dot.contains(&"m1c1 -> m2 [style=dashed, label=\"group\"];".to_owned()), "{dot:#?}");
}

#[test]
fn lineage_for_a_catalog_of_data() {
    let run = impact(&shop(), &["lineage", "--format", "openlineage", "--namespace", "warehouse"]);
    let events: Vec<serde_json::Value> =
        run.out.lines().map(|line| serde_json::from_str(line).expect("an event a line")).collect();
    let job = |event: &serde_json::Value| event["job"]["name"].as_str().expect("a name").to_owned();
    assert_eq!(
        events.iter().map(job).collect::<Vec<_>>(),
        ["shop.orders", "shop.revenue", "shop.statuses"],
        "and no table outside"
    );
    let revenue = &events[1];
    assert_eq!(revenue["inputs"], serde_json::json!([{"namespace": "warehouse", "name": "shop.orders"}]));
    let facet = &revenue["outputs"][0]["facets"]["columnLineage"];
    let read = |input: &serde_json::Value| {
        let how = &input["transformations"][0];
        format!("{}.{} {} {}", input["name"], input["field"], how["type"], how["subtype"]).replace('"', "")
    };
    assert_eq!(read(&facet["fields"]["total"]["inputFields"][0]), "shop.orders.amount DIRECT AGGREGATION");
    assert_eq!(read(&facet["fields"]["customer"]["inputFields"][0]), "shop.orders.customer DIRECT IDENTITY");
    assert_eq!(read(&facet["dataset"][0]), "shop.orders.customer INDIRECT GROUP_BY");
}

#[test]
fn lineage_in_another_revision() {
    let sandbox = edited_shop();
    sandbox.write("models/revenue.sql", "MODEL (name shop.revenue, kind FULL);\nSELECT 1 AS total\n");
    let sources = |arguments: &[&str]| {
        let mut all = vec!["lineage", "shop.revenue.total", "--format", "json"];
        all.extend(arguments);
        impact(&sandbox, &all).json()["models"]["shop.revenue"]["columns"]["total"]["sources"].as_array().unwrap().len()
    };
    assert_eq!([sources(&[]), sources(&["--rev", "HEAD"])], [0, 1]);
}

#[test]
fn lineage_of_a_name_that_is_none() {
    let run = impact(&shop(), &["lineage", "shop.orders.nope"]);
    assert_eq!(run.refusal(), "shop.orders has no column 'nope'");
    assert!(run.help().contains("its columns are ") && run.help().contains("amount"), "{run:?}");
    assert!(impact(&shop(), &["lineage", "shop.orders.amunt"]).help().contains("did you mean amount?"));
    assert!(impact(&shop(), &["lineage", "shop.order"]).help().contains("did you mean shop.orders?"));
    let run = impact(&shop(), &["lineage", "nowhere.to.be_found"]);
    assert_eq!(run.refusal(), "there is no model or column called 'nowhere.to.be_found'");
    assert!(run.help().contains("schema.model.column"), "{run:?}");
}

#[test]
fn a_model_rendered() {
    let sandbox = shop();
    sandbox.write(
        "models/revenue.sql",
        "MODEL (name shop.revenue, kind FULL);\n@DEF(cut, 10);\n\
         SELECT customer, SUM(amount) AS total FROM shop.orders WHERE amount > @cut GROUP BY customer\n",
    );
    let run = impact(&sandbox, &["render", "shop.revenue"]);
    assert_eq!(run.status, 0);
    assert!(run.out.contains("amount > 10") && !run.out.contains('@'), "{run:?}");
    let old = impact(&sandbox, &["render", "shop.revenue", "--rev", "HEAD"]);
    assert!(!old.out.contains("WHERE"), "{old:?}");
    assert_eq!(impact(&sandbox, &["render", "shop.nope"]).refusal(), "there is no model called 'shop.nope'");
    assert_eq!(
        impact(&sandbox, &["render", "raw.orders"]).refusal(),
        "raw.orders (EXTERNAL) has no SQL query to render"
    );
}

#[test]
fn every_listed_code_has_a_page() {
    let sandbox = shop();
    let list = impact(&sandbox, &["explain"]).out;
    let codes: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(codes.len() > 40, "{list}");
    for code in [codes[0], codes[codes.len() - 1]] {
        let page = impact(&sandbox, &["explain", &code.to_lowercase()]).out;
        assert!(page.starts_with(&format!("# {code} ")), "{page}");
    }
    let run = impact(&sandbox, &["explain", "Z999"]);
    assert_eq!((run.refusal(), run.help()), ("there is no code 'Z999'", "`impact explain` lists them"));
}

#[test]
fn every_diagnostic_s_code_can_be_explained() {
    let sandbox = shop();
    sandbox.write("models/statuses.sql", "MODEL (name shop.statuses, kind VIEW);\nSELECT status FROM shop.order\n");
    let analysis = super::diff(&sandbox, &[]);
    for diagnostic in analysis["diagnostics"].as_array().unwrap() {
        let code = diagnostic["code"].as_str().unwrap();
        assert_eq!(impact(&sandbox, &["explain", code]).status, 0, "{code}");
    }
}

#[test]
fn the_demo_needs_neither_a_repository_nor_a_project() {
    let folder = tempfile::TempDir::new().unwrap();
    let demo = |arguments: &[&str]| -> Run { impact_in(folder.path(), arguments) };
    let analysis = demo(&["demo", "--format", "json"]).json();
    let fails = |model: &&serde_json::Value| model["fails"] == true;
    let models = analysis["models"].as_array().unwrap();
    let failing: Vec<_> = models.iter().filter(fails).map(|model| &model["name"]).collect();
    assert_eq!(failing, ["gold.customers_by_segment"]);
    assert!(demo(&["demo", "--format", "terminal"]).out.starts_with("Breaking: 1 query will fail"));
}

#[test]
fn help_and_version_are_no_failures() {
    for arguments in [&["--help"][..], &["diff", "--help"], &["--version"]] {
        assert_eq!(impact(&shop(), arguments).status, 0);
    }
}
