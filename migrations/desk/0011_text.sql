-- What is dialled after a number was answered.
ALTER TABLE customers ADD COLUMN phone_extension TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN secondary_phone_extension TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN emergency_contact_phone_extension TEXT NOT NULL DEFAULT '';

-- Names as people sort them: keys whose text order is the order of the names, accents, case and
-- spaces not counted. The program fills them in, and again when its tables have changed. The
-- `_key` columns, which were sorted by before, compare names only.
ALTER TABLE customers ADD COLUMN last_name_sort TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN first_name_sort TEXT NOT NULL DEFAULT '';
DROP INDEX customers_by_name;
DROP INDEX customers_by_first_name;
CREATE INDEX customers_by_name ON customers
    (last_name_sort, first_name_sort, id, is_active, is_verified, is_business_customer, state,
     deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX customers_by_first_name ON customers
    (first_name_sort, last_name_sort, id, is_active, is_verified, is_business_customer, state,
     deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX customers_by_key ON customers (last_name_key, first_name_key)
    WHERE deleted_at IS NULL;
