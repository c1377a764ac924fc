MODEL (name t.print, kind FULL);
JINJA_QUERY_BEGIN;
SELECT {% print "1" %} AS one FROM raw.t
JINJA_END;
