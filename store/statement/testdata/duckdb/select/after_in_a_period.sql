SELECT indicator, slice, region, source, definition, status, value, missing, precision, numerator, denominator, counts_precision, derived
FROM snapshot.observation
WHERE period_end = 5
  AND period_start = -5
  AND indicator >= 0 AND (indicator > 0 OR indicator = 0 AND (slice > 0 OR slice = 0 AND (status > 0 OR status = 0 AND region > 7)))
ORDER BY rowid
