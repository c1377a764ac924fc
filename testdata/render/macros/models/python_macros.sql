MODEL (name m.python_macros, kind FULL);

SELECT @ONE_MORE(a) AS x, @RENAMED('y', amount), @LISTED(), @RENAMED(z, t.a), @DROPPED(), 2 * @ONE_MORE(a) AS w FROM raw.t AS t WHERE @ONE_MORE(t.a) > 2
