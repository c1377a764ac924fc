MODEL (
  name bigquery.unnest_literal,
  kind FULL,
  dialect bigquery
);

SELECT n, o.amount FROM UNNEST([1, 2, 3]) AS n JOIN raw.orders AS o ON o.id = n
