MODEL (name m.distance, kind FULL);

SELECT @HAVERSINE_DISTANCE(lat1, lon1, lat2, lon2) AS miles, @HAVERSINE_DISTANCE(lat1, lon1, lat2, lon2, 'km') AS km,
  @HAVERSINE_DISTANCE(lat1, lon1, lat2, lon2, unit := 'km') AS named
FROM raw.places
