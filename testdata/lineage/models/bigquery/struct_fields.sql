MODEL (
  name bigquery.struct_fields,
  kind FULL,
  dialect bigquery
);

SELECT visit_id, visitor.id AS visitor_id, v.visitor.device.os AS os FROM raw.visits AS v
