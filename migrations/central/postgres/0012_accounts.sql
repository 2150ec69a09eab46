-- The account under which a change came, beside the author that a desk names: several people use
-- one PC. Changes of before have none.
ALTER TABLE changes ADD COLUMN account TEXT;
ALTER TABLE changes ADD COLUMN account_name TEXT;
-- Whose account made a note private that is another's: it shows to them too, so that a desk on
-- which its author wrote under a colleague's account goes on with it.
CREATE TABLE note_accounts (
    note_id uuid NOT NULL PRIMARY KEY,
    employee_id uuid NOT NULL
);
