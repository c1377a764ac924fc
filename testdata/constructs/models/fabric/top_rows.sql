MODEL (
  name fabric.top_rows,
  kind FULL,
  dialect fabric
);

SELECT TOP 10 id, amount FROM raw.orders ORDER BY amount DESC
