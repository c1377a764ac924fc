MODEL (
  name bigquery.nested_struct_cte,
  kind FULL,
  dialect bigquery
);

WITH items AS (SELECT STRUCT(page AS p, title AS t) AS item, section FROM raw.pages)
SELECT items.item.p, item.t AS title, section FROM items
