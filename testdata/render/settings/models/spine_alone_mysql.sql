MODEL (name raw.spine_alone_mysql, kind FULL, dialect mysql);

@DATE_SPINE('week', '2024-01-01', '2024-12-31')
