MODEL (name shop.templated, kind FULL);
JINJA_QUERY_BEGIN;
SELECT {{ chosen() }} FROM shop.base WHERE amount > {{ var('floor_amount') }}
JINJA_END;
