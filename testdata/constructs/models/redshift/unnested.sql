MODEL (
  name redshift.unnested,
  kind FULL,
  dialect redshift
);

SELECT s.id, r AS reading FROM raw.samples AS s, s.readings AS r
