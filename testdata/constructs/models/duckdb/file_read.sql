MODEL (
  name duckdb.file_read,
  kind FULL,
  dialect duckdb
);

SELECT r.id, UPPER(r.name) AS name FROM READ_CSV('data/people.csv', all_varchar = TRUE, columns = {'id': 'INT', 'name': 'TEXT'}) AS r WHERE r.active
