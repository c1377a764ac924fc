//! The laws of the canonical form: pairs that one proves, and their near misses.

use impact::compare::Pairing;
use impact::compare::bare::{BareDiff, compare_bare};
use impact::dialect::Dialect;
use impact::impact::Verdict;
use impact::sql::parse::on_deep_stack;

const KEYED: &str = "CREATE TABLE p (id INT PRIMARY KEY, a INT NOT NULL, b INT, s VARCHAR, f DOUBLE);
    CREATE TABLE q (id INT PRIMARY KEY, pid INT, x INT NOT NULL, y INT);
    CREATE TABLE r (k1 INT NOT NULL, k2 INT NOT NULL, z INT, PRIMARY KEY (k1, k2));
    CREATE TABLE m (u INT UNIQUE, w INT);
    CREATE TABLE n (c INT, d INT, s VARCHAR)";

/// The same tables without any key or NOT NULL.
fn bare() -> String {
    KEYED
        .replace(" PRIMARY KEY (k1, k2)", "")
        .replace(" PRIMARY KEY", "")
        .replace(" NOT NULL", "")
        .replace(" UNIQUE", "")
        .replace("z INT,)", "z INT)")
}

fn compared(ddl: &str, dialect: &str, before: &str, after: &str) -> BareDiff {
    let dialect = Dialect::parse(dialect).expect("a known dialect");
    let diff = on_deep_stack(|| compare_bare(before, after, dialect, ddl, Pairing::ByPosition));
    assert!(!diff.reason.starts_with("the query"), "{}\n{before}\n{after}", diff.reason);
    diff
}

#[track_caller]
fn same(before: &str, after: &str) {
    let diff = compared(&bare(), "postgres", before, after);
    assert_eq!(diff.verdict, Verdict::Equivalent, "{}\n{before}\n{after}", diff.reason);
}

#[track_caller]
fn differ(before: &str, after: &str) {
    let diff = compared(KEYED, "postgres", before, after);
    assert_ne!(diff.verdict, Verdict::Equivalent, "{}\n{before}\n{after}", diff.reason);
}

/// The same because of what is declared, which the answer says; without it, not proved.
#[track_caller]
fn same_as_declared(premise: &str, before: &str, after: &str) {
    let diff = compared(KEYED, "postgres", before, after);
    assert_eq!(diff.verdict, Verdict::Equivalent, "{}\n{before}\n{after}", diff.reason);
    assert!(diff.reason.contains(premise), "{premise} isn't named: {}", diff.reason);
    let diff = compared(&bare(), "postgres", before, after);
    assert_ne!(diff.verdict, Verdict::Equivalent, "proved without a declaration: {}\n{before}\n{after}", diff.reason);
}

mod joins {
    use super::{differ, same, same_as_declared};

    #[test]
    fn nested_queries_are_merged() {
        same(
            "SELECT x + 1 FROM (SELECT a AS x FROM p WHERE b > 0) i WHERE x < 9",
            "SELECT a + 1 FROM p WHERE b > 0 AND a < 9",
        );
        same(
            "WITH w AS (SELECT p.a, q.y FROM p JOIN q ON p.id = q.pid) SELECT y FROM w WHERE a > 1",
            "SELECT q.y FROM p JOIN q ON p.id = q.pid WHERE p.a > 1",
        );
        differ("SELECT x FROM (SELECT DISTINCT a AS x, b FROM p) i", "SELECT a FROM p");
        differ(
            "SELECT a FROM (SELECT a, b FROM p ORDER BY b LIMIT 3) i WHERE a > 1",
            "SELECT a FROM p WHERE a > 1 ORDER BY b LIMIT 3",
        );
    }

    #[test]
    fn a_text_gets_its_type_from_where_it_stands() {
        differ("SELECT id FROM (SELECT id, '01' AS k FROM p) i WHERE k = 1", "SELECT id FROM p WHERE '01' = 1");
        differ(
            "SELECT id FROM p WHERE b IN (SELECT '01' FROM n)",
            "SELECT id FROM p WHERE EXISTS (SELECT 1 FROM n WHERE b = '01')",
        );
        same("SELECT id, k FROM (SELECT id, '01' AS k FROM p) i", "SELECT id, '01' FROM p");
    }

