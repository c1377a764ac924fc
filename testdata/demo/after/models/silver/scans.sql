MODEL (
  name silver.scans,
  kind INCREMENTAL_BY_TIME_RANGE (time_column scan_date),
  owner network,
  grain scan_id
);

WITH in_range AS (
  SELECT scan_id, parcel_id, depot_code, event, scanned_at, scan_date
  FROM bronze.scans
  WHERE scan_date BETWEEN @start_ds AND @end_ds
), with_previous AS (
  SELECT
    in_range.*,
    LAG(in_range.event) OVER (PARTITION BY in_range.parcel_id ORDER BY in_range.scanned_at) AS previous_event
  FROM in_range
)
SELECT
  scan_id,
  parcel_id,
  depot_code,
  event,
  scanned_at,
  scan_date
FROM with_previous
WHERE (previous_event IS NULL OR previous_event <> event) AND event <> 'void'
