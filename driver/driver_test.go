package driver_test

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/exec"
)

func TestSession(t *testing.T) {
	db := open(t, nil)
	ctx := t.Context()
	require.NoError(t, db.PingContext(ctx))
	result, err := db.Exec("INSERT INTO users (PK, name, age) VALUES (?, ?, ?)", 7, "Ann", 30)
	require.NoError(t, err)
	id, err := result.LastInsertId()
	require.NoError(t, err)
	require.EqualValues(t, 7, id)

	var name string
	var age int
	require.NoError(t, db.QueryRow("SELECT name, age FROM users WHERE PK = $1", 7).Scan(&name, &age))
	require.Equal(t, "Ann", name)
	require.Equal(t, 30, age)
	require.NoError(t, db.QueryRow("SELECT name FROM users WHERE PK = :id AND age > @min", sql.Named("min", 3), sql.Named("id", 7)).Scan(&name))
	require.ErrorIs(t, db.QueryRow("SELECT name FROM users WHERE PK = 8").Scan(&name), sql.ErrNoRows)
	_, err = db.Exec("INSERT INTO users (PK, name) VALUES (7, 'x')")
	require.ErrorIs(t, err, protocol.KeyExists)

	for _, query := range []string{
		"INSERT INTO users (PK, name) VALUES ('k', 'x')", "UPDATE users SET age = 31 WHERE PK = 7",
		"INSERT INTO users (PK, name) VALUES (8, 'y'), (9, 'z')", "INSERT INTO users (PK, name) VALUES (8, 'y') ON CONFLICT DO NOTHING",
	} {
		result, err = db.Exec(query)
		require.NoError(t, err)
		id, err = result.LastInsertId()
		require.NoError(t, err)
		require.Zero(t, id)
	}
}

func TestPreparedStatements(t *testing.T) {
	db := open(t, nil)
	insert, err := db.Prepare("INSERT INTO t (PK, n) VALUES (?, ?)")
	require.NoError(t, err)
	defer insert.Close()
	for i := range 5 {
		_, err := insert.Exec(i, i*i)
		require.NoError(t, err)
	}
	_, err = insert.Exec(1)
	require.ErrorIs(t, err, querylang.ErrArguments)
	require.ErrorContains(t, err, "the statement takes 2 arguments, got 1")
	read, err := db.Prepare("SELECT n FROM t WHERE PK IN (?)")
	require.NoError(t, err)
	defer read.Close()
	var n int
	require.NoError(t, read.QueryRow([]int64{3}).Scan(&n))
	require.Equal(t, 9, n)
	_, err = db.Prepare("SELECT oops FRM t")
	require.ErrorIs(t, err, querylang.ErrSyntax)
}

type celsius float64

type point struct{ x, y int }

func (p point) Value() (sqldriver.Value, error) { return fmt.Sprint(p.x, ";", p.y), nil }

type failing struct{}

func (failing) Value() (sqldriver.Value, error) { return nil, errors.New("no value") }

