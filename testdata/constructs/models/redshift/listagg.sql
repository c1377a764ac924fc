MODEL (
  name redshift.listagg,
  kind FULL,
  dialect redshift
);

SELECT customer_id, LISTAGG(status, ',') WITHIN GROUP (ORDER BY placed) AS statuses FROM raw.orders GROUP BY customer_id
