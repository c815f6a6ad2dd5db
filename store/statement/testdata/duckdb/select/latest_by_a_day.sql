SELECT indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM snapshot.observation
WHERE period_end >= 18300
  AND period_end <= 18320
  AND next_end > 18320
ORDER BY rowid