func TestArguments(t *testing.T) {
	db := open(t, nil)
	n, text := 5, "text"
	moment := time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("x", 3600))
	cases := []struct{ in, want any }{
		{int8(-3), int64(-3)}, {uint16(3), int64(3)}, {uint64(math.MaxInt64), int64(math.MaxInt64)}, {1.5, 1.5}, {float32(0.5), 0.5}, {celsius(2.5), 2.5},
		{true, true}, {"", ""}, {"s", "s"}, {[]byte{}, []byte{}}, {[]byte("b"), []byte("b")}, {[2]byte{1, 2}, []byte{1, 2}},
		{&n, int64(5)}, {&text, "text"}, {time.Second, int64(time.Second)},
		{moment, moment.UnixNano()}, {&moment, moment.UnixNano()}, {driver.Time{Time: moment}, moment.UnixNano()},
		{point{1, 2}, "1;2"}, {&point{1, 2}, "1;2"}, {sql.NullInt64{Int64: 4, Valid: true}, int64(4)}, {protocol.Int(3), int64(3)},
		{[]string{"a", "b"}, []any{"a", "b"}}, {[]any{1, nil, moment, point{3, 4}}, []any{int64(1), nil, moment.UnixNano(), "3;4"}},
		{[]time.Time{moment}, []any{moment.UnixNano()}}, {[2]int{1, 2}, []any{int64(1), int64(2)}}, {[][]int{{1}, {}}, []any{[]any{int64(1)}, []any{}}},
		{map[string]any{"a": 1, "t": moment}, map[string]any{"a": int64(1), "t": moment.UnixNano()}}, {map[int]string{1: "x"}, map[any]any{int64(1): "x"}},
		{map[string][]string{"a": {"b"}}, map[string]any{"a": []any{"b"}}}, {protocol.GeoJSON(`{"type":"Point","coordinates":[1,2]}`), `{"type":"Point","coordinates":[1,2]}`},
	}
	for _, c := range cases {
		execute(t, db, "REPLACE INTO t (PK, v) VALUES (1, ?)", c.in)
		var got any
		require.NoError(t, db.QueryRow("SELECT v FROM t WHERE PK = 1").Scan(&got))
		require.Equal(t, c.want, got, "%T %v", c.in, c.in)
		converted, err := driver.ValueConverter{}.ConvertValue(c.in)
		require.NoError(t, err)
		require.Equal(t, c.want, converted)
	}
	for _, null := range []any{nil, (*int)(nil), (*point)(nil), []byte(nil), []string(nil), map[string]any(nil), time.Time{}, sql.NullString{}, sql.Null[int]{}} {
		execute(t, db, "REPLACE INTO t (PK, a, v) VALUES (1, 1, ?)", null)
		var got sql.NullString
		require.NoError(t, db.QueryRow("SELECT v FROM t WHERE PK = 1").Scan(&got))
		require.False(t, got.Valid, "%T", null)
	}
	type loop []any
	cycle := make(loop, 1)
	cycle[0] = cycle
	for _, bad := range []any{struct{ A int }{}, uint64(math.MaxUint64), make(chan int), failing{}, time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC), []any{func() {}}, cycle, map[float64]int{1: 1}} {
		_, err := db.Exec("REPLACE INTO t (PK, a, v) VALUES (1, 1, ?)", bad)
		require.Error(t, err, "%T", bad)
		require.NotErrorIs(t, err, sqldriver.ErrBadConn)
	}
}

func TestScanDestinations(t *testing.T) {
	db := open(t, nil)
	moment := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	execute(t, db, "INSERT INTO t (PK, l, m, im, i, s, b, at, flag, f) VALUES (1, ?, ?, ?, 1, 'x', X'01', ?, TRUE, 2.5)",
		[]any{1, "a"}, map[string]any{"k": []int{1}}, map[any]any{1: "x", "y": 2}, moment)

	var list []any
	var m map[string]any
	require.NoError(t, db.QueryRow("SELECT l, m FROM t WHERE PK = 1").Scan(&list, &m))
	require.Equal(t, []any{int64(1), "a"}, list)
	require.Equal(t, map[string]any{"k": []any{int64(1)}}, m)

	var listText, mixed, number, missing driver.JSON
	require.NoError(t, db.QueryRow("SELECT l, im, f, missing FROM t WHERE PK = 1").Scan(&listText, &mixed, &number, &missing))
	require.Equal(t, `[1,"a"]`, listText.String())
	require.Equal(t, `{"1":"x","y":2}`, mixed.String())
	require.Equal(t, `2.5`, number.String())
	require.Nil(t, missing)

	var doc driver.Document[map[string][]int]
	var none driver.Document[[]string]
	require.NoError(t, db.QueryRow("SELECT m, missing FROM t WHERE PK = 1").Scan(&doc, &none))
	require.Equal(t, driver.Document[map[string][]int]{V: map[string][]int{"k": {1}}, Valid: true}, doc)
	require.False(t, none.Valid)
	require.Error(t, db.QueryRow("SELECT m FROM t WHERE PK = 1").Scan(&none))

	var at, never driver.Time
	var flag, flagOfInt bool
	var blob sql.RawBytes
	require.NoError(t, db.QueryRow("SELECT at, missing, flag, i FROM t WHERE PK = 1").Scan(&at, &never, &flag, &flagOfInt))
	require.Equal(t, moment, at.Time)
	require.True(t, never.IsZero() && flag && flagOfInt)
	rows, err := db.Query("SELECT b FROM t WHERE PK = 1")
	require.NoError(t, err)
	defer rows.Close()
	require.True(t, rows.Next())
	require.NoError(t, rows.Scan(&blob))
	require.Equal(t, "\x01", string(blob))
}

