MODEL (
  name bigquery.backticks,
  kind FULL,
  dialect bigquery
);

SELECT p.`page`, p.title FROM `raw.pages` AS p
