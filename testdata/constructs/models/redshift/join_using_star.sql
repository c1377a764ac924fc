MODEL (
  name redshift.join_using_star,
  kind FULL,
  dialect redshift
);

SELECT * FROM raw.orders AS o LEFT JOIN raw.prices AS p USING (id, placed)
