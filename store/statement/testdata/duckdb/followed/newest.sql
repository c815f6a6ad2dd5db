SELECT indicator, region, status, period_start, period_end, value, missing
FROM snapshot.observation
WHERE indicator IN (3, 4)
  AND next_end >= 18320
  AND period_end >= 18000
  AND period_end <= 18400
  AND slice IN (0)
  AND region >= 3 AND region < 20 AND (region >= 10 AND region < 20 OR region IN (3))
