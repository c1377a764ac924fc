MODEL (name depot.plain, kind SEED (path '$root/seeds/plain.csv'));
