MODEL (
  name snowflake.listagg,
  kind FULL,
  dialect snowflake
);

SELECT depot, LISTAGG(id, ',') WITHIN GROUP (ORDER BY sent) AS ids FROM raw.parcels GROUP BY depot
