CREATE TABLE sqlc_authors (
  id      INTEGER PRIMARY KEY,
  name    TEXT NOT NULL,
  bio     TEXT,
  born    TIMESTAMP,
  joined  TIMESTAMP NOT NULL,
  active  BOOLEAN NOT NULL,
  rating  REAL
);
