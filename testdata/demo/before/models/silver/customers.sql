MODEL (
  name silver.customers,
  kind FULL,
  owner crm,
  grain customer_id,
  audits (unique_values(columns := (customer_id)), not_null(columns := (customer_id, country)))
);

-- The latest state of each customer.
SELECT
  customer_id,
  name,
  segment,
  country
FROM bronze.customers
QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY updated_at DESC) = 1
