MODEL (
  name m.@{customer}_made,
  kind FULL,
  blueprints @made_blueprints(['one', 'two'])
);

SELECT @field AS f, '@customer' AS c FROM raw.t
