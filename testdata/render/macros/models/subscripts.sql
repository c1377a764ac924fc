MODEL (name m.subscripts, kind FULL);

SELECT [a, b][@count] AS one, STR_SPLIT(b, ',')[@count] AS two, [a, b][@count:4] AS several, [a, b][1] AS written, ARRAY[@count] AS made
FROM raw.t
