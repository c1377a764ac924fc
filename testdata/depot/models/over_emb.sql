MODEL (name depot.over_emb, kind FULL);
SELECT id FROM depot.emb
