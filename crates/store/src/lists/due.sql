-- ?1 the last day, ?2 the distance. One arm for each partial index.
SELECT
  id,
  current_mileage,
  next_service_due_date,
  next_service_due_mileage,
  registration_expiry_date,
  insurance_expiry_date
FROM vehicles
WHERE is_active
  AND id IN (
    SELECT id FROM vehicles
    WHERE next_service_due_date IS NOT NULL AND next_service_due_date <= ?1 AND deleted_at IS NULL
    UNION
    SELECT id FROM vehicles
    WHERE next_service_due_mileage IS NOT NULL
      AND next_service_due_mileage - current_mileage <= ?2
      AND deleted_at IS NULL
    UNION
    SELECT id FROM vehicles
    WHERE registration_expiry_date IS NOT NULL
      AND registration_expiry_date <= ?1
      AND deleted_at IS NULL
    UNION
    SELECT id FROM vehicles
    WHERE insurance_expiry_date IS NOT NULL AND insurance_expiry_date <= ?1 AND deleted_at IS NULL
  )
