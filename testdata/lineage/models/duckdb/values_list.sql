MODEL (
  name duckdb.values_list,
  kind FULL,
  dialect duckdb
);

SELECT v.code, v.label, o.amount
FROM raw.orders AS o
JOIN (VALUES ('a', 'active'), ('b', 'blocked')) AS v(code, label) ON o.status = v.code
