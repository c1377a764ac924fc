MODEL (
  name redshift.windows_named,
  kind FULL,
  dialect redshift
);

SELECT id, SUM(amount) OVER (PARTITION BY customer_id ORDER BY placed ROWS UNBOUNDED PRECEDING) AS running FROM raw.orders
