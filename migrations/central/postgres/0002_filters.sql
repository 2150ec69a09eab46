-- Filtered lists are counted and walked in the index of their order alone: the flags by which
-- they are narrowed stand in it. Rows are then read for the page only.

DROP INDEX customers_newest;
DROP INDEX customers_by_first_name;
DROP INDEX customers_by_last_name;
DROP INDEX customers_by_customer_since;
CREATE INDEX customers_newest ON customers
    (created_at, id, is_active, is_verified, is_business_customer) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_first_name ON customers
    (first_name, id, is_active, is_verified, is_business_customer) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_last_name ON customers
    (last_name, id, is_active, is_verified, is_business_customer) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_customer_since ON customers
    (customer_since NULLS FIRST, id, is_active, is_verified, is_business_customer) WHERE deleted_at IS NULL;

DROP INDEX vehicles_newest;
DROP INDEX vehicles_by_make;
DROP INDEX vehicles_by_model;
DROP INDEX vehicles_by_year;
CREATE INDEX vehicles_newest ON vehicles
    (created_at, id, is_active, is_under_warranty) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_make ON vehicles
    (make, id, is_active, is_under_warranty) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_model ON vehicles
    (model, id, is_active, is_under_warranty) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_year ON vehicles
    (year NULLS FIRST, id, is_active, is_under_warranty) WHERE deleted_at IS NULL;

DROP INDEX documents_newest;
CREATE INDEX documents_newest ON documents (created_at, id, is_active) WHERE deleted_at IS NULL;

DROP INDEX notes_newest;
CREATE INDEX notes_newest ON notes
    (created_at, id, is_important, is_private, created_by) WHERE deleted_at IS NULL;

CREATE INDEX service_records_by_employee ON service_records (employee_id, created_at, id)
    WHERE deleted_at IS NULL;
