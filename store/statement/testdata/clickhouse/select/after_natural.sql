SELECT indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM db.all_1
WHERE is_current = 1
  AND indicator >= 1 AND (indicator > 1 OR indicator = 1 AND (slice > 2 OR slice = 2 AND (status > 1 OR status = 1 AND (period_end > 5 OR period_end = 5 AND (period_start > -5 OR period_start = -5 AND region > 7)))))
ORDER BY indicator, slice, status, period_end, period_start, region
