SELECT indicator, slice, region, source, definition, status, value, missing, precision, numerator, denominator, counts_precision, derived
FROM snapshot.observation
WHERE period_end = 18321
  AND period_start = 18293
ORDER BY rowid
