MODEL (
  name bigquery.struct_star,
  kind FULL,
  dialect bigquery
);

SELECT visit_id, visitor.* FROM raw.visits
