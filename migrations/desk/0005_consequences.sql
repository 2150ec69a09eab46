-- What follows from other facts is worked out anew and stands in no mutation; what somebody
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

-- Readings that were believed stay so. A mileage that no reading stands for becomes one; it
-- takes its vehicle's id, so that Central and every desk make the same, and Central is told.
UPDATE mileage_readings SET is_confirmed = 1 WHERE is_improbable = 0;
INSERT INTO mileage_readings
    (id, vehicle_id, value, read_at, source, is_correction, reason, is_improbable, is_confirmed,
     extra, created_at, updated_at, deleted_at, deleted_with)
SELECT id, id, current_mileage, created_at, 'desk', 0, '', 0, 1,
       '{}', created_at, created_at, deleted_at, coalesce(deleted_with, CASE WHEN deleted_at IS NOT NULL THEN id END)
FROM vehicles
WHERE current_mileage > 0 AND NOT EXISTS (
    SELECT 1 FROM mileage_readings AS r WHERE r.vehicle_id = vehicles.id
);
INSERT INTO mutations
    (id, step, entity, record_id, action, author_name, at, before, after, origin, state)
SELECT randomblob(16), id, 'mileage_reading', id, 'create', '', created_at, '{}',
       json_object('vehicle_id', lower(
           substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4)
           || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)),
           'value', value, 'read_at', read_at, 'source', 'desk', 'is_correction', json('false'),
           'reason', '', 'is_confirmed', json('true'), 'is_from_future', json('false')),
       'here', 'waiting'
FROM mileage_readings WHERE id = vehicle_id AND deleted_at IS NULL;

-- Edits that wait to be sent speak of the new columns, where somebody had typed the value.
UPDATE mutations SET
    before = replace(replace(before,
        '"next_service_due_', '"stated_next_service_due_'), '"last_service_', '"stated_last_service_'),
    after = replace(replace(after,
        '"next_service_due_', '"stated_next_service_due_'), '"last_service_', '"stated_last_service_')
WHERE state IN ('waiting', 'parked', 'rejected') AND entity IN ('vehicle', 'customer')
  AND NOT EXISTS (
    SELECT 1 FROM mutations AS m WHERE m.step = mutations.step AND m.entity = 'service_record'
);
