MODEL (name depot.weights, kind VIEW);
SELECT label, SUM(weight) AS weight FROM depot.kinds GROUP BY 1
