//! Analyses written by hand: what the stages before `report` would find in small projects.

use impact::diagnostic::Severity;
use impact::impact::{
    Analysis, Category, Change, ColumnEffect, ColumnImpact, Coverage, Disagreement, Finding, FindingSeverity,
    ModelImpact, RebuildAction, RebuildPreview, RebuildTotals, ReportedDiagnostic, Revision, RowEffect, RowsImpact,
    Verdict,
};

pub fn nothing_changed() -> Analysis {
    Analysis {
        schema_version: 1,
        base: Revision { rev: "HEAD~1".into(), commit: Some("0123456789abcdef0123456789abcdef01234567".into()) },
        head: Revision { rev: "work tree".into(), commit: None },
        verdict: Verdict::Equivalent,
        models: vec![],
        findings: vec![],
        diagnostics: vec![],
        coverage: covered(97),
        rebuild: RebuildTotals {
            now: None,
            sqlmesh_models: 0,
            sqlmesh_intervals: None,
            needed_models: 0,
            needed_intervals: None,
        },
        standalone_audits: vec![],
    }
}

pub fn covered(models: usize) -> Coverage {
    Coverage { models, analysed: models, partial: 0, opaque: 0 }
}

fn model(name: &str, change: Change, verdict: Verdict, sqlmesh: Option<Category>) -> ModelImpact {
    ModelImpact {
        name: name.into(),
        path: format!("models/{}.sql", name.replace('.', "/")),
        kind: "FULL".into(),
        change,
        sqlmesh,
        verdict,
        disagreement: None,
        fails: false,
        rows: rows(RowEffect::Same, &[]),
        columns: vec![],
        rebuild: RebuildPreview {
            sqlmesh: sqlmesh.map(|category| match category {
                Category::IndirectNonBreaking | Category::Metadata => RebuildAction::Virtual,
                Category::Breaking | Category::NonBreaking | Category::IndirectBreaking => RebuildAction::NewTable,
            }),
            intervals: None,
            needed: RebuildAction::NewTable,
            needed_intervals: None,
        },
        sqlmesh_certain: true,
        sqlmesh_because: vec![],
    }
}

fn rows(effect: RowEffect, because: &[u32]) -> RowsImpact {
    RowsImpact { effect, because: because.to_vec() }
}

fn column(name: &str, effect: ColumnEffect, because: &[u32]) -> ColumnImpact {
    ColumnImpact { name: name.into(), effect, from: None, because: because.to_vec() }
}

fn finding(id: u32, code: &str, severity: FindingSeverity, place: (&str, Option<&str>), message: &str) -> Finding {
    Finding {
        id,
        code: code.into(),
        severity,
        model: place.0.into(),
        column: place.1.map(Into::into),
        path: format!("models/{}.sql", place.0.replace('.', "/")),
        line: 10 + id,
        col: 3,
        end_line: 10 + id,
        end_col: 20,
        message: message.into(),
        before: None,
        after: None,
        via: vec![],
    }
}

fn via(mut finding: Finding, path: &[&str]) -> Finding {
    finding.via = path.iter().map(|&place| place.into()).collect();
    finding
}

fn differs(mut finding: Finding, before: Option<&str>, after: Option<&str>) -> Finding {
    finding.before = before.map(Into::into);
    finding.after = after.map(Into::into);
    finding
}