func TestCollectionsAsText(t *testing.T) {
	db := open(t, func(c *driver.Config) { c.Collections = driver.CollectionsJSON })
	execute(t, db, "INSERT INTO t (PK, l) VALUES (1, ?)", []any{1, []byte("x"), map[int]bool{1: true}})
	var text string
	require.NoError(t, db.QueryRow("SELECT l FROM t WHERE PK = 1").Scan(&text))
	require.Equal(t, `[1,"eA==",{"1":true}]`, text)
	var doc driver.Document[[]any]
	require.NoError(t, db.QueryRow("SELECT l FROM t WHERE PK = 1").Scan(&doc))
	require.Len(t, doc.V, 3)
}

func TestColumnTypes(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "INSERT INTO t (PK, i, f, s, b, y, l, m) VALUES (1, 1, 1.5, 'x', X'01', TRUE, ?, ?)", []int{1}, map[string]int{"a": 1})
	rows, err := db.Query("SELECT *, __generation, missing FROM t WHERE PK = 1")
	require.NoError(t, err)
	defer rows.Close()
	types, err := rows.ColumnTypes()
	require.NoError(t, err)
	var got []string
	for _, c := range types {
		length, _ := c.Length()
		nullable, ok := c.Nullable()
		require.True(t, ok)
		require.Equal(t, c.Name() != "__generation", nullable, c.Name())
		got = append(got, fmt.Sprintf("%s %s %v %t", c.Name(), c.DatabaseTypeName(), c.ScanType(), length > 0))
	}
	require.Equal(t, []string{
		"b BLOB interface {} true", "f DOUBLE interface {} false", "i INTEGER interface {} false", "l LIST interface {} false",
		"m MAP interface {} false", "s STRING interface {} true", "y BOOLEAN interface {} false", "__generation INTEGER int64 false", "missing  interface {} false",
	}, got)
}

func TestSeveralStatements(t *testing.T) {
	db := open(t, nil)
	require.EqualValues(t, 3, execute(t, db, `-- fill the set
		INSERT INTO t (PK, a) VALUES (1, 'x;y'), (2, 'z');
		UPDATE t SET a = NULL, b = 1 WHERE PK = 1 ;
	`))
	_, err := db.Exec("DELETE FROM t; SELECT * FRM t")
	require.ErrorIs(t, err, querylang.ErrSyntax)
	_, err = db.Exec("UPDATE t SET b = 2; SELECT a FROM t FULL JOIN t u ON t.PK = u.PK")
	require.ErrorIs(t, err, querylang.ErrUnsupported)
	require.ErrorContains(t, err, "statement 2 of 2: ")
	_, err = db.Exec("DELETE FROM t WHERE PK = ?; DELETE FROM t", 1)
	require.ErrorIs(t, err, querylang.ErrArguments)
	require.EqualValues(t, 2, execute(t, db, "CREATE TABLE d (k INTEGER PRIMARY KEY, v TEXT); INSERT INTO d VALUES (1, 'a'), (2, 'b')"))
	require.EqualValues(t, 2, execute(t, db, "DELETE FROM t"), "the statements before were not run")
}

func TestSeveralResults(t *testing.T) {
	db := open(t, nil)
	rows, err := db.Query("INSERT INTO t (PK, a) VALUES (1, 5); SELECT a FROM t; SELECT 'x', 'y'")
	require.NoError(t, err)
	defer rows.Close()
	var a int
	require.True(t, rows.Next())
	require.NoError(t, rows.Scan(&a))
	require.Equal(t, 5, a)
	require.False(t, rows.Next())
	require.True(t, rows.NextResultSet())
	columns, err := rows.Columns()
	require.NoError(t, err)
	require.Len(t, columns, 2)
	require.True(t, rows.Next())
	require.False(t, rows.NextResultSet())
	require.NoError(t, rows.Err())

	rows, err = db.Query("SELECT a FROM t; DELETE FROM t")
	require.NoError(t, err)
	defer rows.Close()
	require.False(t, rows.NextResultSet())
	require.ErrorIs(t, rows.Err(), querylang.ErrUnsupported)
	require.EqualValues(t, 1, execute(t, db, "DELETE FROM t"))
}

