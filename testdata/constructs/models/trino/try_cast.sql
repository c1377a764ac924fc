MODEL (
  name trino.try_cast,
  kind FULL,
  dialect trino
);

SELECT TRY_CAST(status AS INTEGER) AS n, IF(amount > 1, id, customer_id) AS either FROM raw.orders
