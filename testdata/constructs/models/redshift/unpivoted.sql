MODEL (
  name redshift.unpivoted,
  kind FULL,
  dialect redshift
);

SELECT * FROM (SELECT id, q1, q2 FROM raw.quarters) UNPIVOT (volume FOR quarter IN (q1, q2))
