MODEL (name raw.spine_alone_fabric, kind FULL, dialect fabric);

@DATE_SPINE('week', '2024-01-01', '2024-12-31')