    #[test]
    fn computed_columns_of_an_outer_join_stay_null() {
        same(
            "SELECT p.a, i.z FROM p LEFT JOIN (SELECT id, x * 2 AS z FROM q) i ON i.id = p.id",
            "SELECT p.a, q.x * 2 FROM p LEFT JOIN q ON q.id = p.id",
        );
        differ(
            "SELECT p.a, i.z FROM p LEFT JOIN (SELECT id, COALESCE(x, 2) AS z FROM q) i ON i.id = p.id",
            "SELECT p.a, COALESCE(q.x, 2) FROM p LEFT JOIN q ON q.id = p.id",
        );
        differ(
            "SELECT p.a, i.z FROM p LEFT JOIN (SELECT id, 1 AS z FROM q) i ON i.id = p.id",
            "SELECT p.a, 1 FROM p LEFT JOIN q ON q.id = p.id",
        );
    }

    #[test]
    fn a_condition_that_may_fail_stays_behind_the_one_that_guards_it() {
        differ(
            "SELECT a FROM (SELECT a, b FROM p WHERE b <> 0) i WHERE a / b > 1",
            "SELECT a FROM p WHERE b <> 0 AND a / b > 1",
        );
        differ(
            "SELECT p.a FROM p JOIN q ON p.id = q.pid AND q.x <> 0 WHERE p.a / q.x > 1",
            "SELECT p.a FROM q JOIN p ON p.id = q.pid AND p.a / q.x > 1 WHERE q.x <> 0",
        );
    }

    #[test]
    fn inner_joins_have_no_order_and_no_place_for_conditions() {
        same(
            "SELECT p.a FROM p JOIN q ON p.id = q.pid AND q.x > 1 JOIN n ON n.c = q.y WHERE p.b = 2",
            "SELECT p.a FROM n, q, p WHERE 2 = p.b AND n.c = q.y AND 1 < q.x AND q.pid = p.id",
        );
        same("SELECT l.a, o.b FROM p l JOIN p o ON l.b = o.a", "SELECT l.a, o.b FROM p o JOIN p l ON l.b = o.a");
        differ("SELECT l.a, o.b FROM p l JOIN p o ON l.b = o.a", "SELECT o.a, l.b FROM p l JOIN p o ON l.b = o.a");
        differ("SELECT l.a FROM p l JOIN p o ON l.b = o.a", "SELECT l.a FROM p l JOIN p o ON l.a = o.b");
        differ(
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid AND q.x > 1",
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE q.x > 1",
        );
        differ(
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid AND p.a > 1",
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE p.a > 1",
        );
    }

    #[test]
    fn outer_joins_whose_extra_rows_are_dropped() {
        same(
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE q.x > 1",
            "SELECT p.a FROM p JOIN q ON p.id = q.pid WHERE q.x > 1",
        );
        same("SELECT p.a FROM p RIGHT JOIN q ON p.id = q.pid", "SELECT p.a FROM q LEFT JOIN p ON p.id = q.pid");
        same(
            "SELECT p.a FROM p FULL JOIN q ON p.id = q.pid WHERE p.a > 1",
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE p.a > 1",
        );
        differ(
            "SELECT p.a FROM p FULL JOIN q ON p.id = q.pid WHERE p.a > 1",
            "SELECT p.a FROM p RIGHT JOIN q ON p.id = q.pid WHERE p.a > 1",
        );
        differ(
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE q.x IS NULL",
            "SELECT p.a FROM p JOIN q ON p.id = q.pid WHERE q.x IS NULL",
        );
        differ(
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE COALESCE(q.x, 5) > 1",
            "SELECT p.a FROM p JOIN q ON p.id = q.pid WHERE COALESCE(q.x, 5) > 1",
        );
        differ(
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE NOT (q.x > 1 AND p.a > 1)",
            "SELECT p.a FROM p JOIN q ON p.id = q.pid WHERE NOT (q.x > 1 AND p.a > 1)",
        );
    }

