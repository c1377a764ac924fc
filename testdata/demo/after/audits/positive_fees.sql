AUDIT (name positive_fees);

SELECT * FROM @this_model WHERE fee_eur <= 0;
