MODEL (
  name bigquery.generate_array,
  kind FULL,
  dialect bigquery
);

SELECT d, o.amount
FROM UNNEST(GENERATE_DATE_ARRAY('2024-01-01', '2024-01-31')) AS d LEFT JOIN raw.orders AS o ON o.placed = d
