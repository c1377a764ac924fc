MODEL (
  name duckdb.self_reference,
  kind INCREMENTAL_BY_UNIQUE_KEY (unique_key id),
  dialect duckdb
);

SELECT CAST(o.id AS INT) AS id, CAST(COALESCE(t.amount, o.amount) AS DOUBLE) AS amount
FROM raw.orders AS o LEFT JOIN duckdb.self_reference AS t USING (id)
