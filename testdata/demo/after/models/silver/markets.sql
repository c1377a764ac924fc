MODEL (name silver.markets, kind FULL, owner crm);

-- Every city that a customer ever had an address in.
SELECT DISTINCT
  country,
  city,
  postcode
FROM bronze.customers
