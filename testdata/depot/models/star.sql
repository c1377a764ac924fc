MODEL (name depot.star, kind VIEW);
SELECT * FROM depot.wide
