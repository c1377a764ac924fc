MODEL (name depot.rates, kind FULL, gateway other);
SELECT cur, rate, @bucket AS bucket FROM src.rates
