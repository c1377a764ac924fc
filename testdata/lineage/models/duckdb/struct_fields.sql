MODEL (
  name duckdb.struct_fields,
  kind FULL,
  dialect duckdb
);

SELECT o.address.city, address.zip AS zip, o.address AS whole FROM raw.orders AS o
