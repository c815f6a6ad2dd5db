SELECT indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived, published, known_from, known_to, tie, load, inferred, printed_offset, printed, note
FROM db.all_1
WHERE indicator >= 0 AND (indicator > 0 OR indicator = 0 AND (slice > 0 OR slice = 0 AND (status > 0 OR status = 0 AND (period_end > 0 OR period_end = 0 AND (period_start > 0 OR period_start = 0 AND (region > 0 OR region = 0 AND (known_from > 18300 OR known_from = 18300 AND tie > 1)))))))
ORDER BY indicator, slice, status, period_end, period_start, region, known_from, tie
