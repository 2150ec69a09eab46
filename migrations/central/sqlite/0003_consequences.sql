-- What follows from other facts is worked out anew and stands in no change; what somebody
-- stated of it has columns of its own.

ALTER TABLE customers ADD COLUMN stated_last_service_date TEXT;

ALTER TABLE vehicles ADD COLUMN stated_last_service_date TEXT;
ALTER TABLE vehicles ADD COLUMN stated_last_service_mileage INTEGER;
ALTER TABLE vehicles ADD COLUMN stated_next_service_due_date TEXT;
ALTER TABLE vehicles ADD COLUMN next_service_due_date_stated_after TEXT;
ALTER TABLE vehicles ADD COLUMN stated_next_service_due_mileage INTEGER;
ALTER TABLE vehicles ADD COLUMN next_service_due_mileage_stated_after TEXT;

ALTER TABLE mileage_readings ADD COLUMN is_confirmed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mileage_readings ADD COLUMN is_from_future INTEGER NOT NULL DEFAULT 0;
ALTER TABLE service_records ADD COLUMN is_improbable INTEGER NOT NULL DEFAULT 0;
ALTER TABLE service_records ADD COLUMN is_confirmed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE service_records ADD COLUMN is_from_future INTEGER NOT NULL DEFAULT 0;

-- What no service explains, somebody had said.
UPDATE customers SET stated_last_service_date = last_service_date
WHERE last_service_date IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM service_records AS s
    WHERE s.customer_id = customers.id AND s.performed_at >= customers.last_service_date
);
UPDATE vehicles SET
    stated_last_service_date = last_service_date,
    stated_last_service_mileage = last_service_mileage
WHERE last_service_date IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM service_records AS s
    WHERE s.vehicle_id = vehicles.id AND s.performed_at >= vehicles.last_service_date
);
UPDATE vehicles SET
    stated_next_service_due_date = next_service_due_date,
    next_service_due_date_stated_after =
        coalesce(last_service_date, '1970-01-01T00:00:00.000000Z')
WHERE next_service_due_date IS NOT NULL AND service_interval_months IS NULL;
UPDATE vehicles SET
    stated_next_service_due_mileage = next_service_due_mileage,
    next_service_due_mileage_stated_after =
        coalesce(last_service_date, '1970-01-01T00:00:00.000000Z')
WHERE next_service_due_mileage IS NOT NULL AND service_interval_distance IS NULL;

-- Readings that were believed stay so.
UPDATE mileage_readings SET is_confirmed = 1 WHERE is_improbable = 0;
