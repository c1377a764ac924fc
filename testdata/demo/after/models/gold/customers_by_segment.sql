MODEL (name gold.customers_by_segment, kind FULL, owner crm);

SELECT
  c.country,
  c.segment,
  COUNT(*) AS customers
FROM silver.customers AS c
GROUP BY c.country, c.segment
