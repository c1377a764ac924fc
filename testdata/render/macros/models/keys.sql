MODEL (name m.keys, kind FULL);

SELECT
  @GENERATE_SURROGATE_KEY(a) AS one,
  @GENERATE_SURROGATE_KEY(a, b, amount + 1) AS three,
  @GENERATE_SURROGATE_KEY(a, b, hash_function := 'SHA256') AS sha256,
  @GENERATE_SURROGATE_KEY(a, hash_function := 'md5') AS md5,
  @GENERATE_SURROGATE_KEY(@EACH([a, b], x -> x)) AS listed
FROM raw.t
