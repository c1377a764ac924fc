MODEL (name shop.report, kind FULL);
SELECT h.id, h.half, f.page, l.seconds FROM shop.halves AS h JOIN shop.found AS f ON h.id = f.id JOIN shop.latest AS l ON l.id = h.id
