SELECT indicator
FROM snapshot.observation
WHERE precision <> 0
GROUP BY indicator
