SELECT indicator, slice, region, status, period_start, period_end, value, missing, published, printed
FROM snapshot.observation
ORDER BY rowid
