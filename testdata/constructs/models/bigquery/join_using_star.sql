MODEL (
  name bigquery.join_using_star,
  kind FULL,
  dialect bigquery
);

SELECT * FROM raw.orders AS o LEFT JOIN raw.prices AS p USING (id, placed)
