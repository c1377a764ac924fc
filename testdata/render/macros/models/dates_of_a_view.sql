MODEL (name m.dates_of_a_view, kind VIEW);

SELECT @execution_ds AS a, @execution_dt AS b, @execution_millis AS c, @latest_ds AS d
