SELECT indicator, region, source, definition, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM db.all_1
WHERE indicator IN (1, 2)
  AND part IN (1, 2)
  AND next_end = 2147483647
  AND is_current = 1
  AND slice IN (0)
  AND status IN (0)
  AND region >= 10 AND region < 20
ORDER BY indicator, slice, status, period_end, period_start, region
LIMIT 20
