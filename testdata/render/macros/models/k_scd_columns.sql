MODEL (name m.k_scd_columns, kind SCD_TYPE_2_BY_COLUMN (unique_key a, columns [b]));

SELECT a, b FROM raw.t
