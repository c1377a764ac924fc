MODEL (
  name tsql.unpivoted,
  kind FULL,
  dialect tsql
);

SELECT u.id, u.quarter, u.volume
FROM (SELECT id, q1, q2 FROM raw.quarters) AS s UNPIVOT (volume FOR quarter IN (q1, q2)) AS u
