MODEL (name gold.customer_value, kind FULL, owner finance);

WITH totals AS (
  SELECT customer_id, COUNT(*) AS parcels, SUM(fee_eur) AS spent_eur
  FROM silver.parcels
  GROUP BY customer_id
)
SELECT
  c.customer_id,
  c.country,
  t.parcels,
  t.spent_eur,
  RANK() OVER (PARTITION BY c.country ORDER BY t.spent_eur DESC) AS rank_in_country
FROM silver.customers AS c
INNER JOIN totals AS t
  ON c.customer_id = t.customer_id
