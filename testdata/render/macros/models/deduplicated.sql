MODEL (name m.deduplicated, kind FULL);

@DEDUPLICATE(raw.t, [a, CAST(at AS DATE)], ['at DESC', 'b ASC NULLS LAST'])
