package driver_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

func TestOptionsOfACall(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "INSERT INTO t (PK, n) VALUES (?, ?)", driver.Options{"ttl": "1h"}, 1, 10)
	require.Equal(t, []string{"true 1"}, table(t, db, "SELECT __ttl > 3500, __generation FROM t WHERE PK = 1"))
	execute(t, db, "UPDATE t SET n = ? WHERE PK = ?", 11, 1, driver.Options{"ttl": "never", "generation": 1})
	require.Equal(t, []string{"11 -1 2"}, table(t, db, "SELECT n, __ttl, __generation FROM t WHERE PK = 1"))
	_, err := db.Exec("UPDATE t SET n = n * 2 WHERE PK = 1", driver.Options{"generation": 1})
	require.ErrorIs(t, err, protocol.GenerationError)
	execute(t, db, "UPDATE t SET n = 12 WHERE PK = 1 WITH (ttl = never)", driver.Options{"ttl": 100})
	require.Equal(t, []string{"12 -1"}, table(t, db, "SELECT n, __ttl FROM t WHERE PK = 1"), "WITH has precedence")

	prepared, err := db.Prepare("SELECT n FROM t")
	require.NoError(t, err)
	defer prepared.Close()
	execute(t, db, "INSERT INTO t (PK, n) VALUES (2, 2), (3, 3), (4, 4)")
	rows, err := prepared.Query(driver.Options{"max_records": 2})
	require.NoError(t, err)
	n := 0
	for rows.Next() {
		n++
	}
	require.NoError(t, rows.Close())
	require.Equal(t, 2, n)
	require.Len(t, table(t, db, "SELECT n FROM t"), 4, "options apply to one call only")
}

func TestOptionsErrors(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "INSERT INTO t (PK, n) VALUES (1, 1)")
	for _, c := range []struct {
		query string
		args  []any
		kind  error
		text  string
	}{
		{"SELECT n FROM t", []any{driver.Options{"max_record": 5}}, querylang.ErrUnknownName, "there is no option max_record; the options are atomic,"},
		{"UPDATE t SET n = 1", []any{driver.Options{"ttl": "soon"}}, querylang.ErrArguments, "the option ttl must be"},
		{"UPDATE t SET n = 1", []any{driver.Options{"generation": 5}}, querylang.ErrUnsupported, "one record by its key"},
		{"UPDATE t SET n = 1 WHERE PK = 1", []any{driver.Options{"generation": 70000}}, querylang.ErrArguments, "from 1 to 65535"},
		{"INSERT INTO t (PK, n) VALUES (9, 9)", []any{driver.Options{"generation": 5}}, querylang.ErrUnsupported, "no meaning for an INSERT"},
		{"SELECT n FROM t", []any{driver.Options{"generation": 5}}, querylang.ErrUnsupported, "one of writes"},
		{"SELECT n FROM t", []any{driver.Options{"timeout": -5}}, querylang.ErrArguments, "the option timeout must be a duration"},
		{"UPDATE t SET n = 1; UPDATE t SET n = 2", []any{driver.Options{"ttl": 100}}, querylang.ErrArguments, "several statements"},
		{"UPDATE t SET n = 1", []any{driver.Options{"ttl": 100}, driver.Options{"ttl": 100}}, querylang.ErrArguments, "given twice"},
		{"UPDATE t SET n = 1", []any{driver.Options{"ttl": struct{}{}}}, querylang.ErrArguments, "option ttl"},
		{"SET ttl = 5", []any{driver.Options{"ttl": 100}}, querylang.ErrUnsupported, "concerns the session"},
	} {
		_, err := db.Exec(c.query, c.args...)
		require.ErrorIs(t, err, c.kind, c.query)
		require.ErrorContains(t, err, c.text, c.query)
		require.Equal(t, []string{"1"}, table(t, db, "SELECT n FROM t"), "%s: the options of a failed call don't apply to the next", c.query)
	}
	// An argument after the options can't be stored: the options are forgotten.
	_, err := db.Exec("UPDATE t SET n = ? WHERE PK = 1", driver.Options{"ttl": 100}, struct{}{})
	require.ErrorIs(t, err, querylang.ErrArguments)
	execute(t, db, "UPDATE t SET n = ? WHERE PK = 1", 1)
	require.Equal(t, []string{"-1"}, table(t, db, "SELECT __ttl FROM t"))
}

