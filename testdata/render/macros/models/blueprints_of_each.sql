MODEL (
  name m.each_@{field},
  kind FULL,
  blueprints @EACH(['a', 'amount'], x -> (field := @SQL(@x), label := 'is_@{x}'))
);

SELECT @field AS f, @label AS l FROM raw.t
