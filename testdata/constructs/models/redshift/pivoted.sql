MODEL (
  name redshift.pivoted,
  kind FULL,
  dialect redshift
);

SELECT *
FROM (SELECT customer_id, status, amount FROM raw.orders) PIVOT (SUM(amount) FOR status IN ('a' AS first, 'b' AS second))
