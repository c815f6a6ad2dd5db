SELECT indicator
FROM db.all_1
WHERE precision <> 0
  AND is_current = 1
GROUP BY indicator
