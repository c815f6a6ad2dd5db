SELECT indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM snapshot.observation
WHERE indicator >= 2
  AND indicator <= 6
ORDER BY rowid
