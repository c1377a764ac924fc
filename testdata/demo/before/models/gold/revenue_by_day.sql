MODEL (name gold.revenue_by_day, kind FULL, owner finance, grain day);

SELECT
  CAST(booked_at AS DATE) AS day,
  COUNT(*) AS parcels,
  SUM(fee_eur) AS revenue_eur
FROM silver.parcels
GROUP BY CAST(booked_at AS DATE)
