MODEL (name depot.mat, kind VIEW (materialized true));
SELECT status, COUNT(*) AS n FROM depot.wide GROUP BY status
