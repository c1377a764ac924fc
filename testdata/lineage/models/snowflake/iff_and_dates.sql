MODEL (
  name snowflake.iff_and_dates,
  kind FULL,
  dialect snowflake
);

SELECT IFF(weight > 3, id, 0) AS heavy, DATEADD(day, 1, sent) AS next_day, DATEDIFF(day, sent, CURRENT_DATE) AS age, NVL(weight, 0) AS weight
FROM raw.parcels
