MODEL (
  name postgres.unnest_ordinality,
  kind FULL,
  dialect postgres
);

SELECT s.id, u.reading, u.at FROM raw.samples AS s, UNNEST(s.readings) WITH ORDINALITY AS u(reading, at)
