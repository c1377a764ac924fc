MODEL (
  name postgres.join_using_star,
  kind FULL,
  dialect postgres
);

SELECT * FROM raw.orders AS o LEFT JOIN raw.prices AS p USING (id, placed)
