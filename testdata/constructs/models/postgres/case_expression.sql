MODEL (
  name postgres.case_expression,
  kind FULL,
  dialect postgres
);

SELECT CASE status WHEN 'a' THEN amount ELSE 0 END AS paid, CASE WHEN amount > 1 THEN 'big' ELSE status END AS size
FROM raw.orders
