SELECT slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM db.all_1
WHERE indicator IN (1)
  AND part IN (1)
  AND is_current = 1
  AND indicator >= 2 AND (indicator > 2 OR indicator = 2 AND (slice > 0 OR slice = 0 AND (status > 0 OR status = 0 AND (period_end > 0 OR period_end = 0 AND (period_start > 0 OR period_start = 0 AND region > 7)))))
ORDER BY indicator, slice, status, period_end, period_start, region
