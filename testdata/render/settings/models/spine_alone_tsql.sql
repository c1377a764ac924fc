MODEL (name raw.spine_alone_tsql, kind FULL, dialect tsql);

@DATE_SPINE('week', '2024-01-01', '2024-12-31')
