MODEL (name depot.last, kind FULL, cron '@weekly');
SELECT a.id, b.amount, c.total FROM depot.star AS a JOIN depot.py AS b USING (id) JOIN depot.uniq AS c ON c.id = a.id
