package gen

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

// tableStatements declare the tables of the tests.
var tableStatements = []string{
	`CREATE TABLE books (
		isbn TEXT PRIMARY KEY, title VARCHAR(80) NOT NULL, pages INT, stock INT NOT NULL COMMENT 'copies in the shop',
		rating DOUBLE, weight FLOAT NOT NULL, cover BLOB, lent BOOL, signed BOOLEAN NOT NULL, added TIMESTAMP NOT NULL,
		published DATE, price DECIMAL(8, 2), cost DECIMAL(8, 2) NOT NULL, tags LIST, prefs MAP, extra JSON, place GEOJSON,
		readers HLL, anything, type TEXT, owner_id UUID, "owner-id" INT, "2nd" INT, bin_forms INT,
		the_name_of_this_column_is_long BOOL)`,
	"CREATE TABLE order_lines (order_id INT, line INT, quantity INT NOT NULL, PRIMARY KEY (order_id, line))",
	"CREATE TABLE log (at TIMESTAMP NOT NULL, text TEXT)",
	"CREATE TABLE mails (address TEXT UNIQUE, n INT)",
	"CREATE TABLE days (day DATE PRIMARY KEY COMMENT 'at midnight', n INT)",
	"CREATE TABLE rates (rate DECIMAL(6, 3) PRIMARY KEY, n INT)",
	"COMMENT ON TABLE days IS 'one row a day'",
	"CREATE VIEW long_books AS SELECT title FROM books WHERE pages > 500",
}

// fill creates the tables and a set that is not declared, and returns the database and its client.
func fill(t *testing.T) (*sql.DB, *cluster.Client) {
	server := devserver.RunT(t, devserver.Options{Listen: "127.0.0.1:0"})
	db, err := sql.Open("aerospike", "aerospike://"+server.Seeds()[0]+"/test")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	client, err := driver.Client(t.Context(), db)
	require.NoError(t, err)
	for _, statement := range tableStatements {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	point := protocol.GeoJSON(`{"type":"Point","coordinates":[1,2]}`)
	put(t, client, "visits", 1, map[string]any{
		"who": "ada", "n": 1, "score": 1.5, "ok": true, "raw": []byte{1}, "list": []any{1}, "byName": map[string]any{"a": 1},
		"byNumber": map[any]any{1: "a"}, "place": point, "mixed": 1, "some": 1, "a_b": 1, "a.b": 2, "b`c": 3, "PK": 4, "é": 6, "日本": 7,
	})
	put(t, client, "visits", 2, map[string]any{
		"who": "bob", "n": 2, "score": 2.5, "ok": false, "raw": []byte{2}, "list": []any{"x"}, "byName": map[string]any{}, "byNumber": map[any]any{},
		"place": point, "mixed": "text", "a_b": 1, "a.b": 2, "b`c": 3, "PK": 4, " x": 5, "é": 6, "日本": 7,
	})
	return db, client
}

func put(t *testing.T, client *cluster.Client, set string, key any, bins map[string]any) {
	t.Helper()
	k, err := protocol.NewKey("test", set, key)
	require.NoError(t, err)
	require.NoError(t, client.Put(t.Context(), &cluster.WritePolicy{SendKey: true}, k, protocol.BinsOf(bins)))
}

// TestTables writes the structs of testdata/tables, whose file is the golden.
func TestTables(t *testing.T) {
	_, client := fill(t)
	source, err := TableSource(t.Context(), client, "test", "tables", nil)
	require.NoError(t, err)
	golden := filepath.Join("testdata/tables", DefaultTablesFile)
	if os.Getenv("UPDATE") != "" {
		require.NoError(t, os.MkdirAll("testdata/tables", 0o700))
		require.NoError(t, os.WriteFile(golden, source, 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), string(source))
}

func TestTablesErrors(t *testing.T) {
	_, client := fill(t)
	put(t, client, "keys", 1, map[string]any{"a": 1})
	put(t, client, "keys", "x", map[string]any{"a": 1})
	k, err := protocol.NewKey("test", "keyless", 1)
	require.NoError(t, err)
	require.NoError(t, client.Put(t.Context(), &cluster.WritePolicy{}, k, protocol.BinsOf(map[string]any{"a": 1})))
	for _, test := range []struct{ namespace, tables, want string }{
		{"test", "book,log", "there is no table book in the namespace test, which has books, days, keyless, keys, log, mails, order_lines, rates, visits"},
		{"test", "long_books", "long_books is a view, whose rows have no key; name the tables that it reads"},
		{"test", "books,keys,keyless", "keyless: the type of the key is unknown: the records are stored without their keys; declare the table with " +
			"CREATE TABLE and the type of its PRIMARY KEY\nkeys: the type of the key is unknown: there are keys of the kinds integer, string, and a field " +
			"has one type; write the struct with a method AerospikeKey() any"},
		{"nosuch", "", "nosuch"},
	} {
		_, err := TableSource(t.Context(), client, test.namespace, "tables", split(test.tables))
		require.ErrorContains(t, err, test.want)
	}
	source, err := TableSource(t.Context(), client, "test", "tables", nil)
	require.NoError(t, err)
	require.Contains(t, string(source), "\ntype Visits struct {\n")
	require.Contains(t, string(source), "\n// There is no struct for keyless: the type of the key is unknown: the records are stored without their keys; ")
	require.Contains(t, string(source), "\n// There is no struct for keys: the type of the key is unknown: there are keys of the kinds integer, string, ")
}

// TestOnlyUnknownKeys: without any struct the reasons are the error.
func TestOnlyUnknownKeys(t *testing.T) {
	server := devserver.RunT(t, devserver.Options{Listen: "127.0.0.1:0"})
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds()})
	require.NoError(t, err)
	defer client.Close()
	put(t, client, "keys", 1, map[string]any{"a": 1})
	put(t, client, "keys", "x", map[string]any{"a": 1})
	_, err = TableSource(t.Context(), client, "test", "tables", nil)
	require.ErrorIs(t, err, ErrKeyUnknown)
	require.ErrorContains(t, err, "keys: ")
}

