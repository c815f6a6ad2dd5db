SELECT indicator, slice, region, source, definition, status, value, missing, precision, numerator, denominator, counts_precision, derived
FROM db.all_1
WHERE period_end = 5
  AND period_start = -5
  AND is_current = 1
  AND indicator >= 0 AND (indicator > 0 OR indicator = 0 AND (slice > 0 OR slice = 0 AND (status > 0 OR status = 0 AND region > 7)))
ORDER BY indicator, slice, status, period_end, period_start, region
