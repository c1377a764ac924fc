MODEL (
  name bigquery.pivoted,
  kind FULL,
  dialect bigquery
);

SELECT * FROM (SELECT page, section, title FROM raw.pages) PIVOT (COUNT(title) AS n FOR section IN ('news', 'sport'))