    #[test]
    fn a_left_join_on_a_key_that_nobody_reads() {
        let plain = "SELECT q.x FROM q";
        same_as_declared(
            "(id) is declared a key of p",
            "SELECT q.x FROM q LEFT JOIN p ON p.id = q.pid AND p.a > 1",
            plain,
        );
        same_as_declared(
            "(k1, k2) is declared a key of r",
            "SELECT q.x FROM q LEFT JOIN r ON r.k1 = q.x AND r.k2 = q.y",
            plain,
        );
        same_as_declared("(u) is declared a key of m", "SELECT q.x FROM q LEFT JOIN m ON m.u = q.x", plain);
        same("SELECT q.x FROM q LEFT JOIN (SELECT DISTINCT c FROM n) g ON g.c = q.x", plain);
        same("SELECT DISTINCT q.x FROM q LEFT JOIN n ON n.c = q.x", "SELECT DISTINCT q.x FROM q");
        differ("SELECT q.x FROM q LEFT JOIN p ON p.a = q.pid", plain);
        differ("SELECT q.x FROM q LEFT JOIN r ON r.k1 = q.x", plain);
        differ("SELECT q.x FROM q LEFT JOIN r ON r.k1 = q.x AND r.k2 = r.z", plain);
        differ("SELECT q.x FROM q JOIN p ON p.id = q.pid", plain);
        differ("SELECT q.x FROM q LEFT JOIN p ON p.id = q.pid WHERE p.b IS NULL", plain);
        differ(
            "SELECT q.x, COUNT(*) FROM q LEFT JOIN n ON n.c = q.x GROUP BY q.x",
            "SELECT q.x, COUNT(*) FROM q GROUP BY q.x",
        );
    }

    #[test]
    fn a_join_with_itself_on_a_key() {
        same_as_declared(
            "(id) is declared a key of p",
            "SELECT l.a, o.b FROM p l JOIN p o ON l.id = o.id",
            "SELECT a, b FROM p",
        );
        same_as_declared(
            "(u) is declared a key of m",
            "SELECT l.w FROM m l JOIN m o ON l.u = o.u",
            "SELECT w FROM m WHERE u IS NOT NULL",
        );
        differ("SELECT l.w FROM m l JOIN m o ON l.u = o.u", "SELECT w FROM m");
        differ("SELECT l.a, o.b FROM p l JOIN p o ON l.a = o.a", "SELECT a, b FROM p");
        differ("SELECT l.z, o.z FROM r l JOIN r o ON l.k1 = o.k1", "SELECT z, z FROM r");
    }

    #[test]
    fn rows_that_nobody_reads() {
        same("SELECT p.a FROM p CROSS JOIN (SELECT COUNT(*) AS k FROM n) g", "SELECT a FROM p");
        differ("SELECT p.a FROM p CROSS JOIN (SELECT COUNT(*) AS k FROM n GROUP BY c) g", "SELECT a FROM p");
        differ("SELECT p.a FROM p CROSS JOIN (SELECT COUNT(*) AS k FROM n HAVING COUNT(*) > 1) g", "SELECT a FROM p");
    }
}

mod conditions {
    use super::{compared, differ, same, same_as_declared};
    use impact::impact::Verdict;

    #[test]
    fn equal_columns_stand_for_each_other() {
        same(
            "SELECT p.id FROM p JOIN q ON p.id = q.pid WHERE p.id > 7",
            "SELECT q.pid FROM p JOIN (SELECT * FROM q WHERE pid > 7) q ON p.id = q.pid",
        );
        same(
            "SELECT p.a FROM p, q, n WHERE p.id = q.pid AND q.pid = n.c",
            "SELECT p.a FROM p, q, n WHERE p.id = n.c AND q.pid = n.c",
        );
        // Equal texts need not be the same text, nor 0.0 and -0.0.
        differ("SELECT p.s FROM p JOIN n ON p.s = n.s", "SELECT n.s FROM p JOIN n ON p.s = n.s");
        differ("SELECT l.f, l.a FROM p l JOIN p o ON l.f = o.f", "SELECT o.f, l.a FROM p l JOIN p o ON l.f = o.f");
        same("SELECT l.f FROM p l JOIN p o ON l.f = o.f", "SELECT o.f FROM p l JOIN p o ON l.f = o.f");
        differ("SELECT p.id FROM p LEFT JOIN q ON p.id = q.pid", "SELECT q.pid FROM p LEFT JOIN q ON p.id = q.pid");
    }

