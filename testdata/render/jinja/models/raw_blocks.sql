MODEL (name m.raw_blocks, kind FULL);

JINJA_QUERY_BEGIN;
SELECT {% raw %}'{{ not_read }}'{% endraw %} AS r, {%- set t %}a + 1{% endset %} {{ t }} AS s, {% with y = 3 %}{{ y }}{% endwith %} AS w, {% macro own(x) %}{{ x }} + 1{% endmacro %}{{ own('a') }} AS o FROM raw.t
JINJA_END;
