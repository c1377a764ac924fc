MODEL (
  name duckdb.quoted_names,
  kind FULL,
  dialect duckdb
);

SELECT o."ID" AS "Order Id", o.Amount AS AMOUNT FROM raw."Orders" AS o
