MODEL (
  name duckdb.self_join,
  kind FULL,
  dialect duckdb
);

SELECT child.name, parent.name AS parent_name, grand.region
FROM raw.customers AS child
LEFT JOIN raw.customers AS parent ON child.parent_id = parent.customer_id
LEFT JOIN raw.customers AS grand ON parent.parent_id = grand.customer_id
