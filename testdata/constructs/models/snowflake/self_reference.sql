MODEL (
  name snowflake.self_reference,
  kind INCREMENTAL_BY_UNIQUE_KEY (unique_key id),
  dialect snowflake
);

SELECT CAST(p.id AS INT) AS id, CAST(COALESCE(t.weight, p.weight) AS DOUBLE) AS weight
FROM raw.parcels AS p LEFT JOIN snowflake.self_reference AS t ON p.id = t.id