func TestNoTables(t *testing.T) {
	server := devserver.RunT(t, devserver.Options{Listen: "127.0.0.1:0"})
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds()})
	require.NoError(t, err)
	defer client.Close()
	_, err = TableSource(t.Context(), client, "test", "tables", nil)
	require.EqualError(t, err, "the namespace test has no tables and no sets with records")
	_, err = TableSource(t.Context(), client, "test", "tables", []string{"a"})
	require.EqualError(t, err, "there is no table a in the namespace test, which has none")
	many := make([]string, 30)
	for i := range many {
		many[i] = "t"
	}
	require.Contains(t, among(many), ", t and 10 others")
}

// TestRunTables writes a file, and neither one that is the same nor one that was edited.
func TestRunTables(t *testing.T) {
	_, client := fill(t)
	var stdout bytes.Buffer
	run := func(o Options) error { return RunTables(context.Background(), client, "test", o, &stdout) }
	dir := filepath.Join(t.TempDir(), "shop")
	require.NoError(t, os.Mkdir(dir, 0o700))
	o := Options{Directory: dir, Tables: "log,mails"}
	file := filepath.Join(dir, DefaultTablesFile)
	checked := o
	checked.Check = true
	require.ErrorIs(t, run(checked), ErrDiffers)
	require.NoError(t, run(o))
	require.NoError(t, run(o))
	require.NoError(t, run(checked))
	require.Equal(t, file+"\n", stdout.String())
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), "\npackage shop\n")
	require.NoError(t, os.WriteFile(file, bytes.TrimPrefix(text, []byte(tablesHead)), 0o600))
	require.ErrorIs(t, run(o), ErrEdited)
	require.ErrorIs(t, run(checked), ErrDiffers)
	o.Output = filepath.Join(t.TempDir(), "2", "x.go")
	require.ErrorContains(t, run(o), `"2" can't be the name of a package; choose one with -package`)
	o.Output, o.Directory = filepath.Join(dir, "more.go"), ""
	require.NoError(t, run(o)) // the package of the other file
	o.Output, o.Package = filepath.Join(t.TempDir(), "x.go"), "other"
	require.NoError(t, run(o))
	require.Contains(t, stdout.String(), "more.go\n"+o.Output)
}

func TestGoName(t *testing.T) {
	for name, want := range map[string]string{
		"users": "Users", "user_id": "UserID", "userId": "UserId", "api-url": "APIURL", "type": "Type", "2nd": "X2nd", "日本": "X日本",
		"écu": "Écu", "__": "X", "": "X", "a b.c": "ABC", "\xff": "X", "PK": "PK",
	} {
		require.Equal(t, want, goName(name), name)
	}
	taken := names{}
	require.Equal(t, "AB", taken.claim("AB"))
	require.Equal(t, "AB2", taken.claim("AB"))
	require.Equal(t, "Users", taken.claimType("users"))
	require.Equal(t, "UsersFields2", taken.claimType("users_fields")) // UsersFields is a variable of aerosql gen
	require.Equal(t, "AFields", taken.claimType("a_fields"))
	require.Equal(t, "A2", taken.claimType("a"))
}
