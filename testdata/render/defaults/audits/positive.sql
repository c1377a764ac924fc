AUDIT (name positive); SELECT * FROM @this_model WHERE id < 0
