MODEL (kind SEED (path '../../seeds/days.csv'));