func TestTransactions(t *testing.T) {
	db := open(t, nil)
	_, err := db.Begin()
	require.ErrorIs(t, err, driver.ErrNoTransactions)

	auto := open(t, func(c *driver.Config) { c.Tx = driver.TxAutocommit })
	tx, err := auto.Begin()
	require.NoError(t, err)
	execute(t, tx, "INSERT INTO t (PK, a) VALUES (1, 1)")
	require.NoError(t, tx.Commit())

	tx, err = auto.Begin()
	require.NoError(t, err)
	var a int
	require.NoError(t, tx.QueryRow("SELECT a FROM t WHERE PK = 1").Scan(&a))
	require.NoError(t, tx.Rollback(), "nothing to roll back")

	tx, err = auto.Begin()
	require.NoError(t, err)
	execute(t, tx, "UPDATE t SET a = 2 WHERE PK = 1")
	require.ErrorIs(t, tx.Rollback(), driver.ErrNotRolledBack)

	tx, err = auto.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	require.NoError(t, err)
	_, err = tx.Exec("UPDATE t SET a = 3 WHERE PK = 1")
	require.ErrorIs(t, err, driver.ErrReadOnly)
	require.NoError(t, tx.Rollback())

	_, err = auto.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelSerializable})
	require.ErrorIs(t, err, driver.ErrIsolation)
}

func TestOneClientForAllSessions(t *testing.T) {
	db := open(t, func(c *driver.Config) { c.MaxConns = 50 })
	db.SetMaxOpenConns(2)
	var clients []*cluster.Client
	for range 2 {
		conn, err := db.Conn(t.Context())
		require.NoError(t, err)
		require.NoError(t, driver.FromConn(conn, func(client *cluster.Client) error {
			clients = append(clients, client)
			return client.Ping(t.Context())
		}))
		defer conn.Close()
	}
	require.Same(t, clients[0], clients[1])
}

// wrapped wraps a connection as tracing packages do.
type wrapped struct{ sqldriver.Conn }

func (w wrapped) Raw() sqldriver.Conn { return w.Conn }

type wrapper struct{ sqldriver.Connector }

func (w wrapper) Connect(ctx context.Context) (sqldriver.Conn, error) {
	conn, err := w.Connector.Connect(ctx)
	return wrapped{wrapped{conn}}, err
}

func TestFromConnLooksIntoWrappers(t *testing.T) {
	connector, err := driver.NewConnector(start(t))
	require.NoError(t, err)
	defer connector.Close()
	db := sql.OpenDB(wrapper{connector})
	defer db.Close()
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, driver.FromConn(conn, func(client *cluster.Client) error { return client.Ping(t.Context()) }))
	_, err = db.Exec("INSERT INTO t (PK, a) VALUES (?, ?)", 1, 2)
	require.NoError(t, err, "the arguments were converted by database/sql")
}

func TestSharedClient(t *testing.T) {
	cfg := start(t)
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: cfg.Seeds, Dial: cfg.Dial})
	require.NoError(t, err)
	defer client.Close()
	db := sql.OpenDB(driver.NewClientConnector(client, driver.Config{Namespace: "test"}))
	execute(t, db, "INSERT INTO t (PK, a) VALUES (1, 1)")
	require.NoError(t, db.Close())
	require.NoError(t, client.Ping(t.Context()), "closing the database does not close the client")
}

