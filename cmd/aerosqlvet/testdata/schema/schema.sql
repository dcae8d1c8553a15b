CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT NOT NULL, age INT);
CREATE VIEW adults AS SELECT id, name FROM users WHERE age >= 18;
