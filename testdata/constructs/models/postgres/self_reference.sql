MODEL (
  name postgres.self_reference,
  kind INCREMENTAL_BY_UNIQUE_KEY (unique_key id),
  dialect postgres
);

SELECT CAST(o.id AS INT) AS id, CAST(COALESCE(t.amount, o.amount) AS DOUBLE PRECISION) AS amount
FROM raw.orders AS o LEFT JOIN postgres.self_reference AS t ON o.id = t.id
