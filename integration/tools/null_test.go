package tools

import (
	"database/sql"
	"testing"
	"time"

	guregu "github.com/guregu/null/v6"
	"github.com/guregu/null/v6/zero"
	"github.com/stretchr/testify/require"
	volatile "github.com/volatiletech/null/v8"

	"github.com/aerosql/aerosql/integration/tools/target"
)

// TestNullTypes writes a value and NULL with each package's types, and reads them into the same
// types.
func TestNullTypes(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "")
	table := on.Table(t, db)
	id := 0
	check := func(t *testing.T, columns string, args []any, targets func() []any, want []any) {
		t.Helper()
		id++
		_, err := db.Exec("INSERT INTO "+table+" (id, name, "+columns+") VALUES (?, 'x', ?, ?, ?, ?, ?)", append([]any{id}, args...)...)
		require.NoError(t, err)
		got := targets()
		require.NoError(t, db.QueryRow("SELECT "+columns+" FROM "+table+" WHERE id = ?", id).Scan(got...))
		require.Equal(t, want, got)
	}
	const columns = "price, age, score, active, born"
	t.Run("database/sql", func(t *testing.T) {
		targets := func() []any {
			return []any{new(sql.NullString), new(sql.Null[int]), new(sql.NullFloat64), new(sql.NullBool), new(sql.NullTime)}
		}
		full := []any{&sql.NullString{String: "1.25", Valid: true}, &sql.Null[int]{V: 7, Valid: true}, &sql.NullFloat64{Float64: 0.5, Valid: true},
			&sql.NullBool{Bool: true, Valid: true}, &sql.NullTime{Time: born1912, Valid: true}}
		check(t, columns, full, targets, full)
		check(t, columns, targets(), targets, targets())
	})
	t.Run("guregu", func(t *testing.T) {
		targets := func() []any {
			return []any{new(guregu.String), new(guregu.Int), new(guregu.Float), new(guregu.Bool), new(guregu.Time)}
		}
		full := []any{pointer(guregu.StringFrom("1.25")), pointer(guregu.IntFrom(7)), pointer(guregu.FloatFrom(0.5)),
			pointer(guregu.BoolFrom(true)), pointer(guregu.TimeFrom(born1912))}
		check(t, columns, full, targets, full)
		check(t, columns, targets(), targets, targets())
	})
	t.Run("guregu zero", func(t *testing.T) {
		targets := func() []any {
			return []any{new(zero.String), new(zero.Int), new(zero.Float), new(zero.Bool), new(zero.Time)}
		}
		check(t, columns, []any{zero.StringFrom(""), zero.IntFrom(0), zero.FloatFrom(0), zero.BoolFrom(false), zero.TimeFrom(time.Time{})}, targets, targets())
	})
	t.Run("volatiletech", func(t *testing.T) {
		targets := func() []any {
			return []any{new(volatile.String), new(volatile.Int), new(volatile.Float64), new(volatile.Bool), new(volatile.Time)}
		}
		full := []any{pointer(volatile.StringFrom("1.25")), pointer(volatile.IntFrom(7)), pointer(volatile.Float64From(0.5)),
			pointer(volatile.BoolFrom(true)), pointer(volatile.TimeFrom(born1912))}
		check(t, columns, full, targets, full)
		check(t, columns, targets(), targets, targets())
		id++
		_, err := db.Exec("INSERT INTO "+table+" (id, name, data, age) VALUES (?, 'x', ?, ?)", id, volatile.BytesFrom([]byte{1}), volatile.Uint64From(9))
		require.NoError(t, err)
		var data volatile.Bytes
		var age volatile.Uint64
		require.NoError(t, db.QueryRow("SELECT data, age FROM "+table+" WHERE id = ?", id).Scan(&data, &age))
		require.Equal(t, volatile.BytesFrom([]byte{1}), data)
		require.Equal(t, volatile.Uint64From(9), age)
	})
}
