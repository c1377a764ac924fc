MODEL (
  name athena.group_by_ordinal,
  kind FULL,
  dialect athena
);

SELECT region, COUNT(*) AS n FROM raw.customers GROUP BY 1 ORDER BY 2
