MODEL (name depot.uniq, kind INCREMENTAL_BY_UNIQUE_KEY (unique_key (id, status)), columns (id INT, status TEXT, total DOUBLE));
SELECT id, status, SUM(amount) AS total FROM depot.wide GROUP BY id, status
