MODEL (
  name depot.blue_@{who},
  kind FULL,
  blueprints ((who := ann, least := 1, col := amount), (who := bob, least := 2, col := amount)),
  owner @who
);
SELECT id, @{col} AS value, @who AS who FROM depot.stage WHERE id > @least
