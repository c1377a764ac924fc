MODEL (name depot.openly, kind FULL);
SELECT * FROM src.open
