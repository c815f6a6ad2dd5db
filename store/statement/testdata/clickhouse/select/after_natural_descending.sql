SELECT indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM db.all_1
WHERE is_current = 1
  AND indicator <= 0 AND (indicator < 0 OR indicator = 0 AND (slice < 0 OR slice = 0 AND (status < 0 OR status = 0 AND (period_end < 0 OR period_end = 0 AND (period_start < 0 OR period_start = 0 AND region < 0)))))
ORDER BY indicator DESC, slice DESC, status DESC, period_end DESC, period_start DESC, region DESC
