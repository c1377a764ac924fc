MODEL (name depot.kinds, kind SEED (path '../seeds/kinds.csv'), columns (id INT, label TEXT, weight DOUBLE), grain id);
