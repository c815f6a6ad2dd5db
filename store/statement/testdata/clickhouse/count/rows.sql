SELECT CAST(count(*) AS Int64)
FROM db.all_1
WHERE indicator IN (3, 4)
  AND part IN (3, 4)
  AND period_start >= 18000
  AND is_current = 1
