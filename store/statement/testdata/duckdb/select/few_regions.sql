SELECT indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM snapshot.observation
WHERE region IN (3, 10, 11, 40)
ORDER BY rowid
