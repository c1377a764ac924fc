MODEL (
  name redshift.case_expression,
  kind FULL,
  dialect redshift
);

SELECT CASE status WHEN 'a' THEN amount ELSE 0 END AS paid, CASE WHEN amount > 1 THEN 'big' ELSE status END AS size
FROM raw.orders