    #[test]
    fn a_column_that_equals_a_whole_number_is_it() {
        same("SELECT a, a + b FROM p WHERE a = 10", "SELECT 10, 10 + b FROM p WHERE a = 10");
        same("SELECT a FROM p WHERE a = 10 AND a + 5 > b", "SELECT 10 FROM p WHERE 10 = a AND 15 > b");
        differ("SELECT f FROM p WHERE f = 10", "SELECT 10 FROM p WHERE f = 10");
        differ("SELECT s FROM p WHERE s = 'x'", "SELECT 'x' FROM p WHERE s = 'x'");
        differ("SELECT a FROM p WHERE a = 10 OR b = 1", "SELECT 10 FROM p WHERE a = 10 OR b = 1");
    }

    #[test]
    fn what_follows_from_another_condition() {
        same("SELECT a FROM p WHERE b > 7 AND b IS NOT NULL", "SELECT a FROM p WHERE b > 7");
        same("SELECT a FROM p WHERE b > 7 AND b > 9", "SELECT a FROM p WHERE b > 9");
        same("SELECT p.a FROM p JOIN q ON p.b = q.y AND q.y IS NOT NULL", "SELECT p.a FROM p JOIN q ON p.b = q.y");
        same_as_declared("p.a is declared NOT NULL", "SELECT b FROM p WHERE a IS NOT NULL", "SELECT b FROM p");
        same_as_declared("p.a is declared NOT NULL", "SELECT b FROM p WHERE a IS NULL", "SELECT b FROM p WHERE FALSE");
        differ("SELECT a FROM p WHERE b > 7 AND b >= 9", "SELECT a FROM p WHERE b > 9");
        differ("SELECT a FROM p WHERE (b > 7 OR a > 1) AND b IS NOT NULL", "SELECT a FROM p WHERE b > 7 OR a > 1");
        differ(
            "SELECT p.b FROM q LEFT JOIN p ON p.id = q.pid WHERE p.a IS NOT NULL",
            "SELECT p.b FROM q LEFT JOIN p ON p.id = q.pid",
        );
        differ("SELECT b FROM p WHERE b = b", "SELECT b FROM p");
        differ("SELECT f FROM p WHERE f = f", "SELECT f FROM p WHERE f IS NOT NULL");
    }

    #[test]
    fn three_valued_logic() {
        same("SELECT a FROM p WHERE NOT (a = 1 OR b = 2)", "SELECT a FROM p WHERE a <> 1 AND b <> 2");
        same("SELECT a IN (1, 2) FROM p", "SELECT a = 2 OR a = 1 FROM p");
        same("SELECT a FROM p WHERE b BETWEEN 1 AND 5", "SELECT a FROM p WHERE b >= 1 AND 5 >= b");
        same("SELECT a FROM p WHERE b = 1 OR NULL", "SELECT a FROM p WHERE b = 1");
        same("SELECT a FROM p WHERE CASE WHEN b < 10 THEN TRUE ELSE FALSE END", "SELECT a FROM p WHERE b < 10");
        same("SELECT (a = 1 OR b = 2) AND (b = 2 OR a = 1 OR a = 5) FROM p", "SELECT a = 1 OR b = 2 FROM p");
        differ("SELECT CASE WHEN b < 10 THEN TRUE ELSE FALSE END FROM p", "SELECT b < 10 FROM p");
        differ("SELECT b = 1 OR NULL FROM p", "SELECT b = 1 FROM p");
        differ("SELECT a FROM p WHERE NOT (b = 1 AND NULL)", "SELECT a FROM p");
        differ("SELECT a FROM p WHERE NOT (b = 1 AND NULL)", "SELECT a FROM p WHERE NOT FALSE");
        differ("SELECT a FROM p WHERE CASE WHEN b < 10 THEN FALSE ELSE TRUE END", "SELECT a FROM p WHERE NOT b < 10");
        // NaN is neither less than one nor at least one.
        differ("SELECT a FROM p WHERE NOT f < 1", "SELECT a FROM p WHERE f >= 1");
        differ("SELECT b AND TRUE FROM p", "SELECT b FROM p");
    }

