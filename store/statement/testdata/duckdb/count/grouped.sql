SELECT CAST(indicator AS INTEGER), CAST(missing AS INTEGER), CAST(count(*) AS BIGINT), CAST(count(DISTINCT region) AS BIGINT), CAST(coalesce(min(period_start), -2147483648) AS INTEGER), CAST(coalesce(max(period_end), -2147483648) AS INTEGER)
FROM snapshot.observation
GROUP BY indicator, missing
ORDER BY indicator, missing
