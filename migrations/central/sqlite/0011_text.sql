-- What is dialled after a number was answered.
ALTER TABLE customers ADD COLUMN phone_extension TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN secondary_phone_extension TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN emergency_contact_phone_extension TEXT NOT NULL DEFAULT '';

-- Names as people sort them: keys whose text order is the order of the names, accents, case and
-- spaces not counted. The program fills them in, and `search_text` with them, when it finds them
-- made by another version of its tables.
ALTER TABLE customers ADD COLUMN last_name_sort TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN first_name_sort TEXT NOT NULL DEFAULT '';
DROP INDEX customers_by_first_name;
DROP INDEX customers_by_last_name;
CREATE INDEX customers_by_first_name ON customers
    (first_name_sort, id, is_active, is_verified, is_business_customer) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_last_name ON customers
    (last_name_sort, id, is_active, is_verified, is_business_customer) WHERE deleted_at IS NULL;
