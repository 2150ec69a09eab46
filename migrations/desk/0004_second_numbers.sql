-- Whoever is typed in may be there already under a second number.
CREATE INDEX customers_secondary_phone ON customers (secondary_phone)
    WHERE secondary_phone <> '' AND deleted_at IS NULL;