/// A column of `silver.orders` is renamed under the feet of a reader, another one changes its value.
pub fn failing_and_propagating() -> Analysis {
    use ColumnEffect as C;
    use FindingSeverity as F;
    let mut orders = model("silver.orders", Change::Direct, Verdict::Breaking, Some(Category::Breaking));
    orders.kind = "INCREMENTAL_BY_TIME_RANGE".into();
    orders.columns = vec![
        column("order_id", C::Same, &[]),
        column("amount", C::Value, &[3]),
        ColumnImpact { from: Some("state".into()), ..column("status", C::Renamed, &[2]) },
        column("discount", C::Added, &[4]),
    ];
    let mut revenue = model("gold.revenue", Change::Indirect, Verdict::Breaking, Some(Category::IndirectBreaking));
    revenue.columns = vec![
        column("day", C::Same, &[]),
        column("total", C::Value, &[5]),
        column("average_order_value", C::Value, &[5]),
    ];
    let mut open = model("gold.open_orders", Change::Indirect, Verdict::Breaking, Some(Category::IndirectBreaking));
    open.fails = true;
    open.rows = rows(RowEffect::Unknown, &[1]);
    let mut big = model("gold.big_customers", Change::Indirect, Verdict::Breaking, Some(Category::IndirectBreaking));
    big.rows = rows(RowEffect::Changed, &[6]);
    big.columns = vec![column("customer_id", C::Same, &[])];
    let mut forecast = model("ml.forecast", Change::Indirect, Verdict::Unknown, Some(Category::IndirectBreaking));
    forecast.kind = "FULL".into();
    forecast.path = "models/ml/forecast.py".into();
    forecast.rows = rows(RowEffect::Unknown, &[3]);
    let mut days = model("gold.days", Change::Indirect, Verdict::Equivalent, Some(Category::IndirectBreaking));
    days.disagreement = Some(Disagreement::SqlmeshOverBroad);

    let mut analysis = nothing_changed();
    analysis.verdict = Verdict::Breaking;
    analysis.models = vec![big, days, open, revenue, forecast, orders];
    analysis.models.sort_by(|a, b| a.name.cmp(&b.name));
    analysis.findings = vec![
        via(
            differs(
                finding(
                    1,
                    "S101",
                    F::Failing,
                    ("gold.open_orders", None),
                    "`state` is no longer a column of silver.orders; it is now called `status`",
                ),
                Some("WHERE o.state = 'open'"),
                None,
            ),
            &["silver.orders.state", "gold.open_orders"],
        ),
        differs(
            finding(2, "C130", F::Breaking, ("silver.orders", Some("state")), "the column state is now called status"),
            Some("o.state"),
            Some("o.state AS status"),
        ),
        differs(
            finding(3, "C120", F::Breaking, ("silver.orders", Some("amount")), "the expression of amount changed"),
            Some("SUM(o.quantity * i.price)\n    - SUM(o.refund)"),
            Some("SUM(o.quantity * i.net_price)\n    - SUM(o.refund)"),
        ),
        differs(
            finding(4, "C100", F::NonBreaking, ("silver.orders", Some("discount")), "the column discount was added"),
            None,
            Some("COALESCE(o.discount, 0) AS discount"),
        ),
        via(
            finding(
                5,
                "C121",
                F::Breaking,
                ("gold.revenue", Some("total")),
                "an upstream column that flows into total changes",
            ),
            &["silver.orders.amount", "silver.paid_orders.amount", "gold.revenue.total"],
        ),
        via(
            finding(6, "R201", F::Breaking, ("gold.big_customers", None), "HAVING reads a changed column"),
            &["silver.orders.amount", "gold.big_customers"],
        ),
    ];
    analysis.diagnostics = vec![
        ReportedDiagnostic {
            code: "U040".into(),
            severity: Severity::Warning,
            path: "models/ml/forecast.py".into(),
            line: 12,
            col: 1,
            message: "a Python model: its columns are known, what it does with them is not".into(),
            help: Some("declare its dependencies with depends_on so that they are followed".into()),
        },
        ReportedDiagnostic {
            code: "U001".into(),
            severity: Severity::Error,
            path: "models/broken.sql".into(),
            line: 4,
            col: 17,
            message: "expected an expression, found `FROM`".into(),
            help: None,
        },
    ];
    analysis.coverage = Coverage { models: 18, analysed: 16, partial: 0, opaque: 2 };
    analysis
}

/// A CTE is inlined; nothing changes, but SQLMesh would rebuild three models.
pub fn equivalent_refactor() -> Analysis {
    let mut orders = model("silver.orders", Change::Direct, Verdict::Equivalent, Some(Category::Breaking));
    orders.columns = vec![column("order_id", ColumnEffect::Same, &[])];
    let mut analysis = nothing_changed();
    analysis.models = vec![
        model("gold.days", Change::Indirect, Verdict::Equivalent, Some(Category::IndirectBreaking)),
        model("gold.revenue", Change::Indirect, Verdict::Equivalent, Some(Category::IndirectBreaking)),
        orders,
    ];
    for model in &mut analysis.models {
        model.disagreement = Some(Disagreement::SqlmeshOverBroad);
    }
    analysis.findings = vec![differs(
        finding(1, "E110", FindingSeverity::Info, ("silver.orders", None), "a CTE was inlined; the query is the same"),
        Some("WITH paid AS (SELECT * FROM raw.orders WHERE paid) SELECT order_id FROM paid"),
        Some("SELECT order_id FROM (SELECT * FROM raw.orders WHERE paid) AS paid"),
    )];
    analysis.coverage = covered(12);
    analysis
}

/// A column is added under DISTINCT: SQLMesh calls it non-breaking, but the rows change.
pub fn unsafe_under_distinct() -> Analysis {
    let mut items = model("silver.items", Change::Direct, Verdict::Breaking, Some(Category::NonBreaking));
    items.disagreement = Some(Disagreement::SqlmeshUnsafe);
    items.rows = rows(RowEffect::Changed, &[1]);
    items.columns = vec![column("item_id", ColumnEffect::Same, &[]), column("colour", ColumnEffect::Added, &[1])];
    let mut counts =
        model("gold.item_counts", Change::Indirect, Verdict::Breaking, Some(Category::IndirectNonBreaking));
    counts.disagreement = Some(Disagreement::SqlmeshUnsafe);
    counts.columns = vec![column("n", ColumnEffect::Value, &[2])];
    let mut analysis = nothing_changed();
    analysis.verdict = Verdict::Breaking;
    analysis.models = vec![counts, items];
    analysis.findings = vec![
        differs(
            finding(
                1,
                "R140",
                FindingSeverity::Breaking,
                ("silver.items", Some("colour")),
                "a column was added under DISTINCT: rows that were equal may differ now",
            ),
            Some("SELECT DISTINCT item_id"),
            Some("SELECT DISTINCT item_id, colour"),
        ),
        via(
            finding(2, "R200", FindingSeverity::Breaking, ("gold.item_counts", Some("n")), "n counts rows that change"),
            &["silver.items", "gold.item_counts.n"],
        ),
    ];
    analysis.coverage = covered(12);
    analysis
}

