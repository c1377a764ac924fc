MODEL (
  name spark.pivoted,
  kind FULL,
  dialect spark
);

SELECT * FROM (SELECT id, amount, tags[0] AS tag FROM raw.events)
PIVOT (SUM(amount) AS total FOR tag IN ('a' AS first, 'b' AS second))
