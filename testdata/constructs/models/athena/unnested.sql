MODEL (
  name athena.unnested,
  kind FULL,
  dialect athena
);

SELECT s.id, t.reading FROM raw.samples AS s CROSS JOIN UNNEST(s.readings) AS t(reading)
