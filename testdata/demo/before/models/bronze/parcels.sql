MODEL (name bronze.parcels, kind VIEW, owner logistics);

SELECT
  id AS parcel_id,
  customer_id,
  LOWER(service) AS service,
  weight_g / 1000.0 AS weight_kg,
  UPPER(origin) AS origin_country,
  UPPER(destination) AS destination_country,
  booked_at
FROM raw.parcels
