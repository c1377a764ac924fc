MODEL (
  name spark.struct_field,
  kind FULL,
  dialect spark
);

SELECT place.city, e.place.zip AS code FROM raw.events AS e
