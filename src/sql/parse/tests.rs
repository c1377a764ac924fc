use super::*;
use crate::dialect::Family;

const ALL: &[Family] = &[
    Family::Generic,
    Family::Athena,
    Family::BigQuery,
    Family::ClickHouse,
    Family::Databricks,
    Family::Doris,
    Family::DuckDb,
    Family::Fabric,
    Family::Hive,
    Family::Materialize,
    Family::MySql,
    Family::Oracle,
    Family::Postgres,
    Family::Presto,
    Family::Redshift,
    Family::RisingWave,
    Family::Snowflake,
    Family::Spark,
    Family::Sqlite,
    Family::StarRocks,
    Family::Teradata,
    Family::Trino,
    Family::TSql,
];

fn failure(sql: &str, family: Family) -> ParseFailure {
    match parse_query(sql, Dialect::new(family)) {
        Ok(parsed) => panic!("{family:?} parses {sql}: {:?}", parsed.tree),
        Err(failure) => failure,
    }
}

fn check_failure(sql: &str, message: &str, found: &str) {
    let failure = failure(sql, Family::DuckDb);
    assert_eq!(failure.message, message);
    assert_eq!(sql.get(failure.start..failure.end), Some(found), "{failure:?}");
}

#[test]
fn failures_say_what_was_found_where() {
    check_failure("SELECT 1 FROM", "expected identifier, found the end of the text", "");
    check_failure("SELECT a FROM t WHERE )", "expected an expression, found )", ")");
    check_failure("SELECT 'é', 1;\nSELECT 2", "expected the end of the statement, found ;", ";");
    check_failure("SELECT (1 + 2 FROM t", "expected ), found FROM", "FROM");
    check_failure("SELECT 1) FROM t", "expected the end of the statement, found )", ")");
    check_failure("SELECT 'abc", "unterminated string literal", "'abc");
}

#[test]
fn one_final_semicolon_is_fine() {
    for family in ALL {
        assert!(parse_query("SELECT 1 AS a ; -- done\n", Dialect::new(*family)).is_ok(), "{family:?}");
        failure("SELECT 1; SELECT 2", *family);
        failure("", *family);
        failure(";", *family);
    }
}

#[test]
fn spans_lead_back_to_the_text() {
    let sql = "SELECT 'é' AS a,\n  b FROM t";
    let parsed = parse_query(sql, Dialect::new(Family::DuckDb)).expect("a plain query");
    let texts: Vec<_> = parsed.tokens.iter().filter_map(|range| sql.get(range.clone())).collect();
    assert_eq!(texts, ["SELECT", "'é'", "AS", "a", ",", "b", "FROM", "t"]);
}

#[test]
fn statements_and_expressions_parse_alone() {
    let dialect = Dialect::new(Family::Snowflake);
    assert!(parse_statement("CREATE TABLE a (b INT)", dialect).is_ok());
    assert!(parse_statement("INSERT INTO a SELECT 1", dialect).is_ok());
    assert!(parse_expression("a + b * 2", dialect).is_ok());
    assert!(parse_expression("a + b c", dialect).is_err());
}

#[test]
fn a_hole_may_stand_wherever_an_expression_or_relation_may() {
    let statements = [
        "SELECT __impact_hole_3(a, b)",
        "SELECT a, __impact_hole_3(a, b) AS c FROM t",
        "SELECT a FROM __impact_hole_3(a, b)",
        "SELECT a FROM __impact_hole_3(a, b) AS t",
        "SELECT a FROM t, __impact_hole_3(t.a)",
        "SELECT a FROM t JOIN __impact_hole_3(a, b) AS u ON __impact_hole_4(t.a) = u.a",
        "SELECT a FROM t LEFT JOIN u ON __impact_hole_3()",
        "SELECT a FROM t WHERE __impact_hole_3(a, b)",
        "SELECT a FROM t WHERE x AND NOT __impact_hole_3(a, b) OR y",
        "SELECT a FROM t WHERE a IN (__impact_hole_3(a, b), 2)",
        "SELECT a FROM t WHERE a BETWEEN __impact_hole_3() AND __impact_hole_4()",
        "SELECT a, count(*) FROM t GROUP BY __impact_hole_3(a, b) HAVING __impact_hole_3(a)",
        "SELECT a FROM t ORDER BY __impact_hole_3(a, b) DESC",
        "SELECT sum(a) OVER (PARTITION BY __impact_hole_3(a) ORDER BY __impact_hole_4(b)) FROM t",
        "SELECT CASE WHEN __impact_hole_3(a) THEN __impact_hole_4(b) ELSE __impact_hole_5() END FROM t",
        "SELECT CAST(__impact_hole_3(a, b) AS INT) FROM t",
        "SELECT coalesce(__impact_hole_3(a, 'x'), 1) FROM t",
        "WITH t AS (SELECT __impact_hole_3(a) AS a FROM __impact_hole_4()) SELECT a FROM t",
        "SELECT a FROM t UNION ALL SELECT __impact_hole_3(a) FROM t",
        "SELECT a FROM (SELECT __impact_hole_3() AS a) AS t",
    ];
    for family in ALL {
        for sql in statements {
            if let Err(failure) = parse_query(sql, Dialect::new(*family)) {
                panic!("{family:?}: {sql}: {failure:?}");
            }
        }
        assert!(parse_expression("__impact_hole_3(a, b)", Dialect::new(*family)).is_ok());
    }
}

