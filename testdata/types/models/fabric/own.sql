MODEL (
  name fabric.own,
  kind FULL,
  dialect fabric
);

SELECT
  ISNULL(i, 0) AS c_isnull,
  LEN(t) AS c_len,
  DATEADD(day, 1, day) AS c_dateadd,
  CAST(t AS DATETIME2(6)) AS c_cast,
  CAST(t AS VARCHAR(10)) AS c_cast_2,
  GETDATE() AS c_getdate,
  IIF(x = 1, i, 0) AS c_iif,
  COUNT_BIG(i) AS c_count,
  i / b AS c_over,
  t + v AS c_plus,
  CONVERT(INT, t) AS c_convert
FROM raw.kinds
