MODEL (name m.everywhere, kind FULL);

WITH c AS (SELECT @EACH([a, b], x -> x) FROM raw.t WHERE @AND(a > 1, b = @region)),
d AS (SELECT DISTINCT @EACH(['a', 'b'], x -> @SQL('@x')) FROM c)
SELECT CASE WHEN @OR(a = 1, a = 2) THEN @VAR('count') ELSE -@count END AS picked, d.a, ROW_NUMBER() OVER (PARTITION BY @EACH([a, b], x -> d.x) ORDER BY @IF(@enabled, d.a, d.b)) AS r
FROM d
GROUP BY @EACH([a, b], x -> x)
HAVING @IF(@count = 3, COUNT(*) > 1, TRUE)
QUALIFY r = @count
ORDER BY @EACH([1, 2], x -> x)
LIMIT @count
