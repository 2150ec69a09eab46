-- What the search box looks in, and the indexes that the lists read.

-- One entry for each live customer and vehicle. `number` rises with every change, so that the
-- most recently changed come first when the index is read backwards.
--   text   the folded words: `.john.smith.` for what the record says of itself, `@john.@smith.`
--          after it for a vehicle's owner. `.smi` in it means that some word begins with smi,
--          `.smith.` that it is one.
CREATE TABLE search_entries (
    number INTEGER PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('customer', 'vehicle')),
    record_id BLOB NOT NULL UNIQUE,
    text TEXT NOT NULL
) STRICT;

-- Each word of an entry with its marks, and every three characters that stand together in one.
-- The program cuts them; the prefixes of one and two characters find parts that short. Nothing
-- is stored twice, neither the text nor positions: what is found is verified in the text.
CREATE VIRTUAL TABLE search_grams USING fts5 (
    grams,
    content = '',
    contentless_delete = 1,
    detail = none,
    prefix = '1 2',
    tokenize = "ascii tokenchars '.@'"
);

-- The orders of the lists. Behind the order each index carries what the lists filter by, so
-- that finding a page and counting read the index alone: a row is some 20 times as wide.
-- `deleted_at` is always null there; without it SQLite would go and look.
DROP INDEX customers_by_name;
DROP INDEX customers_by_first_name;
DROP INDEX customers_by_creation;
DROP INDEX customers_by_since;
CREATE INDEX customers_by_name ON customers
    (last_name_key, first_name_key, id, is_active, is_verified, is_business_customer, state,
     deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX customers_by_first_name ON customers
    (first_name_key, last_name_key, id, is_active, is_verified, is_business_customer, state,
     deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX customers_by_creation ON customers
    (created_at, id, is_active, is_verified, is_business_customer, state,
     deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX customers_by_since ON customers
    (customer_since, id, is_active, is_verified, is_business_customer, state,
     deleted_at)
    WHERE deleted_at IS NULL;

DROP INDEX vehicles_plate;
DROP INDEX IF EXISTS vehicles_by_plate;
DROP INDEX vehicles_customer;
DROP INDEX vehicles_by_creation;
DROP INDEX vehicles_by_make;
DROP INDEX vehicles_by_model;
DROP INDEX vehicles_by_year;
CREATE INDEX vehicles_by_plate ON vehicles
    (plate_key, id, is_active, is_under_warranty, fuel_type, make, deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_creation ON vehicles
    (created_at, id, is_active, is_under_warranty, fuel_type, make, deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_make ON vehicles
    (make COLLATE NOCASE, model COLLATE NOCASE, id, is_active, is_under_warranty, fuel_type,
     deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_model ON vehicles
    (model COLLATE NOCASE, make COLLATE NOCASE, id, is_active, is_under_warranty, fuel_type,
     deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_year ON vehicles
    (year, id, is_active, is_under_warranty, fuel_type, make, deleted_at)
    WHERE deleted_at IS NULL;
-- Without a condition: the foreign key looks here too.
CREATE INDEX vehicles_customer ON vehicles (customer_id, deleted_at, is_active);

-- The services of the trade, most used first.
DROP INDEX service_records_type;
CREATE INDEX service_records_type ON service_records (service_type, performed_at)
    WHERE deleted_at IS NULL;
