MODEL (
  name trino.join_using_star,
  kind FULL,
  dialect trino
);

SELECT * FROM raw.orders AS o LEFT JOIN raw.prices AS p USING (id, placed)
