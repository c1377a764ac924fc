MODEL (
  name tsql.casts,
  kind FULL,
  dialect tsql
);

SELECT
  CAST(i AS BIGINT) AS c_cast,
  CAST(i AS SMALLINT) AS c_cast_2,
  CAST(t AS INT) AS c_cast_3,
  CAST(t AS DECIMAL(10, 2)) AS c_cast_4,
  CAST(t AS DECIMAL) AS c_cast_5,
  CAST(t AS NUMERIC) AS c_cast_6,
  CAST(i AS DOUBLE) AS c_cast_7,
  CAST(i AS FLOAT) AS c_cast_8,
  CAST(i AS REAL) AS c_cast_9,
  CAST(i AS VARCHAR) AS c_cast_10,
  CAST(i AS CHAR(3)) AS c_cast_11,
  CAST(t AS DATE) AS c_cast_12,
  CAST(t AS TIMESTAMP) AS c_cast_13,
  CAST(t AS TIME) AS c_cast_14,
  CAST(i AS BOOLEAN) AS c_cast_15,
  CAST(t AS TEXT) AS c_cast_16,
  CAST(t AS INTEGER) AS c_cast_17,
  CAST(t AS BINARY) AS c_cast_18,
  CAST(i AS TINYINT) AS c_cast_19,
  CAST(t AS DOUBLE PRECISION) AS c_cast_20,
  CAST(t AS JSON) AS c_cast_21,
  CAST(t AS UUID) AS c_cast_22,
  CAST(n AS DECIMAL(18, 4)) + i AS c_cast_23,
  CAST(i AS DECIMAL(5)) / 2 AS c_cast_24
FROM raw.kinds
