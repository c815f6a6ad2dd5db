SELECT CAST(region AS Int32), CAST(count(*) AS Int64), CAST(1 AS Int64), CAST(coalesce(min(period_start), -2147483648) AS Int32), CAST(coalesce(max(period_end), -2147483648) AS Int32)
FROM db.all_1
WHERE is_current = 1
GROUP BY region
ORDER BY region
