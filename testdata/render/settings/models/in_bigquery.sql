MODEL (name m.in_bigquery, kind FULL, dialect bigquery);

SELECT @GENERATE_SURROGATE_KEY(a, b) AS k, @'it @team' AS t, DATE_DIFF(@execution_date, @latest_date, DAY) AS d FROM UNNEST([1]) AS a CROSS JOIN UNNEST([2]) AS b
