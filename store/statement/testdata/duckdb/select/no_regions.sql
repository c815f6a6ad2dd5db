SELECT indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM snapshot.observation
WHERE 1 = 0
ORDER BY rowid
