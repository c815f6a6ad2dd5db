SELECT CAST(count(*) AS BIGINT), CAST(count(DISTINCT region) AS BIGINT), CAST(coalesce(min(period_start), -2147483648) AS INTEGER), CAST(coalesce(max(period_end), -2147483648) AS INTEGER)
FROM snapshot.observation
