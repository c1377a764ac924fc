MODEL (name m.variables, kind FULL);

SELECT @REGION AS upper_case, @region AS lower_case, @count + 1 AS number, @ratio AS fraction, @enabled AS flag,
  @names AS list, @nested AS dictionary, @nothing AS nothing, @threshold AS of_gateway, @gateway AS gateway,
  a AS @column, @VAR('count') AS called, @VAR('COUNT', 9) AS in_capitals, @VAR('missing', 'none') AS by_default,
  @VAR('missing') AS null_by_default, a AS total_@{column}, a AS @{column}_2, 'not @region' AS text, @'the @region' AS made
FROM @{schema}.t
