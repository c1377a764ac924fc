MODEL (
  name redshift.top_rows,
  kind FULL,
  dialect redshift
);

SELECT TOP 5 id, amount FROM raw.orders ORDER BY amount
