MODEL (
  name trino.self_reference,
  kind INCREMENTAL_BY_UNIQUE_KEY (unique_key id),
  dialect trino
);

SELECT CAST(o.id AS INTEGER) AS id, CAST(COALESCE(t.amount, o.amount) AS DOUBLE) AS amount
FROM raw.orders AS o LEFT JOIN trino.self_reference AS t ON o.id = t.id
