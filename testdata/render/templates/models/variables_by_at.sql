-- SQLMesh doesn't look for `@name` in a template: what is defined is what the template asks for, or the statements around it.
MODEL (name t.variables_by_at, kind FULL);
SET x = @size;
JINJA_QUERY_BEGIN;
SELECT @count AS a, {{ var("count") }} AS b, @size AS c FROM raw.t
JINJA_END;
