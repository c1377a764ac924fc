MODEL (name m.reads_made, kind FULL);

SELECT f FROM m.one_made
