//go:build go1.27

package driver_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestScanIntoAnything: lists, maps and times that were arguments scan back into their types,
// directly, behind a pointer and in an sql.Null.
func TestScanIntoAnything(t *testing.T) {
	db := open(t, nil)
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	type point struct{ X, Y float64 }
	_, err := db.Exec("INSERT INTO anything (PK, at, tags, counts, p) VALUES (1, ?, ?, ?, ?)",
		at, []string{"a", "b"}, map[string]int{"n": 1}, map[string]float64{"x": 1.5, "y": 2})
	require.NoError(t, err)

	row := func() *sql.Row { return db.QueryRow("SELECT at, tags, counts, p FROM anything WHERE PK = 1") }
	var (
		gotAt  time.Time
		tags   []string
		counts map[string]int
		p      point
	)
	require.NoError(t, row().Scan(&gotAt, &tags, &counts, &p))
	assert.Equal(t, at, gotAt)
	assert.Equal(t, []string{"a", "b"}, tags)
	assert.Equal(t, map[string]int{"n": 1}, counts)
	assert.Equal(t, point{1.5, 2}, p)

	var (
		nullAt     sql.NullTime
		nullTags   sql.Null[[]string]
		nullCounts sql.Null[map[string]int]
		pointer    *point
	)
	require.NoError(t, row().Scan(&nullAt, &nullTags, &nullCounts, &pointer))
	assert.Equal(t, sql.NullTime{Time: at, Valid: true}, nullAt)
	assert.Equal(t, sql.Null[[]string]{V: tags, Valid: true}, nullTags)
	assert.Equal(t, sql.Null[map[string]int]{V: counts, Valid: true}, nullCounts)
	assert.Equal(t, &point{1.5, 2}, pointer)

	require.NoError(t, db.QueryRow("SELECT nosuch, nosuch, nosuch, nosuch FROM anything WHERE PK = 1").Scan(&nullAt, &nullTags, &tags, &pointer))
	assert.False(t, nullAt.Valid)
	assert.False(t, nullTags.Valid)
	assert.Nil(t, tags)
	assert.Nil(t, pointer)
}
