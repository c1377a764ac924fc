MODEL (
  name postgres.unnested,
  kind FULL,
  dialect postgres
);

SELECT s.id, r.reading FROM raw.samples AS s CROSS JOIN UNNEST(s.readings) AS r(reading)
