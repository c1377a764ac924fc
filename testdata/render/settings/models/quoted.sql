MODEL (name m."Quoted", kind FULL);

SELECT @this_model AS t, "Mixed" AS @team FROM raw.events
