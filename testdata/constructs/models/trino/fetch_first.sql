MODEL (
  name trino.fetch_first,
  kind FULL,
  dialect trino
);

SELECT id, amount FROM raw.orders ORDER BY amount FETCH FIRST 5 ROWS ONLY
