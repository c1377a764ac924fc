MODEL (name depot.joined, kind FULL, description 'Joined', column_descriptions (id = 'the id'));
SELECT
  s.id, -- number
  k.label,
  p.day,
  @IF(@switch, s.amount * @rate, s.amount) AS amount,
  @EACH(@Levels, n -> s.amount + @n AS @{n}_up),
  @VAR('cutoff') AS cut
FROM depot.stage AS s
LEFT JOIN depot.kinds AS k ON s.id = k.id
LEFT JOIN depot.plain AS p ON k.label = p.code
WHERE @by_var() > 0
