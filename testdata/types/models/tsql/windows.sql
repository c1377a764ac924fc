MODEL (
  name tsql.windows,
  kind FULL,
  dialect tsql
);

SELECT
  ROW_NUMBER() OVER (ORDER BY i) AS c_row,
  RANK() OVER (ORDER BY i) AS c_rank,
  DENSE_RANK() OVER (ORDER BY i) AS c_dense,
  NTILE(4) OVER (ORDER BY i) AS c_ntile,
  LAG(i) OVER (ORDER BY b) AS c_lag,
  LAG(i, 1, 0) OVER (ORDER BY b) AS c_lag_2,
  LEAD(t) OVER (ORDER BY b) AS c_lead,
  FIRST_VALUE(t) OVER (ORDER BY b) AS c_first,
  LAST_VALUE(d) OVER (ORDER BY b) AS c_last,
  NTH_VALUE(d, 2) OVER (ORDER BY b) AS c_nth,
  SUM(i) OVER (PARTITION BY t) AS c_sum,
  AVG(i) OVER (PARTITION BY t) AS c_avg,
  COUNT(*) OVER () AS c_count,
  MAX(day) OVER (PARTITION BY t) AS c_max,
  PERCENT_RANK() OVER (ORDER BY i) AS c_percent,
  CUME_DIST() OVER (ORDER BY i) AS c_cume
FROM raw.kinds
