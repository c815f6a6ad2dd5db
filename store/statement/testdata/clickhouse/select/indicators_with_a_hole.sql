SELECT indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM db.all_1
WHERE indicator IN (2, 3, 4, 5, 7)
  AND part IN (2, 3, 4, 5, 7)
  AND is_current = 1
ORDER BY indicator, slice, status, period_end, period_start, region
