SELECT slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived
FROM db.all_1
WHERE indicator IN (4)
  AND part IN (4)
  AND period_end >= 18300
  AND known_from <= 18325
  AND known_to > 18325
  AND (slice, status, region, period_end * 4294967296 + period_start) IN (SELECT slice, status, region, max(period_end * 4294967296 + period_start) FROM db.figure_1 WHERE indicator IN (4) AND part IN (4) AND known_from <= 18325 AND known_to > 18325 AND period_end <= 18320 GROUP BY slice, status, region)
ORDER BY indicator, slice, status, period_end, period_start, region, known_from, tie