// TestValuesOfOptions holds that a wrong value of an option of WITH is an error at its place, or
// names the argument, and that nothing is sent.
func TestValuesOfOptions(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "INSERT INTO t (PK, n) VALUES (1, 1)")
	for _, c := range []struct{ query, wrong, text string }{
		{"SELECT n FROM t", "max_records = -1", "the option max_records must be a non-negative integer, not -1"},
		{"SELECT n FROM t", "fetch_rows = 'x'", "the option fetch_rows must be a non-negative integer, not x"},
		{"SELECT n FROM t", "records_per_second = 1.5", "the option records_per_second must be"},
		{"SELECT n FROM t", "replica = slave", "the option replica must be sequence, master, any, random or rack, not slave"},
		{"SELECT n FROM t", "rack = 1", "the option rack: "},
		{"SELECT n FROM t WHERE PK = 1", "read_mode = 'many'", "the option read_mode must be"},
		{"SELECT n FROM t", "timeout = 'soon'", "the option timeout must be a duration"},
		{"SELECT n FROM t", "socket_timeout = 0", "the option socket_timeout must be a duration"},
		{"INSERT INTO t (PK, n) VALUES (2, 2)", "ttl = 'soon'", "the option ttl must be"},
		{"UPDATE t SET n = 2", "send_key = 3", "the option send_key must be ON or OFF, not 3"},
		{"UPDATE t SET n = 2", "durable = maybe", "the option durable_delete must be ON or OFF, not maybe"},
		{"UPDATE t SET n = 2", "commit = 'some'", "the option commit must be all or master, not some"},
		{"UPDATE t SET n = 2", "atomic = 2", "the option atomic must be ON or OFF, not 2"},
		{"UPDATE t SET n = 2 WHERE PK = 1", "generation = 70000", "from 1 to 65535"},
		{"UPDATE t SET n = 2", "background = 'perhaps'", "the option background must be ON or OFF"},
		{"UPDATE t SET n = 2", "background, wait = 'perhaps'", "the option wait must be ON or OFF"},
	} {
		query := c.query + "\nWITH (" + c.wrong + ")"
		_, err := db.Exec(query)
		require.ErrorContains(t, err, c.text, query)
		var at *querylang.Error
		require.ErrorAs(t, err, &at, query)
		require.Equal(t, c.wrong == "rack = 1", errors.Is(err, querylang.ErrUnsupported), query)
		require.Equal(t, c.wrong != "rack = 1", errors.Is(err, querylang.ErrArguments), query)
		require.Equal(t, 2, at.Line, query)
		require.Equal(t, len("WITH (")+strings.LastIndex(c.wrong, "= ")+len("= ")+1, at.Column, query)
	}
	_, err := db.Exec("UPDATE t SET n = ? WITH (ttl = ?)", 2, "soon")
	require.ErrorIs(t, err, querylang.ErrArguments)
	require.ErrorContains(t, err, "argument 2: ")
	require.ErrorContains(t, err, "the option ttl must be")
	require.Equal(t, []string{"1"}, table(t, db, "SELECT n FROM t"))
	require.Empty(t, table(t, db, "SELECT n FROM t WITH (max_records = 0)")[1:])
	execute(t, db, "UPDATE t SET n = ? WITH (ttl = ?, timeout = ?)", 3, 100, "2s")
	require.Equal(t, []string{"3"}, table(t, db, "SELECT n FROM t WITH (max_records = ?, replica = ?)", 1, "any"))
}