    #[test]
    fn whole_numbers_are_computed_and_nothing_else() {
        same("SELECT a FROM p WHERE b < 40 + 60", "SELECT a FROM p WHERE b < 100");
        same("SELECT a + 1 + 2 FROM p", "SELECT (a + 1) + 2 FROM p");
        differ("SELECT a FROM p WHERE b < 5 / 2", "SELECT a FROM p WHERE b < 2");
        differ("SELECT a FROM p WHERE f < 0.1 + 0.2", "SELECT a FROM p WHERE f < 0.3");
        differ("SELECT a - 1 - 2 FROM p", "SELECT a - (1 - 2) FROM p");
        differ("SELECT a FROM p WHERE b = 2000000000 + 2000000000", "SELECT a FROM p WHERE b = 4000000000");
    }

    #[test]
    fn no_rows() {
        same("SELECT a FROM p WHERE 1 = 0", "SELECT b FROM q WHERE FALSE".replace("b", "y").as_str());
        same("SELECT COUNT(*), SUM(a) FROM p WHERE FALSE", "SELECT COUNT(c), NULL FROM n WHERE 1 = 0");
        same("SELECT a FROM p UNION ALL SELECT a FROM p WHERE FALSE", "SELECT a FROM p");
        differ("SELECT COUNT(*) FROM p WHERE FALSE GROUP BY a", "SELECT 0");
        differ("SELECT a FROM p UNION SELECT a FROM p WHERE FALSE", "SELECT a FROM p");
    }

    #[test]
    fn clickhouse_has_rules_of_its_own() {
        let ddl = super::bare();
        for (before, after) in [
            (
                "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE q.x = 0",
                "SELECT p.a FROM p JOIN q ON p.id = q.pid WHERE q.x = 0",
            ),
            ("SELECT b NOT IN (1, 2) FROM p", "SELECT b <> 1 AND b <> 2 FROM p"),
        ] {
            assert_ne!(compared(&ddl, "clickhouse", before, after).verdict, Verdict::Equivalent);
        }
    }
}

mod existence {
    use super::{differ, same, same_as_declared};

    #[test]
    fn in_is_exists_where_it_keeps_rows() {
        same(
            "SELECT a FROM p WHERE b IN (SELECT c FROM n)",
            "SELECT a FROM p WHERE EXISTS (SELECT 1 FROM n WHERE n.c = p.b)",
        );
        differ("SELECT b IN (SELECT c FROM n) FROM p", "SELECT EXISTS (SELECT 1 FROM n WHERE n.c = p.b) FROM p");
        differ(
            "SELECT a FROM p WHERE b NOT IN (SELECT c FROM n)",
            "SELECT a FROM p WHERE NOT EXISTS (SELECT 1 FROM n WHERE n.c = p.b)",
        );
        differ(
            "SELECT a FROM p WHERE b IN (SELECT c FROM n ORDER BY c LIMIT 1)",
            "SELECT a FROM p WHERE EXISTS (SELECT 1 FROM n WHERE n.c = p.b ORDER BY c LIMIT 1)",
        );
        differ("SELECT a FROM p WHERE EXISTS (SELECT MAX(c) FROM n)", "SELECT a FROM p WHERE EXISTS (SELECT c FROM n)");
        same_as_declared(
            "p.a is declared NOT NULL",
            "SELECT a IN (SELECT x FROM q) FROM p",
            "SELECT EXISTS (SELECT 1 FROM q WHERE x = p.a) FROM p",
        );
    }

