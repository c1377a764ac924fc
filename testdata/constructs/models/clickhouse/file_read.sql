MODEL (
  name clickhouse.file_read,
  kind FULL,
  dialect clickhouse
);

SELECT id, name FROM s3('https://bucket/people.csv', 'CSV')
