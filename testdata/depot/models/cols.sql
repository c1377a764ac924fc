MODEL (name depot.cols, kind FULL);
SELECT @columns_of(depot.kinds) FROM depot.kinds
