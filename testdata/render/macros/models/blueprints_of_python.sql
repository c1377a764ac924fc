MODEL (
  name m.@{customer}_written,
  kind FULL,
  blueprints @written_blueprints()
);

SELECT @field AS f, @BLUEPRINT_VAR('customer') AS c FROM raw.t
