MODEL (name m.python_query, kind FULL);

SELECT * FROM (@WHOLE(raw.t)) AS w WHERE @ONE_MORE(@ONE_MORE(a)) > 1
