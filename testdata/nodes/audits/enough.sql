AUDIT (name enough, standalone true, owner sales);
SELECT * FROM shop.summed WHERE total < @floor_amount
