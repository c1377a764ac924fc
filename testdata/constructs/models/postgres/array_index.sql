MODEL (
  name postgres.array_index,
  kind FULL,
  dialect postgres
);

SELECT id, readings[1] AS first, readings[2:3] AS few FROM raw.samples
