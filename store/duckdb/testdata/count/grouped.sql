SELECT CAST(indicator AS INTEGER), CAST(missing AS INTEGER), count(*), count(DISTINCT region), coalesce(min(period_start), -2147483648), coalesce(max(period_end), -2147483648)
FROM snapshot.observation
GROUP BY indicator, missing
ORDER BY indicator, missing
