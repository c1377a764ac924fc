MODEL (
  name bigquery.unnest_offset,
  kind FULL,
  dialect bigquery
);

SELECT v.visit_id, label, place FROM raw.visits AS v CROSS JOIN UNNEST(v.labels) AS label WITH OFFSET AS place
