MODEL (
  name duckdb.scd,
  kind SCD_TYPE_2_BY_TIME (
    unique_key customer_id
  ),
  dialect duckdb
);

SELECT customer_id, name, region, placed AS updated_at FROM raw.customers JOIN raw.orders USING (customer_id)
