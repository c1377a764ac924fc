MODEL (name m.union_distinct, kind FULL);

SELECT * FROM (@UNION('distinct', raw.t, m.star)) AS u
