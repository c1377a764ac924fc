MODEL (
  name bigquery.array_subquery,
  kind FULL,
  dialect bigquery
);

SELECT visit_id, ARRAY(SELECT h.page FROM UNNEST(hits) AS h) AS pages FROM raw.visits
