MODEL (name depot.emb, kind EMBEDDED);
SELECT id, status FROM depot.stage WHERE status <> 'x'
