MODEL (
  name bigquery.unnest_implicit,
  kind FULL,
  dialect bigquery
);

SELECT v.visit_id, l FROM raw.visits AS v, v.labels AS l