func TestClosedSessions(t *testing.T) {
	connector, err := driver.NewConnector(start(t))
	require.NoError(t, err)
	conn, err := connector.Connect(t.Context())
	require.NoError(t, err)
	c := conn.(*driver.Conn)
	require.True(t, c.IsValid())
	stmt, err := c.Prepare("SELECT 1")
	require.NoError(t, err)
	require.NoError(t, c.Close())
	require.False(t, c.IsValid())
	_, queryErr := c.QueryContext(t.Context(), "SELECT 1", nil)
	_, execErr := c.ExecContext(t.Context(), "SELECT 1", nil)
	_, stmtErr := stmt.(sqldriver.StmtQueryContext).QueryContext(t.Context(), nil)
	_, prepareErr := c.Prepare("SELECT 1")
	_, beginErr := c.BeginTx(t.Context(), sqldriver.TxOptions{})
	for _, err := range []error{queryErr, execErr, stmtErr, prepareErr, beginErr, c.Ping(t.Context()), c.ResetSession(t.Context())} {
		require.ErrorIs(t, err, sqldriver.ErrBadConn)
	}
	require.NoError(t, connector.Close())
	require.NoError(t, connector.Close())
	_, err = connector.Connect(t.Context())
	require.ErrorIs(t, err, driver.ErrClosed)
}

func TestDriverOpenOwnsItsCluster(t *testing.T) {
	conn, err := new(driver.Driver).Open("aerospike+mem://mine/orders")
	require.NoError(t, err)
	rows, err := conn.(*driver.Conn).QueryContext(t.Context(), "SELECT COUNT(*) FROM t", nil)
	require.NoError(t, err)
	require.Equal(t, []string{"COUNT(*)"}, rows.Columns())
	require.NoError(t, rows.Close())
	require.NoError(t, conn.Close())
	_, err = conn.(*driver.Conn).Client().Get(t.Context(), nil, protocol.MustKey("orders", "t", 1))
	require.ErrorIs(t, err, cluster.ErrClosed)
}

func TestCanceledContext(t *testing.T) {
	db := open(t, nil)
	values := make([]any, 0, 400)
	query := "INSERT INTO t (PK, n) VALUES "
	for i := range 200 {
		if i > 0 {
			query += ", "
		}
		query += "(?, ?)"
		values = append(values, i, i)
	}
	require.EqualValues(t, 200, execute(t, db, query, values...))
	ctx, cancel := context.WithCancel(t.Context())
	rows, err := db.QueryContext(ctx, "SELECT n FROM t")
	require.NoError(t, err)
	require.True(t, rows.Next())
	cancel()
	for rows.Next() {
	}
	require.ErrorIs(t, rows.Err(), context.Canceled)
	_, err = db.ExecContext(ctx, "DELETE FROM t")
	require.ErrorIs(t, err, context.Canceled)
}

func TestErrorsOfDifferentKinds(t *testing.T) {
	db := open(t, func(c *driver.Config) { c.DenyScan = true })
	execute(t, db, "INSERT INTO t (PK, a) VALUES (1, 'x')")
	_, err := db.Query("SELECT * FROM t")
	require.ErrorIs(t, err, querylang.ErrScanDenied)
	_, err = db.Exec("DELETE FROM t")
	require.ErrorIs(t, err, querylang.ErrScanDenied)
	rows, err := db.Query("EXPLAIN SELECT a FROM t WHERE PK = ? OR a = ?")
	require.NoError(t, err, "EXPLAIN is allowed, and needs no arguments")
	require.NoError(t, rows.Close())
	_, err = db.Exec("UPDATE t SET a = a + 1 WHERE PK = 1")
	require.ErrorIs(t, err, protocol.BinTypeError)
	_, err = db.Exec("INSERT INTO nowhere.t (PK, a) VALUES (1, 1)")
	require.ErrorIs(t, err, cluster.ErrNamespace)
	_, err = db.Exec("INSERT INTO t (PK, a) VALUES (1, 1), (2, 2)")
	var partial *exec.PartialError
	require.ErrorAs(t, err, &partial)
	require.EqualValues(t, 1, partial.RowsAffected)
}

func TestConnInterfaces(t *testing.T) {
	conn := reflect.TypeFor[*driver.Conn]()
	for _, i := range []reflect.Type{
		reflect.TypeFor[sqldriver.ConnPrepareContext](), reflect.TypeFor[sqldriver.ConnBeginTx](), reflect.TypeFor[sqldriver.QueryerContext](),
		reflect.TypeFor[sqldriver.ExecerContext](), reflect.TypeFor[sqldriver.Pinger](), reflect.TypeFor[sqldriver.SessionResetter](),
		reflect.TypeFor[sqldriver.Validator](), reflect.TypeFor[sqldriver.NamedValueChecker](),
	} {
		require.True(t, conn.Implements(i), i.Name())
	}
}
