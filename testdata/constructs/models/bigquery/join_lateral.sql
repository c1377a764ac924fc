MODEL (
  name bigquery.join_lateral,
  kind FULL,
  dialect bigquery
);

SELECT c.name, o FROM raw.customers AS c, UNNEST(ARRAY(SELECT amount FROM raw.orders WHERE customer_id = c.customer_id)) AS o
