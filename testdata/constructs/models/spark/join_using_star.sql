MODEL (
  name spark.join_using_star,
  kind FULL,
  dialect spark
);

SELECT * FROM raw.orders AS o LEFT JOIN raw.prices AS p USING (id, placed)