#[test]
fn deep_nesting_fails_instead_of_overflowing() {
    on_deep_stack(|| {
        for family in ALL {
            let (open, close) = ("(".repeat(10_000), ")".repeat(10_000));
            for sql in [
                format!("SELECT {open}1{close}"),
                format!("SELECT * FROM {open}t{close}"),
                format!("{open}SELECT 1{close}"),
                format!("SELECT {}1", "- ".repeat(10_000)),
                format!("SELECT {}1{close}", "f(".repeat(10_000)),
                format!("SELECT {}", open),
            ] {
                failure(&sql, *family);
            }
        }
    });
}

/// Whatever nests too deeply is said to, near the place where it does, in time that grows with the text.
#[test]
fn deep_nesting_is_called_so() {
    let deep = |open: &str, inner: &str, close: &str, times: usize| {
        format!("SELECT {}{inner}{}", open.repeat(times), close.repeat(times))
    };
    on_deep_stack(|| {
        for (open, inner, close) in [
            ("(", "1", ")"),
            ("CASE WHEN a THEN ", "1", " END"),
            ("CASE a WHEN 1 THEN 2 ELSE ", "1", " END"),
            ("COALESCE(a, ", "1", ")"),
            ("NOT ", "a", ""),
            ("- ", "a", ""),
            ("(SELECT ", "1", ")"),
            ("1 + (", "1", ")"),
            ("a AND (b OR ", "c", ")"),
            ("CAST(", "1", " AS INT)"),
        ] {
            let took = |times: usize| {
                let sql = deep(open, inner, close, times);
                let start = std::time::Instant::now();
                let failure = failure(&sql, Family::DuckDb);
                let is_chain = failure.message == "too many operators in one expression";
                assert!(is_chain || failure.message.starts_with("nested more than"), "{open}: {failure:?}");
                assert!(failure.help().contains("CTEs"), "{failure:?}");
                let limit = if is_chain { 10_000 } else { DEPTH_LIMIT };
                assert!(failure.start < open.len() * (limit + 2) + "SELECT ".len(), "{open}: {failure:?}");
                start.elapsed().as_secs_f64()
            };
            let (once, twice) = (took(10_000), took(20_000));
            println!("{open:<26} 10,000 levels {once:.3} s, 20,000 {twice:.3} s, {:.1} times", twice / once);
            assert!(twice < once * 5.0 + 1.0, "{open}: {once} s, then {twice} s");
        }
    });
}

#[test]
fn moderate_nesting_parses_in_every_dialect() {
    on_deep_stack(|| {
        for family in ALL {
            let (open, close) = ("(".repeat(60), ")".repeat(60));
            for sql in [
                format!("SELECT {open}1{close}"),
                format!("SELECT {}1{close}", "f(".repeat(60)),
                format!("SELECT {}1{}", "CASE WHEN a THEN ".repeat(60), " END".repeat(60)),
                format!("SELECT {}1 AS a{}", "a FROM (SELECT ".repeat(60), ") AS t".repeat(60)),
            ] {
                if let Err(failure) = parse_query(&sql, Dialect::new(*family)) {
                    panic!("{family:?}: {sql}: {failure:?}");
                }
            }
        }
    });
}

#[test]
fn long_chains_survive_clone_comparison_print_and_drop() {
    on_deep_stack(|| {
        for sql in [
            format!("SELECT 1{}", "+1".repeat(9_900)),
            format!("SELECT 1, 2{}", " UNION ALL SELECT 1, 2".repeat(1_900)),
            format!("SELECT 1::int{}", "[]".repeat(4_900)),
        ] {
            let parsed = parse_query(&sql, Dialect::new(Family::Postgres)).expect("a long chain");
            assert_eq!(parsed.tree.clone(), parsed.tree);
            assert!(!format!("{:?}", parsed.tree).is_empty());
        }
    });
}

#[test]
fn longer_chains_are_refused() {
    on_deep_stack(|| {
        for link in ["+1", "[1]", "::int", " UNION SELECT 1, 2", " AND a", "[]", " IS NULL", " + (b)"] {
            let sql = format!("SELECT a::int{}", link.repeat(11_000));
            let failure = failure(&sql, Family::Postgres);
            assert_eq!(failure.message, "too many operators in one expression", "{link}");
        }
    });
}

