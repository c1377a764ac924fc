MODEL (name t.filter_striptags, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "<p>in  it</p>" | striptags }}' AS found FROM raw.t
JINJA_END;
