MODEL (
  name bigquery.unnest_struct,
  kind FULL,
  dialect bigquery
);

SELECT v.visit_id, h.page, h.at FROM raw.visits AS v, UNNEST(v.hits) AS h
