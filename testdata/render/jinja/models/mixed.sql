MODEL (name m.mixed, kind FULL);

JINJA_QUERY_BEGIN;
SELECT @EACH(['a', 'b'], x -> @SQL('@x')), {{ var('count') }} + @count AS n, @IF({{ var('count') }} > 2, amount, a) AS chosen FROM raw.t WHERE a > @count
JINJA_END;
