SELECT CAST(coalesce(max(period_end), -2147483648) AS BIGINT)
FROM snapshot.observation
WHERE indicator IN (3)
  AND next_end <= 2147483646
  AND level IN (3)
