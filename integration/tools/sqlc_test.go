package tools

import (
	"database/sql"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/integration/tools/sqlcmodel/authors"
	"github.com/aerosql/aerosql/integration/tools/target"
)

// TestSqlc runs the code that sqlc generates for its SQLite engine from sqlcmodel/schema.sql and
// queries.sql. The schema is also the declaration of the table.
func TestSqlc(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "?tx=autocommit")
	on.DropAfter(t, "sqlc_authors")
	schema, err := os.ReadFile("sqlcmodel/schema.sql")
	require.NoError(t, err)
	_, err = db.Exec(string(schema))
	require.NoError(t, err)
	ctx := t.Context()
	q := authors.New(db)

	ada := authors.SqlcAuthor{
		ID: 1, Name: "Ada", Bio: sql.NullString{String: "first", Valid: true}, Born: sql.NullTime{Time: born1815, Valid: true},
		Joined: born1912, Active: true, Rating: sql.NullFloat64{Float64: 1, Valid: true},
	}
	alan := authors.SqlcAuthor{ID: 2, Name: "Alan", Joined: born1815}
	for _, a := range []authors.SqlcAuthor{alan, ada} {
		created, err := q.CreateAuthor(ctx, authors.CreateAuthorParams(a))
		require.NoError(t, err)
		require.Equal(t, a, created)
	}
	got, err := q.GetAuthor(ctx, 1)
	require.NoError(t, err)
	require.Equal(t, ada, got)
	all, err := q.ListAuthors(ctx)
	require.NoError(t, err)
	require.Equal(t, []authors.SqlcAuthor{ada, alan}, all)
	some, err := q.ListByIDs(ctx, []int64{2, 9, 1})
	require.NoError(t, err)
	require.Equal(t, []authors.ListByIDsRow{{ID: 1, Name: "Ada"}, {ID: 2, Name: "Alan"}}, some)
	count, err := q.CountSince(ctx, born1912)
	require.NoError(t, err)
	require.EqualValues(t, 1, count)

	tx, err := db.BeginTx(ctx, nil)
	require.NoError(t, err)
	n, err := q.WithTx(tx).Rename(ctx, authors.RenameParams{Name: "Countess", ID: 1})
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	require.NoError(t, tx.Commit())
	got, err = q.GetAuthor(ctx, 1)
	require.NoError(t, err)
	require.Equal(t, "Countess", got.Name)
	require.Equal(t, "first", got.Bio.String)
	require.NoError(t, q.DeleteAuthor(ctx, 1))
	_, err = q.GetAuthor(ctx, 1)
	require.ErrorIs(t, err, sql.ErrNoRows)
	_, err = q.CreateAuthor(ctx, authors.CreateAuthorParams{ID: 2, Name: "x", Joined: born1815})
	require.ErrorContains(t, err, "KEY_EXISTS")
}
