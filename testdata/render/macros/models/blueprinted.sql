MODEL (
  name m.blueprint_@{Customer},
  kind @IF(@customer = 'one', FULL, VIEW),
  blueprints (
    (customer := one, field := a, Limits := 5, note := 'it''s'),
    (customer := two, field := amount, limits := a + 1, note := 'two')
  )
);

SELECT @field AS @{field}_of_@customer, @limits AS lim, @BLUEPRINT_VAR('limits') AS by_name, @BLUEPRINT_VAR('missing', 3) AS absent,
  @BLUEPRINT_VAR('customer') AS customer, @note AS note, @'@customer and @note' AS text, @VAR('count') AS configured
FROM raw.t
WHERE @IF(@BLUEPRINT_VAR('note') = 'two', TRUE, @field > 1)
