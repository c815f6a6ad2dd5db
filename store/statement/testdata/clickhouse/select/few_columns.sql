SELECT indicator, slice, region, status, period_start, period_end, value, missing, published, printed
FROM db.all_1
WHERE is_current = 1
ORDER BY indicator, slice, status, period_end, period_start, region
