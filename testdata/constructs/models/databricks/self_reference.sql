MODEL (
  name databricks.self_reference,
  kind INCREMENTAL_BY_UNIQUE_KEY (unique_key id),
  dialect databricks
);

SELECT CAST(o.id AS INT) AS id, CAST(COALESCE(t.amount, o.amount) AS DOUBLE) AS amount
FROM raw.orders AS o LEFT JOIN databricks.self_reference AS t ON o.id = t.id
