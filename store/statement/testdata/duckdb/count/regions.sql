SELECT CAST(region AS INTEGER), CAST(count(*) AS BIGINT), CAST(1 AS BIGINT), CAST(coalesce(min(period_start), -2147483648) AS INTEGER), CAST(coalesce(max(period_end), -2147483648) AS INTEGER)
FROM snapshot.observation
GROUP BY region
ORDER BY region
