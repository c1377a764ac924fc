MODEL (name depot.wide, kind FULL, physical_properties (a = 1), signals (ready(hours := 2)));
@DEF(low, 5);
@DEF(plus, x -> x + @low);
SET threads = 2;
SELECT id, @plus(amount) AS amount, @doubled(amount) AS twice, @renamed_macro(amount, more := 2) AS more, status FROM depot.stage;
ANALYZE;