#[test]
fn many_rows_are_no_chain() {
    let sql = format!("VALUES (1, -2){}", ", (1 + 1, -2)".repeat(30_000));
    assert!(parse_query(&sql, Dialect::new(Family::Postgres)).is_ok());
}

#[test]
fn a_line_of_ten_megabytes_parses() {
    on_deep_stack(|| {
        let sql = format!("SELECT '{}' AS a", "é".repeat(5 << 20));
        assert!(parse_query(&sql, Dialect::new(Family::DuckDb)).is_ok());
        let sql = format!("SELECT {} 1", " ".repeat(10 << 20));
        assert!(parse_query(&sql, Dialect::new(Family::DuckDb)).is_ok());
    });
}

#[test]
fn repeated_clauses_take_linear_time() {
    on_deep_stack(|| {
        let cases = [
            (Family::DuckDb, "USING SAMPLE ", ""),
            (Family::DuckDb, "DISTINCT x: ", ""),
            (Family::TSql, "FOR XML ", " XSINIL"),
            (Family::TSql, "OPTION (", ""),
            (Family::Spark, "VERSION AS OF (", ""),
            (Family::Trino, "CAST(a AS MAP(", ""),
            (Family::MySql, "CHAR(a USING CHAR(", ""),
            (Family::ClickHouse, "(WITH ", ") AS a"),
            (Family::ClickHouse, "ANY LEFT ", "JOIN b"),
            (Family::ClickHouse, "LIMIT 1 ", "BY a "),
            (Family::ClickHouse, "APPLY(f) ", ""),
            (Family::ClickHouse, "ARRAY JOIN ", "[1] "),
            (Family::ClickHouse, "USING a, ", ""),
            (Family::BigQuery, "FULL UNION ALL BY NAME ON (", ""),
            (Family::BigQuery, "|> AGGREGATE a ", "NULLS"),
            (Family::BigQuery, "ARRAY<", "INT64>[1]"),
            (Family::BigQuery, "FOR SYSTEM_TIME AS OF ", ""),
            (Family::DuckDb, "AT (", ") AS a "),
            (Family::DuckDb, "(PIVOT t ", ""),
            (Family::DuckDb, "[x FOR x IN ", "IF a"),
            (Family::DuckDb, "(FROM t ", ""),
            (Family::DuckDb, "TABLESAMPLE x (", ""),
            (Family::DuckDb, "FROM t PIVOT (a, ", "FOR"),
            (Family::DuckDb, "UNION FROM ", ""),
            (Family::Spark, "TRANSFORM(a) USING ", "AS"),
            (Family::Spark, "HAVING a ", "SORT BY b "),
            (Family::Spark, "VALUES 1, ", ""),
            (Family::Spark, "INTERVAL 1 DAY + ", ""),
            (Family::Databricks, "a?::b", ""),
            (Family::Postgres, "FOR KEY SHARE OF a ", ""),
            (Family::Postgres, ") SEARCH ", "SET"),
            (Family::Postgres, "ROWS FROM (a AS ", ")"),
            (Family::Postgres, "SUBSTRING(a FOR ", "FROM b)"),
            (Family::Postgres, "FROM SUBSTRING(a FOR ", "FROM b)"),
            (Family::Postgres, "E'a' 'b' ", ""),
            (Family::BigQuery, "FROM a-1b.", "c"),
            (Family::BigQuery, "SELECT f(a).b.* ", ""),
            (Family::BigQuery, "f(a)[0]", ".*"),
            (Family::TSql, "FROM OPENROWSET(BULK 'a') WITH (", "b INT)"),
            (Family::TSql, "APPLY PREDICT(MODEL = a, DATA = b AS c", ")"),
            (Family::TSql, "WITH XMLNAMESPACES (a ", ")"),
            (Family::TSql, "JSON_ARRAY(a NULL ON NULL, ", ")"),
            (Family::Spark, "FROM VALUES 1, VALUES ", ""),
            (Family::Spark, "FROM t PIVOT (a FOR b, ", "IN"),
            (Family::ClickHouse, "FORMAT a SETTINGS b ", ""),
            (Family::DuckDb, "COLUMNS(c -> ", ")"),
            (Family::Oracle, "PASSING a AS b, ", ""),
            (Family::Oracle, "WITH READ ONLY ", ""),
            (Family::Generic, "((SELECT ", ""),
            (Family::Generic, "a JOIN b ", "ON c "),
            (Family::Generic, "f((SELECT 1) UNION ", ")"),
        ];
        for (family, again, last) in cases {
            let sql = format!("SELECT 1 FROM t {}{}", again.repeat(10_000), last.repeat(10_000));
            let start = std::time::Instant::now();
            drop(parse_query(&sql, Dialect::new(family)));
            assert!(start.elapsed().as_secs() < 20, "{family:?}: {again}");
        }
    });
}
