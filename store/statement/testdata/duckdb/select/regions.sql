SELECT indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM snapshot.observation
WHERE region >= 3 AND region < 41 AND (region >= 10 AND region < 25 OR region IN (3, 40))
ORDER BY rowid
