MODEL (
  name bigquery.joined,
  kind FULL,
  dialect bigquery
);

SELECT p.section, COUNT(DISTINCT v.visit_id) AS visits
FROM raw.visits AS v, UNNEST(v.hits) AS h
LEFT JOIN raw.pages AS p ON p.page = h.page
GROUP BY section
