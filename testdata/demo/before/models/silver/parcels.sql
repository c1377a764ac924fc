MODEL (
  name silver.parcels,
  kind FULL,
  owner logistics,
  grain parcel_id,
  audits (positive_fees, not_null(columns := (parcel_id, customer_id)))
);

SELECT
  p.parcel_id,
  p.customer_id,
  p.service,
  p.weight_kg,
  p.origin_country,
  p.destination_country,
  p.booked_at,
  DATE_ADD(CAST(p.booked_at AS DATE), l.promised_days) AS promised_on,
  CAST(l.base_fee_eur + p.weight_kg * l.per_kg_eur AS DECIMAL(10, 2)) AS fee_eur
FROM bronze.parcels AS p
INNER JOIN bronze.service_levels AS l
  ON p.service = l.service
