MODEL (name m.deduplicated_inside, kind FULL);

WITH d AS (@DEDUPLICATE(raw.u, [a], ['amount desc'])) SELECT a, amount FROM d
