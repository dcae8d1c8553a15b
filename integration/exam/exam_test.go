package exam

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	_ "github.com/aerosql/aerosql/cluster/devserver/mem"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

var listFailing = flag.Bool("list", false, "write testdata/failing.txt with the cases that fail now")

// dsn returns the data source name of an in-process server, or of the server that the environment
// names.
func dsn() string {
	if addr := os.Getenv("AEROSQL_ADDR"); addr != "" {
		return "aerospike://" + addr + "/" + namespace()
	}
	return "aerospike+mem://exam/" + namespace()
}

// namespace returns the namespace of the cases.
func namespace() string { return cmp.Or(os.Getenv("AEROSQL_NAMESPACE"), "test") }

// TestCases runs all cases. A case of failing.txt must fail, so that the list stays true.
func TestCases(t *testing.T) {
	db := open(t, "")
	native(t, db, func(c *cluster.Client) error {
		if err := emptied(t, c, "v"); err != nil {
			return err
		}
		for _, r := range fixture {
			if err := put(c, record{set: "v", key: r.key, bins: protocol.BinsOf(r.bins)}); err != nil {
				return err
			}
		}
		return nil
	})
	list, err := os.ReadFile("testdata/failing.txt")
	require.NoError(t, err)
	known := strings.Fields(string(list))
	var failing []string
	for i, x := range readCases(t, "testdata/cases.txt") {
		set := fmt.Sprintf("w%d", i)
		problem := runCase(t, x, set)
		if problem != "" {
			failing = append(failing, x.name)
		}
		switch isKnown := slices.Contains(known, x.name); {
		case *listFailing:
		case problem != "" && !isKnown:
			t.Errorf("%s (line %d): %s\n%s", x.name, x.line, problem, x.why)
		case problem == "" && isKnown:
			t.Errorf("%s passes: remove it from failing.txt", x.name)
		case problem != "":
			t.Logf("known to fail: %s (line %d): %s", x.name, x.line, problem)
		}
	}
	t.Logf("%d cases fail", len(failing))
	if *listFailing {
		require.NoError(t, os.WriteFile("testdata/failing.txt", []byte(strings.Join(failing, "\n")+"\n"), 0o644))
	}
}

func open(t *testing.T, options string) *sql.DB {
	t.Helper()
	name := dsn()
	if options != "" {
		name += "?" + options
	}
	db, err := sql.Open("aerospike", name)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func native(t *testing.T, db *sql.DB, do func(c *cluster.Client) error) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, driver.FromConn(conn, do))
}

// emptied removes the records of a set, which an earlier run may have left on a server.
func emptied(t *testing.T, c *cluster.Client, set string) error {
	if os.Getenv("AEROSQL_ADDR") == "" {
		return nil
	}
	return c.Truncate(t.Context(), nil, namespace(), set, time.Time{})
}

func put(c *cluster.Client, r record) error {
	key, err := protocol.NewKey(namespace(), r.set, r.key)
	if err != nil {
		return err
	}
	return c.Put(context.Background(), &cluster.WritePolicy{SendKey: !r.noKey, Exists: cluster.Replace}, key, r.bins)
}

// runCase returns the difference from the expected result, or "".
func runCase(t *testing.T, x *example, set string) string {
	db := open(t, x.dsn)
	names := strings.NewReplacer("$W", set, "$N", namespace())
	native(t, db, func(c *cluster.Client) error {
		if err := emptied(t, c, set); err != nil {
			return err
		}
		for _, r := range x.records {
			if !r.named {
				r.set = set
			}
			if err := put(c, r); err != nil {
				return err
			}
		}
		return nil
	})
	var problems []string
	for _, s := range x.steps {
		text := names.Replace(s.text)
		if problem := s.check(s.run(t.Context(), db, text), names); problem != "" {
			problems = append(problems, text+"\n  "+problem)
		}
	}
	return strings.Join(problems, "\n")
}

// A result is what a statement returned.
type result struct {
	rows, columns []string
	affected      int64
	err           error
}

func (s *step) run(ctx context.Context, db *sql.DB, text string) (r result) {
	defer func() {
		if v := recover(); v != nil {
			r.err = fmt.Errorf("panic: %v", v)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if s.exec {
		done, err := db.ExecContext(ctx, text, s.args...)
		if err != nil {
			return result{err: err}
		}
		r.affected, r.err = done.RowsAffected()
		return r
	}
	rows, err := db.QueryContext(ctx, text, s.args...)
	if err != nil {
		return result{err: err}
	}
	defer rows.Close()
	r.columns, _ = rows.Columns()
	row, pointers := make([]any, len(r.columns)), make([]any, len(r.columns))
	for i := range row {
		pointers[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return result{err: err}
		}
		r.rows = append(r.rows, printRow(row))
	}
	r.err = rows.Err()
	return r
}

// check returns the difference of the result from the expected one, or "".
func (s *step) check(got result, names *strings.Replacer) string {
	if s.err != "" {
		kind := errorKind(got.err)
		known := got.err != nil && !strings.HasPrefix(got.err.Error(), "panic: ") &&
			(s.err == "any" || slices.Contains(strings.Split(s.err, "|"), kind))
		if !known || !strings.Contains(got.err.Error(), s.errHas) {
			return fmt.Sprintf("want error %s %q, got %s: %v %v", s.err, s.errHas, kind, got.err, got.rows)
		}
		return ""
	}
	if got.err != nil {
		return fmt.Sprintf("want %v, got error %v", s.rows, got.err)
	}
	if s.affected >= 0 && got.affected != s.affected {
		return fmt.Sprintf("want affected %d, got %d", s.affected, got.affected)
	}
	want := make([]string, len(s.rows))
	for i, row := range s.rows {
		want[i] = names.Replace(row)
	}
	if !s.ordered {
		slices.Sort(want)
		slices.Sort(got.rows)
	}
	if !s.anyRows && !slices.Equal(want, got.rows) {
		return fmt.Sprintf("want %v\n  got  %v", want, got.rows)
	}
	if s.columns != nil && !slices.Equal(s.columns, got.columns) {
		return fmt.Sprintf("want columns %q, got %q", s.columns, got.columns)
	}
	return ""
}

var errorKinds = map[string]error{
	"syntax": querylang.ErrSyntax, "unsupported": querylang.ErrUnsupported, "unknown": querylang.ErrUnknownName,
	"name": querylang.ErrInvalidName, "type": querylang.ErrType, "args": querylang.ErrArguments,
	"scan": querylang.ErrScanDenied, "exists": protocol.KeyExists, "bintype": protocol.BinTypeError,
}

func errorKind(err error) string {
	for name, kind := range errorKinds {
		if errors.Is(err, kind) {
			return name
		}
	}
	return "other"
}
