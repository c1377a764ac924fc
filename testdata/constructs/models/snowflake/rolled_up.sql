MODEL (
  name snowflake.rolled_up,
  kind FULL,
  dialect snowflake
);

SELECT depot, sent, SUM(weight) AS total FROM raw.parcels GROUP BY ROLLUP (depot, sent)
