MODEL (name m.arithmetic, kind FULL);

SELECT @SAFE_ADD(a, amount) AS added, @SAFE_ADD(a, amount - 1, 2) AS three, @SAFE_SUB(a, amount, 1) AS subtracted,
  @SAFE_DIV(a + 1, amount) AS divided, @SAFE_DIV(a, @SAFE_ADD(a, 1)) AS nested
FROM raw.t
