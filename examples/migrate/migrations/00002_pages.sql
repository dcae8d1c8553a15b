-- +goose Up
ALTER TABLE visits ADD COLUMN IF NOT EXISTS page TEXT DEFAULT '/';
UPSERT INTO settings (PK, home) VALUES ('site', '/');

-- +goose Down
DELETE FROM settings WHERE PK = 'site';
ALTER TABLE visits DROP COLUMN page;