    #[test]
    fn a_join_with_groups_asks_whether_there_is_one() {
        let asked = "SELECT a FROM p WHERE EXISTS (SELECT 1 FROM n WHERE n.c = p.b)";
        same("SELECT p.a FROM p JOIN (SELECT DISTINCT c FROM n) g ON g.c = p.b", asked);
        same(
            "SELECT p.a FROM p LEFT JOIN (SELECT c, 1 AS i FROM n GROUP BY c) g ON g.c = p.b WHERE g.i IS NOT NULL",
            asked,
        );
        differ("SELECT p.a FROM p JOIN n ON n.c = p.b", asked);
        differ("SELECT p.a FROM p JOIN (SELECT DISTINCT c, d FROM n) g ON g.c = p.b", asked);
        differ("SELECT p.a FROM p LEFT JOIN (SELECT c, 1 AS i FROM n) g ON g.c = p.b WHERE g.i IS NOT NULL", asked);
        differ(
            "SELECT p.a FROM p LEFT JOIN (SELECT c, d AS i FROM n GROUP BY c, d) g ON g.c = p.b WHERE g.i IS NOT NULL",
            asked,
        );
    }
}

mod groups {
    use super::{differ, same, same_as_declared};

    #[test]
    fn distinct_and_groups() {
        same("SELECT DISTINCT a, b FROM p", "SELECT a, b FROM p GROUP BY b, a");
        same("SELECT DISTINCT a, COUNT(*) FROM p GROUP BY a", "SELECT a, COUNT(*) FROM p GROUP BY a");
        same(
            "SELECT a FROM p UNION SELECT x FROM q",
            "SELECT DISTINCT v FROM (SELECT a AS v FROM p UNION ALL SELECT x FROM q) i",
        );
        same_as_declared("(id) is declared a key of p", "SELECT DISTINCT id, a FROM p", "SELECT id, a FROM p");
        differ("SELECT DISTINCT COUNT(*) FROM p GROUP BY a", "SELECT COUNT(*) FROM p GROUP BY a");
        differ("SELECT DISTINCT u, w FROM m", "SELECT u, w FROM m");
        differ("SELECT DISTINCT p.id FROM p JOIN n ON n.c = p.b", "SELECT p.id FROM p JOIN n ON n.c = p.b");
    }

    #[test]
    fn keys_that_group_nothing_further() {
        same("SELECT COUNT(*) FROM p WHERE a = 10 GROUP BY a, b", "SELECT COUNT(*) FROM p WHERE a = 10 GROUP BY b");
        same_as_declared(
            "(id) is declared a key of p",
            "SELECT id, SUM(b) FROM p GROUP BY id, a, s",
            "SELECT id, SUM(b) FROM p GROUP BY id",
        );
        differ("SELECT COUNT(*) FROM p WHERE a = 10 GROUP BY a", "SELECT COUNT(*) FROM p WHERE a = 10");
        differ("SELECT u, COUNT(*) FROM m GROUP BY u, w", "SELECT u, COUNT(*) FROM m GROUP BY u");
        differ(
            "SELECT p.id, COUNT(*) FROM q LEFT JOIN p ON p.id = q.pid GROUP BY p.id, q.x",
            "SELECT p.id, COUNT(*) FROM q LEFT JOIN p ON p.id = q.pid GROUP BY p.id",
        );
        same("SELECT a, COUNT(*) FROM p GROUP BY a HAVING a > 3", "SELECT a, COUNT(*) FROM p WHERE a > 3 GROUP BY a");
        differ(
            "SELECT a, COUNT(*) FROM p GROUP BY a HAVING COUNT(*) > 3",
            "SELECT a, COUNT(*) FROM p WHERE a > 3 GROUP BY a",
        );
    }

