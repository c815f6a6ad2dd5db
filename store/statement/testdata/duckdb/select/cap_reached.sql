SELECT indicator, region, source, definition, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM snapshot.observation
WHERE indicator IN (1, 2)
  AND next_end = 2147483647
  AND slice IN (0)
  AND status IN (0)
  AND region >= 10 AND region < 20
ORDER BY rowid
LIMIT 20
