MODEL (name shop.countries, kind SEED (path '../seeds/countries.csv'), start '2024-03-01');
