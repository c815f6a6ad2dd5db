SELECT CAST(count(*) AS BIGINT)
FROM snapshot.observation
WHERE indicator IN (3)
