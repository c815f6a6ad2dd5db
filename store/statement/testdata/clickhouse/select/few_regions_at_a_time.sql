SELECT indicator, slice, region, source, definition, status, value, missing, precision, numerator, denominator, counts_precision, derived
FROM db.all_1
WHERE period_end = 18321
  AND period_start = 18293
  AND is_current = 1
  AND region >= 3 AND region < 41 AND (region >= 10 AND region < 12 OR region IN (3, 40))
ORDER BY indicator, slice, status, period_end, period_start, region
