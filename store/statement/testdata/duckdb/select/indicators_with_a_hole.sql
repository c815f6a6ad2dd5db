SELECT indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM snapshot.observation
WHERE indicator IN (2, 3, 4, 5, 7)
ORDER BY rowid
