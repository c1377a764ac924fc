MODEL (
  name bigquery.star_except_replace,
  kind FULL,
  dialect bigquery
);

SELECT * EXCEPT (hits, labels) REPLACE (DATE_TRUNC(day, MONTH) AS day) FROM raw.visits
