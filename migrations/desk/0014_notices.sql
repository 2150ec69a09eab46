-- How much a notification tells to whoever looks at the screen.
ALTER TABLE garages ADD COLUMN alert_detail TEXT NOT NULL DEFAULT 'vehicle';

-- A notification of what was told: none, held until people work, or shown.
ALTER TABLE alerts_told ADD COLUMN notice TEXT NOT NULL DEFAULT 'none';
