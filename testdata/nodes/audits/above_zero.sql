AUDIT (name above_zero);
SELECT * FROM @this_model WHERE total < 0
