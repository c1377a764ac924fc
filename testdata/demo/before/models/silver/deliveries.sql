MODEL (name silver.deliveries, kind FULL, owner logistics, grain parcel_id);

WITH delivered AS (
  SELECT parcel_id, MIN(scanned_at) AS delivered_at
  FROM silver.scans
  WHERE event = 'delivered'
  GROUP BY parcel_id
)
SELECT
  p.parcel_id,
  p.service,
  p.destination_country,
  p.promised_on,
  d.delivered_at,
  CAST(d.delivered_at AS DATE) <= p.promised_on AS on_time
FROM silver.parcels AS p
INNER JOIN delivered AS d
  ON p.parcel_id = d.parcel_id
