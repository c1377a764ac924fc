MODEL (name gold.market_coverage, kind FULL, owner crm);

SELECT
  country,
  COUNT(*) AS cities
FROM silver.markets
GROUP BY country
