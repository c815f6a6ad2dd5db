SELECT indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM db.all_1
WHERE period_end >= 18300
  AND period_end <= 18320
  AND next_end > 18320
  AND is_current = 1
ORDER BY indicator, slice, status, period_end, period_start, region
