MODEL (name bronze.depots, kind VIEW, owner network);

SELECT
  code AS depot_code,
  city,
  UPPER(country) AS country,
  capacity,
  opened_on
FROM raw.depots
