MODEL (name gold.lane_volume, kind VIEW, owner network);

SELECT
  origin_country,
  destination_country,
  COUNT(*) AS parcels,
  SUM(weight_kg) AS weight_kg
FROM silver.parcels
GROUP BY origin_country, destination_country
