SELECT CAST(count(*) AS BIGINT)
FROM snapshot.observation
WHERE indicator IN (3, 4)
  AND period_start >= 18000
