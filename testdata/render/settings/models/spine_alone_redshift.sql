MODEL (name raw.spine_alone_redshift, kind FULL, dialect redshift);

@DATE_SPINE('week', '2024-01-01', '2024-12-31')
