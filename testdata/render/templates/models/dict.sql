MODEL (name t.dict, kind FULL);
JINJA_QUERY_BEGIN;
SELECT {{ dict(x=1)["x"] }} AS found FROM raw.t
JINJA_END;
