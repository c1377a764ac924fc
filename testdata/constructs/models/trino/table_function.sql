MODEL (
  name trino.table_function,
  kind FULL,
  dialect trino
);

SELECT s.n FROM TABLE(sequence(start => 1, stop => 10)) AS s(n)
