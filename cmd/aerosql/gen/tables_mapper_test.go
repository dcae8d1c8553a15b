package gen

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cmd/aerosql/gen/testdata/tables"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

// TestTablesMapper reads rows that SQL has written as the generated structs of TestTables, writes
// them, and reads the same rows by SQL.
func TestTablesMapper(t *testing.T) {
	db, _ := fill(t)
	for _, statement := range []string{
		`INSERT INTO books (isbn, title, pages, stock, rating, weight, cover, lent, signed, added, published, price, cost, tags, prefs, extra, place,
			anything, type, owner_id, "owner-id", "2nd", bin_forms, the_name_of_this_column_is_long)
		VALUES ('1', 'Dune', 412, 3, 4.5, 1.0, X'0102', FALSE, TRUE, '2026-01-02 03:04:05', '1965-08-01', '9.50', '7.25', ARRAY['a', 1],
			MAP{'a': 1, 2: 'b'}, '{"a":[1,2]}', '{"type":"Point","coordinates":[1,2]}', 'any', 'novel', 'u', 1, 2, 3, TRUE)`,
		"INSERT INTO books (isbn, title, stock, weight, signed, added, cost) VALUES ('2', 'Emma', 0, 0.5, FALSE, '2026-01-02 03:04:05', '0.00')",
		"INSERT INTO books (isbn, title, stock, weight, signed, added, cost, readers) VALUES ('3', 'Ulysses', 0, 0, FALSE, '2026-01-02', '1', HLL_INIT(4))",
		"INSERT INTO order_lines VALUES (7, 1, 5)",
		"INSERT INTO log VALUES ('2026-01-02 03:04:05', 'started')",
		"INSERT INTO mails VALUES ('a@b.c', 1)",
		"INSERT INTO days VALUES ('1970-01-02', 1)",
		"INSERT INTO rates VALUES ('1.500', 1)",
	} {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	same(t, db, "books", roundTrip(t, db, "1", &tables.Books{
		Isbn: "1", Title: "Dune", Pages: new(int64(412)), Stock: 3, Rating: new(4.5), Weight: 1, Cover: []byte{1, 2}, Lent: new(false), Signed: true,
		Added: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Published: new(time.Date(1965, 8, 1, 0, 0, 0, 0, time.UTC)), Price: new("9.50"), Cost: "7.25",
		Tags: []any{"a", int64(1)}, Prefs: map[any]any{"a": int64(1), int64(2): "b"}, Extra: map[string]any{"a": []any{int64(1), int64(2)}},
		Place: `{"type":"Point","coordinates":[1,2]}`, Anything: "any", Type: new("novel"), OwnerID: new("u"), OwnerID2: new(int64(1)), X2nd: new(int64(2)),
		BinForms2: new(int64(3)), TheNameOfThisColumnIsLong: new(true),
	}))
	same(t, db, "books", roundTrip(t, db, "2", &tables.Books{
		Isbn: "2", Title: "Emma", Weight: 0.5, Added: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Cost: "0.00",
	}))
	books, err := mapper.New[tables.Books](db)
	require.NoError(t, err)
	ulysses, err := books.Find(t.Context(), "3")
	require.NoError(t, err)
	require.Equal(t, protocol.KindHLL, ulysses.Readers.Kind())
	before := content(t, db, "books")
	require.NoError(t, books.Replace(t.Context(), ulysses))
	same(t, db, "books", before)
	same(t, db, "order_lines", roundTrip(t, db, "7/1", &tables.OrderLines{PK: "7/1", OrderID: 7, Line: 1, Quantity: 5}))
	same(t, db, "mails", roundTrip(t, db, "a@b.c", &tables.Mails{PK: "a@b.c", Address: new("a@b.c"), N: new(int64(1))}))
	same(t, db, "days", roundTrip(t, db, int64(24*time.Hour), &tables.Days{Day: int64(24 * time.Hour), N: new(int64(1))}))
	same(t, db, "rates", roundTrip(t, db, 1500, &tables.Rates{Rate: 1500, N: new(int64(1))}))
	var key string
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT PK FROM log").Scan(&key))
	same(t, db, "log", roundTrip(t, db, key, &tables.Log{PK: key, At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Text: new("started")}))
	same(t, db, "visits", roundTrip(t, db, 1, &tables.Visits{
		PK: 1, PK2: 4, AB: 2, AB2: 1, BC: 3, ByName: map[string]any{"a": int64(1)}, ByNumber: map[any]any{int64(1): "a"}, List: []any{int64(1)},
		Mixed: int64(1), N: 1, Ok: true, Place: `{"type":"Point","coordinates":[1,2]}`, Raw: []byte{1}, Score: 1.5, Some: new(int64(1)), Who: "ada",
		É: 6, X日本: 7,
	}))
}

// roundTrip finds an object, which must be the wanted one, and replaces its record. It returns the
// rows of the table as they were before.
func roundTrip[T interface{ AerospikeSet() string }](t *testing.T, db *sql.DB, key any, want *T) string {
	t.Helper()
	repo, err := mapper.New[T](db)
	require.NoError(t, err)
	got, err := repo.Find(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, want, got)
	before := content(t, db, (*want).AerospikeSet())
	require.NoError(t, repo.Replace(t.Context(), got))
	return before
}

// same checks the rows of a table.
func same(t *testing.T, db *sql.DB, table, want string) {
	t.Helper()
	require.Equal(t, want, content(t, db, table))
}

// content returns the rows of a table, as SQL prints them.
func content(t *testing.T, db *sql.DB, table string) (text string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT PK, * FROM "+table+" ORDER BY PK")
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		values := make([]any, len(columns))
		places := make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		require.NoError(t, rows.Scan(places...))
		text += fmt.Sprintf("%#v\n", values)
	}
	require.NoError(t, rows.Err())
	return text
}

// TestTablesFields writes typed fields for the generated structs, as the command does without
// -from. The file is a golden, too, and the other tests use it: MustFields checks the fields, and
// mapper.New the methods.
func TestTablesFields(t *testing.T) {
	source, err := Source(t.Context(), "testdata/tables", DefaultFile, nil)
	require.NoError(t, err)
	golden := filepath.Join("testdata/tables", DefaultFile)
	if os.Getenv("UPDATE") != "" {
		require.NoError(t, os.WriteFile(golden, source, 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), string(source))
}
