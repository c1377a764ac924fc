MODEL (name shop.noted, kind FULL);
@note('begin');
SELECT id, @scaled(amount) AS amount FROM shop.base;
@note('end');
