MODEL (
  name athena.own,
  kind FULL,
  dialect athena
);

SELECT
  IF(x, i, 0) AS c_if,
  DATE_ADD('day', 1, day) AS c_date,
  DATE_TRUNC('month', day) AS c_date_2,
  ARRAY[i, b] AS c_array,
  JSON_EXTRACT_SCALAR(t, '$.a') AS c_json,
  APPROX_DISTINCT(i) AS c_approx,
  FROM_UNIXTIME(i) AS c_from,
  ROUND(d, 2) AS c_round,
  i / b AS c_over,
  CAST(t AS VARCHAR) AS c_cast,
  LENGTH(t) AS c_length
FROM raw.kinds
