MODEL (
  name k.seed,
  kind SEED (
    path '../seeds/people.csv', batch_size 10,
    csv_settings (delimiter = ';', quotechar = '~', doublequote = false, escapechar = '^', skipinitialspace = true, lineterminator = '
', encoding = 'utf-8', keep_default_na = false, na_values = (id = ['none', ''], born = ['none']))
  ),
  columns (id INT, name TEXT, born DATE)
);
