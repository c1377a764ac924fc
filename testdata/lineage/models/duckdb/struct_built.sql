MODEL (
  name duckdb.struct_built,
  kind FULL,
  dialect duckdb
);

WITH packed AS (
  SELECT {'n': name, 'r': region} AS pack, customer_id FROM raw.customers
)
SELECT pack.n AS name, packed.pack.r AS region FROM packed
