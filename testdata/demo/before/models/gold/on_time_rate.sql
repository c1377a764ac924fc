MODEL (name gold.on_time_rate, kind FULL, owner logistics);

SELECT
  destination_country,
  service,
  AVG(CASE WHEN on_time THEN 1.0 ELSE 0.0 END) AS on_time_rate
FROM silver.deliveries
GROUP BY destination_country, service
