MODEL (
  name redshift.qualified_rows,
  kind FULL,
  dialect redshift
);

SELECT id, amount FROM raw.orders QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed) = 1
