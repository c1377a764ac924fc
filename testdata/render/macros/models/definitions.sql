MODEL (name m.definitions, kind FULL);

@DEF(limit_of, 10);
@DEF(Doubled, x -> x * 2);
@DEF(pair, (x, y) -> x + y);
@DEF(condition, a > @limit_of AND b IS NOT NULL);
@DEF(source, raw.t);
SELECT @DOUBLED(a) AS doubled, @pair(a, @limit_of) AS paired, @limit_of AS plain FROM @source WHERE @condition
