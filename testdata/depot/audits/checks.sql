AUDIT (name under, defaults (most = 10));
SELECT * FROM @this_model WHERE @column > @most AND @rate > 0;

AUDIT (name by_macro, blocking false);
SELECT * FROM @this_model WHERE @is_bad(id);