    #[test]
    fn aggregates_of_aggregates() {
        let parts = |inner: &str| {
            format!("(SELECT c, {inner} AS v FROM n GROUP BY c UNION ALL SELECT c, {inner} FROM n GROUP BY c) i")
        };
        let rows = "(SELECT c, d FROM n UNION ALL SELECT c, d FROM n) i";
        for (outer, inner, direct) in
            [("SUM", "COUNT(*)", "COUNT(*)"), ("SUM", "SUM(d)", "SUM(d)"), ("MAX", "MAX(d)", "MAX(d)")]
        {
            same(
                &format!("SELECT c, {outer}(v) FROM {} GROUP BY c", parts(inner)),
                &format!("SELECT c, {direct} FROM {rows} GROUP BY c"),
            );
        }
        differ(
            &format!("SELECT c, COUNT(v) FROM {} GROUP BY c", parts("COUNT(*)")),
            &format!("SELECT c, COUNT(*) FROM {rows} GROUP BY c"),
        );
        // Over no rows the SUM of counts is NULL.
        differ(&format!("SELECT SUM(v) FROM {}", parts("COUNT(*)")), &format!("SELECT COUNT(*) FROM {rows}"));
        differ(
            "SELECT SUM(v) FROM (SELECT a, SUM(f) AS v FROM p GROUP BY a, b) i GROUP BY a",
            "SELECT SUM(f) FROM p GROUP BY a",
        );
        same(
            "SELECT c, COUNT(d) FROM (SELECT c, d FROM n GROUP BY c, d) i GROUP BY c",
            "SELECT c, COUNT(DISTINCT d) FROM n GROUP BY c",
        );
        differ(
            "SELECT c, COUNT(*) FROM (SELECT c, d FROM n GROUP BY c, d) i GROUP BY c",
            "SELECT c, COUNT(DISTINCT d) FROM n GROUP BY c",
        );
        differ(
            "SELECT c, COUNT(d) FROM (SELECT c, d FROM n GROUP BY c, d, s) i GROUP BY c",
            "SELECT c, COUNT(DISTINCT d) FROM n GROUP BY c",
        );
    }

    #[test]
    fn aggregates_that_are_others() {
        same("SELECT COUNT(1) FROM p", "SELECT COUNT(*) FROM p");
        same("SELECT MAX(DISTINCT b) FROM p", "SELECT MAX(b) FROM p");
        same_as_declared("p.a is declared NOT NULL", "SELECT COUNT(a) FROM p", "SELECT COUNT(*) FROM p");
        differ("SELECT COUNT(b) FROM p", "SELECT COUNT(*) FROM p");
        differ(
            "SELECT COUNT(p.a) FROM q LEFT JOIN p ON p.id = q.pid",
            "SELECT COUNT(*) FROM q LEFT JOIN p ON p.id = q.pid",
        );
        differ("SELECT SUM(DISTINCT b) FROM p", "SELECT SUM(b) FROM p");
        differ("SELECT COUNT(DISTINCT a) FROM p", "SELECT COUNT(*) FROM p");
    }
}

mod unions {
    use super::{differ, same};

    #[test]
    fn what_is_done_to_a_union_is_done_in_its_branches() {
        same(
            "SELECT v + 1 FROM (SELECT a AS v FROM p UNION ALL SELECT x FROM q) i WHERE v > 2",
            "SELECT x + 1 FROM q WHERE x > 2 UNION ALL SELECT a + 1 FROM p WHERE a > 2",
        );
        same(
            "SELECT a FROM p UNION ALL (SELECT x FROM q UNION ALL SELECT c FROM n)",
            "(SELECT a FROM p UNION ALL SELECT x FROM q) UNION ALL SELECT c FROM n",
        );
        differ(
            "SELECT a FROM p UNION (SELECT x FROM q UNION ALL SELECT c FROM n)",
            "(SELECT a FROM p UNION SELECT x FROM q) UNION ALL SELECT c FROM n",
        );
        // 1 and 1.5 become 1.0 and 1.5 before anything is done to them.
        differ(
            "SELECT v / 2 FROM (SELECT a AS v FROM p UNION ALL SELECT f FROM p) i",
            "SELECT a / 2 FROM p UNION ALL SELECT f / 2 FROM p",
        );
        differ(
            "SELECT a FROM p EXCEPT (SELECT x FROM q EXCEPT SELECT c FROM n)",
            "(SELECT a FROM p EXCEPT SELECT x FROM q) EXCEPT SELECT c FROM n",
        );
        same("SELECT a FROM (SELECT a FROM p EXCEPT SELECT x FROM q) i", "SELECT a FROM p EXCEPT SELECT x FROM q");
    }

