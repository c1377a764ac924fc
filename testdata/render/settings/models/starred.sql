MODEL (name m.starred, kind FULL);

SELECT @STAR(raw.events, e, prefix := 'P_'), @STAR(raw.lower, l, quote_identifiers := FALSE) FROM raw.events AS e JOIN raw.lower AS l ON l.id = e.id
