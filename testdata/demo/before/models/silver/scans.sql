MODEL (
  name silver.scans,
  kind INCREMENTAL_BY_TIME_RANGE (time_column scan_date),
  owner network,
  grain scan_id
);

WITH s AS (
  SELECT scan_id, parcel_id, depot_code, event, scanned_at, scan_date
  FROM bronze.scans
  WHERE scan_date BETWEEN @start_ds AND @end_ds
)
SELECT
  t.scan_id,
  t.parcel_id,
  t.depot_code,
  t.event,
  t.scanned_at,
  t.scan_date
FROM (
  SELECT
    s.*,
    LAG(s.event) OVER (PARTITION BY s.parcel_id ORDER BY s.scanned_at) AS previous_event
  FROM s
) AS t
WHERE t.event <> 'void' AND (t.previous_event IS NULL OR t.previous_event <> t.event)
