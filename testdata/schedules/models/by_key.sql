MODEL (name shop.by_key, kind INCREMENTAL_BY_UNIQUE_KEY (unique_key id), start '1 month ago');
SELECT id, amount FROM raw.events
