-- How much a notification tells to whoever looks at the screen.
ALTER TABLE garages ADD COLUMN alert_detail TEXT NOT NULL DEFAULT 'vehicle';
