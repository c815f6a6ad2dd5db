SELECT indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM db.all_1
WHERE is_current = 1
  AND region IN (3, 10, 11, 40)
ORDER BY indicator, slice, status, period_end, period_start, region
