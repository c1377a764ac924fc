MODEL (name k.seed_root, kind SEED (path '$root/seeds/plain.csv'));