/// One changed source column and 300 readers.
pub fn many_reached() -> Analysis {
    let mut analysis = nothing_changed();
    analysis.verdict = Verdict::Breaking;
    let mut source = model("raw.events", Change::Direct, Verdict::Breaking, Some(Category::Breaking));
    source.columns = vec![column("ts", ColumnEffect::Value, &[1])];
    analysis.findings.push(differs(
        finding(1, "C120", FindingSeverity::Breaking, ("raw.events", Some("ts")), "the expression of ts changed"),
        Some("CAST(event_time AS TIMESTAMP)"),
        Some("CAST(event_time AS TIMESTAMPTZ)"),
    ));
    for n in 0..300_u32 {
        let name = format!("gold.report_{n:03}_with_a_rather_long_name_of_a_model");
        let mut reader = model(&name, Change::Indirect, Verdict::Breaking, Some(Category::IndirectBreaking));
        let last = format!("{name}.day");
        reader.columns = vec![column("day", ColumnEffect::Value, &[n + 2])];
        let steps: Vec<String> = (0..n % 10).map(|step| format!("silver.step_{step}.ts")).collect();
        let path: Vec<&str> =
            ["raw.events.ts"].into_iter().chain(steps.iter().map(String::as_str)).chain([last.as_str()]).collect();
        let reached =
            finding(n + 2, "C121", FindingSeverity::Breaking, (&name, Some("day")), "an upstream column changes");
        analysis.findings.push(via(reached, &path));
        analysis.models.push(reader);
    }
    analysis.models.push(source);
    analysis.coverage = covered(400);
    analysis
}

/// Strings that are not what they seem, one of them in every field that holds text of the project.
pub const HOSTILE: &[&str] = &[
    "\u{1b}[31mred\u{1b}[0m\u{1b}]8;;http://evil.example\u{7}link\u{9b}2J",
    "line one\nline two\r\n## heading\u{85}\u{2028}end",
    "\u{202e}txt.exe\u{2066} zero\u{200b}width\u{feff}",
    "a|b \\| c || `tick` ``two`` ```three",
    "@everyone @org/team #12 GH-34 org/repo#5 user@example.com",
    "<!-- x --><script>alert(1)</script></details><img src=x>",
    "[click](javascript:x) ![i](http://evil.example/x.png) https://evil.example www.evil.example",
    "```\n</code></pre>\n> quote\n- item\n| table |",
    "*bold* _em_ ~~strike~~ $math$ :tada: 1. \\ &lt; &#60;",
    "z\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}algo",
    "",
    " ",
];

/// Every text is hostile.
pub fn hostile() -> Analysis {
    let long = "very_long_".repeat(2_000);
    let mut texts: Vec<&str> = HOSTILE.to_vec();
    texts.push(&long);
    let mut analysis = nothing_changed();
    analysis.verdict = Verdict::Breaking;
    for (n, &text) in texts.iter().enumerate() {
        let id = n as u32 + 1;
        let changes = [Change::Direct, Change::Indirect, Change::None];
        let mut bad = model(text, changes[n % 3], Verdict::Breaking, Some(Category::Breaking));
        bad.path = text.into();
        bad.kind = text.into();
        bad.fails = n % 4 == 0;
        bad.disagreement = (n % 2 == 0).then_some(Disagreement::SqlmeshUnsafe);
        bad.columns = vec![ColumnImpact { from: Some(text.into()), ..column(text, ColumnEffect::Renamed, &[id]) }];
        analysis.models.push(bad);
        let found = finding(id, text, FindingSeverity::Breaking, (text, Some(text)), text);
        let path = if n % 3 == 0 { vec![] } else { vec![text, text] };
        analysis.findings.push(via(differs(found, Some(text), Some(&format!("{text} + {text}"))), &path));
        analysis.diagnostics.push(ReportedDiagnostic {
            code: text.into(),
            severity: Severity::Error,
            path: text.into(),
            line: 1,
            col: 1,
            message: text.into(),
            help: Some(text.into()),
        });
    }
    analysis.base.rev = texts[0].into();
    analysis.head.rev = texts[5].into();
    analysis
}

/// Every fixture with its name.
pub fn all() -> Vec<(&'static str, Analysis)> {
    vec![
        ("nothing_changed", nothing_changed()),
        ("failing_and_propagating", failing_and_propagating()),
        ("equivalent_refactor", equivalent_refactor()),
        ("unsafe_under_distinct", unsafe_under_distinct()),
        ("many_reached", many_reached()),
        ("hostile", hostile()),
    ]
}
