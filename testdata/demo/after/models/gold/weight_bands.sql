MODEL (name gold.weight_bands, kind FULL, owner network);

@DEF(limits, [1, 5, 20]);

SELECT
  destination_country,
  COUNT(*) AS parcels,
  @EACH(@limits, kg -> COUNT_IF(weight_kg <= @kg) AS up_to_@{kg}_kg)
FROM silver.parcels
GROUP BY destination_country
