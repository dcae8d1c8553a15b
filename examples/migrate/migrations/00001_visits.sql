-- +goose Up
-- There are no transactions around migrations: a statement may run again after a failure, so each
-- can be repeated. WAIT returns when queries can use the index.
CREATE TABLE IF NOT EXISTS visits (id TEXT PRIMARY KEY, who TEXT NOT NULL, at TIMESTAMP);
CREATE INDEX IF NOT EXISTS visits_who ON visits (who) WAIT;

-- +goose Down
DROP TABLE visits;
