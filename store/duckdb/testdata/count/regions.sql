SELECT CAST(region AS INTEGER), count(*), CAST(1 AS BIGINT), coalesce(min(period_start), -2147483648), coalesce(max(period_end), -2147483648)
FROM snapshot.observation
GROUP BY region
ORDER BY region
