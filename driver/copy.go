package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"iter"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/ast"
)

// CopyFrom inserts rows into a table, much faster than one INSERT per row:
//
//	n, err := driver.CopyFrom(ctx, conn, "users", []string{"PK", "name", "age"}, rows)
//
// The table is written as in SQL without quotes: "users" or "test.users". The columns are names as
// they are stored, or PK for the key. Each row has a value for each column, converted as arguments
// of statements are; see the package comment. A row whose record exists is an error, as with
// INSERT.
//
// The rows are sent in batches of 1,000 rows or 1 MiB, four at a time. The next row is read when a
// batch is free, so that the memory does not grow with the number of rows. A row's slice may be
// used again for the next one, but its values must not be changed before CopyFrom returns.
//
// CopyFrom returns the number of records that were written. It stops at the first error: one of the
// rows' sequence, or of a row. Then some rows that came after the failed one may have been written;
// the error is an *exec.PartialError. In a transaction the batches are sent one after the other,
// and the servers limit a transaction to 4,096 records.
//
// No other goroutine may use the connection until CopyFrom returns. Options such as Options{"ttl":
// "1h"} are those of WITH.
func CopyFrom(ctx context.Context, conn *sql.Conn, table string, columns []string, rows iter.Seq2[[]any, error], options ...Options) (n int64, err error) {
	rawErr := conn.Raw(func(raw any) error {
		c, connErr := connOf(raw)
		if connErr != nil {
			return connErr
		}
		n, err = c.copyFrom(ctx, table, columns, rows, options)
		return nil
	})
	if err == nil {
		err = rawErr
	}
	return n, err
}

// connOf returns the Conn that a connection of database/sql is or wraps.
func connOf(raw any) (*Conn, error) {
	const maxWrappers = 16
	outer := raw
	for range maxWrappers {
		switch c := raw.(type) {
		case *Conn:
			return c, nil
		case interface{ Raw() driver.Conn }:
			raw = c.Raw()
		default:
			return nil, fmt.Errorf("the database was %w: %T is not a connection to Aerospike", ErrOtherDriver, outer)
		}
	}
	return nil, fmt.Errorf("the database was %w: a connection of type %T has more than %d wrappers", ErrOtherDriver, outer, maxWrappers)
}

func (c *Conn) copyFrom(ctx context.Context, table string, columns []string, rows iter.Seq2[[]any, error], options []Options) (n int64, err error) {
	text, err := c.copyText(table, columns)
	if err != nil {
		return 0, err
	}
	ctx, w := c.watch(ctx, text, nil)
	defer func() { w.end(0, n, err) }()
	s, err := c.prepare(ctx, text)
	if err != nil {
		return 0, err
	}
	if err := c.tx.note(s); err != nil {
		return 0, err
	}
	values := make(map[string]protocol.Value)
	for _, o := range options {
		for name, option := range o {
			if values[name], err = valueOf(option); err != nil {
				return 0, fmt.Errorf("option %s: %w", name, err)
			}
		}
	}
	return c.session.CopyWith(c.tx.within(ctx), s.run, c.copied(s, len(columns), rows), values)
}

// copyText returns the INSERT of a row.
func (c *Conn) copyText(table string, columns []string) (string, error) {
	if len(columns) == 0 {
		return "", &querylang.Error{Kind: querylang.ErrArguments, Message: "CopyFrom needs the names of the columns"}
	}
	names := make([]string, len(columns))
	for i, name := range columns {
		if names[i] = ast.QuoteName(name); strings.EqualFold(name, "PK") || strings.EqualFold(name, "__key") {
			names[i] = name
		}
	}
	parts := strings.Split(table, ".")
	for i := range parts {
		parts[i] = ast.QuoteName(parts[i])
	}
	return "INSERT INTO " + strings.Join(parts, ".") + " (" + strings.Join(names, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")", nil
}

// copied returns the arguments of each row. They are valid until the next one.
func (c *Conn) copied(s *statement, width int, rows iter.Seq2[[]any, error]) iter.Seq2[[]protocol.Value, error] {
	return func(yield func([]protocol.Value, error) bool) {
		bound := make([]querylang.Arg, width)
		space := make([]protocol.Value, 0, s.ArgCount())
		for row, err := range rows {
			if err == nil && len(row) != width {
				err = &querylang.Error{Kind: querylang.ErrArguments, Message: fmt.Sprintf("a row has %d values for %d columns", len(row), width)}
			}
			for i := 0; err == nil && i < width; i++ {
				bound[i].Value, err = valueOf(row[i])
			}
			var values []protocol.Value
			if err == nil {
				values, err = s.AppendArgs(space[:0], bound, s.literals)
			}
			if !yield(values, err) || err != nil {
				return
			}
		}
	}
}
