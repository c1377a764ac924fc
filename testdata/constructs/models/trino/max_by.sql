MODEL (
  name trino.max_by,
  kind FULL,
  dialect trino
);

SELECT customer_id, MAX_BY(id, amount) AS biggest FROM raw.orders GROUP BY customer_id
