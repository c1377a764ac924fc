MODEL (name m.evaluated, kind INCREMENTAL_BY_TIME_RANGE (time_column day));

@DEF(number, 7);

SELECT
  @IF(FALSE, amount) AS a,
  @EVAL(@number // 2) AS x0,
  @EVAL(-@number // 2) AS x1,
  @EVAL(CAST('3' AS INT) + 1) AS x2,
  @EVAL(3.7::BIGINT) AS x3,
  @EVAL(@number::DOUBLE) AS x4,
  @IF(CAST(@count AS TEXT) = '3', 'yes', 'no') AS x5,
  @IF(SUBSTRING(@region, 1, 2) = 'no', 'yes', 'no') AS x6,
  @IF(LEFT(@region, 1) = 'n', 'yes', 'no') AS x7,
  @EVAL(RIGHT('abc', 2)) AS x8,
  @EVAL(MOD(@number, 4)) AS x9,
  @EVAL(POWER(2, 10)) AS x10,
  @EVAL(ROUND(2.567, 1)) AS x11,
  @IF(@count IN @names, 'yes', 'no') AS x12,
  @IF(@region NOT IN @names, 'yes', 'no') AS x13,
  @IF(@start_date < '2024-01-01'::DATE, 'yes', 'no') AS x14,
  @IF(@end_date = @start_date, 'yes', 'no') AS x15,
  @EVAL(NVL(NULL, 3)) AS x16,
  @SQL('@EVAL(@count + 1)') AS x17,
  @SQL('@SAFE_ADD(a, 1)') AS x18,
  day
FROM raw.t
@WHERE(@count > 1) @region <> b
@ORDER_BY(TRUE) @column
