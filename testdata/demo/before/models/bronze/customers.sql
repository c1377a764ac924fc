MODEL (name bronze.customers, kind VIEW, owner crm);

SELECT
  id AS customer_id,
  TRIM(name) AS name,
  LOWER(segment) AS segment,
  UPPER(country) AS country,
  city,
  postcode,
  updated_at
FROM raw.customers
