-- name: GetAuthor :one
SELECT * FROM sqlc_authors WHERE id = ? LIMIT 1;

-- name: ListAuthors :many
SELECT * FROM sqlc_authors ORDER BY name;

-- name: ListByIDs :many
SELECT id, name FROM sqlc_authors WHERE id IN (sqlc.slice('ids')) ORDER BY id;

-- name: CountSince :one
SELECT count(*) FROM sqlc_authors WHERE joined >= sqlc.arg('since') AND bio IS NOT NULL;

-- name: CreateAuthor :one
INSERT INTO sqlc_authors (id, name, bio, born, joined, active, rating) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *;

-- name: Rename :execrows
UPDATE sqlc_authors SET name = sqlc.arg('name'), bio = COALESCE(sqlc.narg('bio'), bio) WHERE id = sqlc.arg('id');

-- name: DeleteAuthor :exec
DELETE FROM sqlc_authors WHERE id = ?;
