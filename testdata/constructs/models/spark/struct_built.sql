MODEL (
  name spark.struct_built,
  kind FULL,
  dialect spark
);

SELECT NAMED_STRUCT('a', id, 'b', amount) AS s, STRUCT(id, amount) AS t FROM raw.events
