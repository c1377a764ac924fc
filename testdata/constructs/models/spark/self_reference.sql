MODEL (
  name spark.self_reference,
  kind INCREMENTAL_BY_UNIQUE_KEY (unique_key id),
  dialect spark
);

SELECT CAST(o.id AS INT) AS id, CAST(COALESCE(t.amount, o.amount) AS DOUBLE) AS amount
FROM raw.orders AS o LEFT JOIN spark.self_reference AS t ON o.id = t.id
