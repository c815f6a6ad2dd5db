SELECT CAST(count(*) AS BIGINT)
FROM snapshot.observation
WHERE indicator IN (3)
  AND region >= 0 AND region < 20
