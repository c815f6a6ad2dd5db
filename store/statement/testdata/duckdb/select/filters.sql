SELECT indicator, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM snapshot.observation
WHERE indicator IN (1, 3)
  AND period_start >= -3653
  AND period_end <= 18320
  AND source IN (2)
  AND precision IN (0)
  AND slice IN (0)
  AND status IN (0, 2)
  AND level IN (3)
ORDER BY rowid
