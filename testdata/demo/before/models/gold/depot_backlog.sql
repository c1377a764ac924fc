MODEL (name gold.depot_backlog, kind FULL, owner network);

-- Parcels whose latest scan says that they still lie in a depot.
WITH latest AS (
  SELECT parcel_id, depot_code, event
  FROM silver.scans
  QUALIFY ROW_NUMBER() OVER (PARTITION BY parcel_id ORDER BY scanned_at DESC) = 1
)
SELECT
  d.depot_code,
  d.country,
  COUNT(p.parcel_id) AS waiting,
  COUNT(p.parcel_id) / d.capacity AS load
FROM bronze.depots AS d
LEFT JOIN latest AS l
  ON d.depot_code = l.depot_code AND l.event = 'arrived'
LEFT JOIN silver.parcels AS p
  ON l.parcel_id = p.parcel_id
GROUP BY d.depot_code, d.country, d.capacity
