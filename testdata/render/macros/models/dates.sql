MODEL (name m.dates, kind INCREMENTAL_BY_TIME_RANGE (time_column a));

SELECT @start_ds AS a, @end_ds AS b, @start_ts AS c, @end_dt AS d, @end_date AS e, @execution_ds AS f,
  @start_millis AS g, @end_epoch AS h, @execution_hour AS i, @start_dtntz AS j, @end_tstz AS k
FROM raw.t
WHERE day BETWEEN @start_date AND @end_date
