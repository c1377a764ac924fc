MODEL (
  name mysql.grouped_text,
  kind FULL,
  dialect mysql
);

SELECT customer_id, GROUP_CONCAT(status ORDER BY placed SEPARATOR ', ') AS statuses FROM raw.orders GROUP BY customer_id
