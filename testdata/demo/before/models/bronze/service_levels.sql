MODEL (
  name bronze.service_levels,
  kind SEED (path '../../seeds/service_levels.csv'),
  columns (
    service STRING,
    promised_days INT,
    base_fee_eur DECIMAL(8, 2),
    per_kg_eur DECIMAL(8, 2)
  ),
  grain service
);