    #[test]
    fn branches_of_different_types_are_converted_first() {
        differ(
            "SELECT c, MAX(v) FROM (SELECT c, MAX(d) AS v FROM n GROUP BY c UNION ALL SELECT c, MAX(s) FROM n GROUP BY c) i GROUP BY c",
            "SELECT c, MAX(v) FROM (SELECT c, d AS v FROM n UNION ALL SELECT c, s FROM n) i GROUP BY c",
        );
        differ(
            "SELECT p.a FROM p JOIN (SELECT d AS v FROM n WHERE d > 5 UNION ALL SELECT s FROM n WHERE s > 5) i ON i.v = p.s",
            "SELECT p.a FROM p JOIN (SELECT d AS v FROM n UNION ALL SELECT s FROM n) i ON i.v = p.s WHERE i.v > 5",
        );
        differ(
            "SELECT v FROM (SELECT a AS v FROM p UNION ALL SELECT f FROM p) i UNION ALL SELECT s FROM n",
            "SELECT a FROM p UNION ALL SELECT s FROM n UNION ALL SELECT f FROM p",
        );
        same(
            "SELECT p.a FROM p JOIN (SELECT d AS v FROM n WHERE d > 5 UNION ALL SELECT x FROM q WHERE x > 5) i ON i.v = p.a",
            "SELECT p.a FROM p JOIN (SELECT d AS v FROM n UNION ALL SELECT x FROM q) i ON i.v = p.a WHERE p.a > 5",
        );
    }

    #[test]
    fn lists_of_values() {
        same("SELECT * FROM (VALUES (1, 2), (3, 4)) i(u, v)", "SELECT 3, 4 UNION ALL SELECT 1, 2");
        same("SELECT u + v FROM (VALUES (1, 2), (3, 4)) i(u, v) WHERE u > 1", "SELECT 7");
        differ("SELECT * FROM (VALUES (1), (2)) i(u)", "SELECT 1 UNION ALL SELECT 2.0");
        differ("SELECT * FROM (VALUES (1), (1)) i(u)", "SELECT 1");
    }
}

mod bounds {
    use super::compared;
    use std::time::{Duration, Instant};

    #[track_caller]
    fn quickly(query: &str, other: &str) {
        let start = Instant::now();
        compared("CREATE TABLE t (a INT, b INT)", "duckdb", query, other);
        assert!(start.elapsed() < Duration::from_secs(20), "took {:?}", start.elapsed());
    }

    #[test]
    fn long_chains_of_ctes() {
        let chain = |last: &str| {
            let steps = (1..500).map(|at| format!("c{at} AS (SELECT a + 1 AS a FROM c{})", at - 1));
            let all: Vec<String> = std::iter::once("c0 AS (SELECT a FROM t)".to_owned()).chain(steps).collect();
            format!("WITH {} SELECT {last} FROM c499", all.join(", "))
        };
        quickly(&chain("a"), &chain("a + 1"));
    }

    #[test]
    fn ctes_that_double() {
        let steps =
            (1..40).map(|at| format!("c{at} AS (SELECT l.a + o.a AS a FROM c{0} l JOIN c{0} o ON l.a = o.a)", at - 1));
        let all: Vec<String> = std::iter::once("c0 AS (SELECT a FROM t)".to_owned()).chain(steps).collect();
        let query = |last: &str| format!("WITH {} SELECT {last} FROM c39", all.join(", "));
        quickly(&query("a"), &query("a + 1"));
    }

    #[test]
    fn unions_of_many_branches() {
        let union = |count: usize| vec!["SELECT a FROM t WHERE b > 1"; count].join(" UNION ALL ");
        quickly(&union(1500), &union(1499));
    }

    #[test]
    fn a_table_joined_with_itself_many_times() {
        let joined = |condition: &str| {
            let joins: Vec<String> =
                (1..40).map(|at| format!("JOIN t AS t{at} ON t{}.a {condition} t{at}.b", at - 1)).collect();
            format!("SELECT t0.a FROM t AS t0 {}", joins.join(" "))
        };
        quickly(&joined("="), &joined("<"));
        let crossed: Vec<String> = (0..45).map(|at| format!("t AS t{at}")).collect();
        quickly(
            &format!("SELECT t0.a FROM {}", crossed.join(", ")),
            &format!("SELECT t1.b FROM {}", crossed.join(", ")),
        );
    }
}
