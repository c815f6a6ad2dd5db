SELECT CAST(coalesce(max(period_end), -2147483648) AS Int64)
FROM db.all_1
WHERE indicator IN (3)
  AND part IN (3)
  AND next_end <= 18320
  AND is_current = 1
  AND level IN (3)
