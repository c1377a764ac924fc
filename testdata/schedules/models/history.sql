MODEL (name shop.history, kind SCD_TYPE_2_BY_COLUMN (unique_key id, columns (amount)), start '2024-02-10');
SELECT id, amount FROM raw.events
