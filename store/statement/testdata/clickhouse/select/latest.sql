SELECT indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM db.all_1
WHERE next_end = 2147483647
  AND is_current = 1
ORDER BY indicator, slice, status, period_end, period_start, region
