MODEL (
  name fabric.conditionals,
  kind FULL,
  dialect fabric
);

SELECT
  CASE WHEN x THEN i ELSE b END AS c_case,
  CASE WHEN x THEN i ELSE d END AS c_case_2,
  CASE WHEN x THEN 1 ELSE 2.5 END AS c_case_3,
  CASE WHEN x THEN i ELSE 0 END AS c_case_4,
  CASE WHEN x THEN n ELSE 0 END AS c_case_5,
  CASE WHEN x THEN t END AS c_case_6,
  CASE i WHEN 1 THEN 'a' ELSE t END AS c_case_7,
  CASE WHEN x THEN NULL ELSE i END AS c_case_8,
  CASE WHEN x THEN NULL END AS c_case_9,
  NULL AS c_null,
  COALESCE(i, 0) AS c_coalesce,
  COALESCE(n, 0) AS c_coalesce_2,
  COALESCE(d, i, 0) AS c_coalesce_3,
  COALESCE(NULL, i) AS c_coalesce_4,
  NULLIF(i, 0) AS c_nullif,
  NULLIF(t, '') AS c_nullif_2,
  i > 1 AS c_i,
  i = 1 AND x AS c_i_2,
  NOT x AS c_not,
  x IS NULL AS c_x,
  i IN (1, 2) AS c_i_3,
  i BETWEEN 1 AND 2 AS c_i_4,
  t IS DISTINCT FROM v AS c_t,
  EXISTS (SELECT 1) AS c_exists,
  1 AS c_v,
  1.5 AS c_v_2,
  'a' AS c_a,
  -1 AS c_v_3,
  (i) AS c_i_5,
  (SELECT MAX(w.i) FROM raw.kinds AS w) AS c_select
FROM raw.kinds
