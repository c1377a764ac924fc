MODEL (name depot.noted, kind FULL);
@noted('a');
SELECT id, @add_columns(id, amount) FROM depot.stage
