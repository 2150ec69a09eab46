-- What two desks made of the same walk-in while apart is found by the phone number or the plate.
CREATE INDEX customers_phone ON customers (phone) WHERE phone <> '';
CREATE INDEX vehicles_plate ON vehicles (upper(replace(replace(license_plate, ' ', ''), '-', '')))
    WHERE license_plate <> '';
