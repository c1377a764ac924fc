MODEL (
  name spark.join_natural,
  kind FULL,
  dialect spark
);

SELECT o.id, price FROM raw.orders AS o NATURAL JOIN raw.prices AS p
