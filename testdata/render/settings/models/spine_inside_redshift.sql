MODEL (name raw.spine_inside_redshift, kind FULL, dialect redshift);

SELECT x.d FROM (SELECT date_year AS d FROM (@DATE_SPINE('year', l.id, '2030-01-01')) AS y) AS x JOIN raw.lower AS l ON l.id = x.d
