MODEL (name gold.lost_parcels, kind FULL, owner logistics);

SELECT
  p.parcel_id,
  p.customer_id,
  p.booked_at
FROM silver.parcels AS p
WHERE
  CAST(p.booked_at AS DATE) < DATE_SUB(@execution_ds, @lost_after_days)
  AND NOT EXISTS (
    SELECT 1 FROM silver.scans AS s WHERE s.parcel_id = p.parcel_id AND s.event = 'delivered'
  )
