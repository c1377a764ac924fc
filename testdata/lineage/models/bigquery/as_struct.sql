MODEL (
  name bigquery.as_struct,
  kind FULL,
  dialect bigquery
);

SELECT STRUCT(page, title AS headline) AS item, page FROM raw.pages
