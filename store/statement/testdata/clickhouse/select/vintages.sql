SELECT indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, numerator, denominator, counts_precision, derived, published, known_from, known_to, tie, load, inferred, printed_offset, printed, note
FROM db.all_1
ORDER BY indicator, slice, status, period_end, period_start, region, known_from, tie
