MODEL (name m.deduplicated_by_name, kind FULL);

@DEDUPLICATE(raw.u, [a, b], [amount, 'other DESC'])
