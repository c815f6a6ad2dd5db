SELECT region, source, definition, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM db.all_1
WHERE indicator IN (1)
  AND part IN (1)
  AND is_current = 1
  AND slice IN (2)
  AND status IN (0)
  AND period_end >= 5 AND (period_end > 5 OR period_end = 5 AND (period_start > -5 OR period_start = -5 AND region > 7))
ORDER BY indicator, slice, status, period_end, period_start, region
LIMIT 100
