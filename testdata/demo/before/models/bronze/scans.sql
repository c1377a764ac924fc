MODEL (
  name bronze.scans,
  kind INCREMENTAL_BY_TIME_RANGE (time_column scan_date),
  owner network
);

SELECT
  id AS scan_id,
  parcel_id,
  depot AS depot_code,
  LOWER(event) AS event,
  scanned_at,
  CAST(scanned_at AS DATE) AS scan_date
FROM raw.scans
WHERE CAST(scanned_at AS DATE) BETWEEN @start_ds AND @end_ds
