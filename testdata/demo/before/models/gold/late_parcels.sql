MODEL (name gold.late_parcels, kind VIEW, owner logistics);

SELECT
  parcel_id,
  destination_country,
  DATEDIFF(CAST(delivered_at AS DATE), promised_on) AS days_late
FROM silver.deliveries
WHERE NOT on_time
