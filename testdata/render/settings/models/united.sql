MODEL (name m.united, kind VIEW);

@UNION('distinct', raw.events, raw.lower)
