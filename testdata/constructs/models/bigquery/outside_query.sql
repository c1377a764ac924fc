MODEL (
  name bigquery.outside_query,
  kind FULL,
  dialect bigquery
);

SELECT id, name FROM EXTERNAL_QUERY('project.place.connection', 'SELECT id, name FROM people')
