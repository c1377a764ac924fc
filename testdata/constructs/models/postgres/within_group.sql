MODEL (
  name postgres.within_group,
  kind FULL,
  dialect postgres
);

SELECT status, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount) AS median FROM raw.orders GROUP BY status
