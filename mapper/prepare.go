package mapper

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/exec"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/parse"
)

// A Statement is a SELECT whose rows are structs of type S; see [Prepare]. It is safe for use by
// multiple goroutines.
type Statement[S any] struct{ s *selectText }

// Prepare returns a SELECT of the SQL dialect whose rows are structs. It is for what a [Query]
// can't express, such as joins, and decodes rows as a Repo does, without database/sql:
//
//	type byCity struct {
//		City   string `as:"city"`
//		People int    `as:"people"`
//	}
//
//	cities, err := mapper.Prepare[byCity](db,
//		"SELECT city, COUNT(*) AS people FROM users WHERE age >= ? GROUP BY city ORDER BY people DESC")
//	...
//	for c, err := range cities.Rows(ctx, 18) {
//
// S has tags like those of records and needs no key. Each column must be the bin, the key or the Go
// name of a field, where case doesn't matter if nothing has exactly that name; fields without a
// column are zero. A column of type DECIMAL is read as text, or with option scale as an integer.
//
// Prepare checks S and the syntax and does no I/O. A table without a namespace is in the namespace
// of the source. The statement may read whole sets, unless the data source name has scan=deny.
func Prepare[S any, Src *sql.DB | *sql.Tx | *cluster.Client | Source](src Src, text string, opts ...Option) (*Statement[S], error) {
	cfg, err := configOf(opts)
	if err != nil {
		return nil, err
	}
	b, err := bindSource(src, cfg)
	if err != nil {
		return nil, err
	}
	s, err := newSelectText(reflect.TypeFor[S](), cfg, b, text)
	if err != nil {
		return nil, err
	}
	return &Statement[S]{s}, nil
}

// Rows returns an iterator over the rows. Parameters are ?, $1, or :name for a sql.Named; arguments
// are stored like fields of their types without a tag. Leaving the loop stops the query. Any error
// is the last.
func (s *Statement[S]) Rows(ctx context.Context, args ...any) iter.Seq2[*S, error] {
	return objectSeq[S](s.core().objects(ctx, "Statement.Rows", args))
}

// core returns the statement without its type parameter, nil if it is empty.
func (s *Statement[S]) core() *selectText {
	if s == nil {
		return nil
	}
	return s.s
}

// objects is Rows without its type parameter.
//
//go:noinline
func (s *selectText) objects(ctx context.Context, method string, args []any) iter.Seq2[unsafe.Pointer, error] {
	if s == nil {
		return failing(&emptyError{method, "the statement is empty; make it with Prepare"})
	}
	return func(yield func(unsafe.Pointer, error) bool) {
		var x unsafe.Pointer
		for err := range s.rows(ctx, args, func() unsafe.Pointer { x = s.store.newObject(); return x }) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(x, nil) {
				return
			}
		}
	}
}

// Slice returns all rows.
func (s *Statement[S]) Slice(ctx context.Context, args ...any) ([]*S, error) {
	all, err := s.core().slice(ctx, args)
	return objectsAt[S](all), err
}

// slice is Slice without its type parameter.
//
//go:noinline
func (s *selectText) slice(ctx context.Context, args []any) ([]unsafe.Pointer, error) {
	return collect(s.objects(ctx, "Statement.Slice", args))
}

// First returns the first row. If there is none the error is [ErrNotFound].
func (s *Statement[S]) First(ctx context.Context, args ...any) (*S, error) {
	x, err := s.core().first(ctx, args)
	return (*S)(x), err
}

// first is First without its type parameter.
//
//go:noinline
func (s *selectText) first(ctx context.Context, args []any) (unsafe.Pointer, error) {
	return firstOf(s.objects(ctx, "Statement.First", args))
}

// A selectText is a Statement without its type parameter.
type selectText struct {
	store  *store // for the plan of the rows and the codecs of arguments
	bind   bindFunc
	parsed *parse.Parsed
	latest atomic.Pointer[planned]
}

func newSelectText(t reflect.Type, cfg *config, b bindFunc, text string) (*selectText, error) {
	parsed, err := parse.One(text, parse.Standard)
	if err != nil {
		return nil, fmt.Errorf("mapper: Prepare: %w", err)
	}
	if _, ok := parsed.Statement.(*ast.Query); !ok {
		return nil, errors.New("mapper: Prepare takes a SELECT; use database/sql for other statements")
	}
	compiler := func() *compiler { return newCompiler(cfg) }
	p, err := compiler().compile(t)
	if err != nil {
		return nil, err
	}
	if len(p.gens) > 0 || len(p.ttls) > 0 || p.rest != nil {
		return nil, fmt.Errorf("mapper: Prepare: %s has a field with asm or option rest, which a row has no values for", typeName(t))
	}
	h, err := hooksOf(t)
	if err != nil {
		return nil, err
	}
	return &selectText{store: &store{plan: p, newCompiler: compiler, codecs: new(sync.Map), hooks: h}, bind: b, parsed: parsed}, nil
}

// rows runs the statement. For each row it sets the object that next returns and yields nil, or
// yields an error.
func (s *selectText) rows(ctx context.Context, args []any, next func() unsafe.Pointer) iter.Seq[error] {
	return func(yield func(error) bool) {
		rows, err := s.open(ctx, args)
		if err != nil {
			yield(err)
			return
		}
		defer rows.Close()
		columns, err := s.columns(rows.Columns())
		if err != nil {
			yield(err)
			return
		}
		values := make([]protocol.Value, len(columns))
		for {
			err := rows.Next(values)
			if err == io.EOF { //nolint:errorlint // Rows.Next returns it unwrapped
				return
			}
			base := next()
			if err != nil {
				err = fmt.Errorf("mapper: %w", err)
			} else if err = s.decode(base, columns, values); err == nil {
				err = s.store.afterFind(ctx, base)
			}
			if !yield(err) || err != nil {
				return
			}
		}
	}
}

// open starts the query.
func (s *selectText) open(ctx context.Context, args []any) (*exec.Rows, error) {
	b, err := s.bind(ctx)
	if err != nil {
		return nil, err
	}
	if b.engine == nil {
		return nil, errNoEngine
	}
	p, err := s.plan(ctx, b)
	if err != nil {
		return nil, fmt.Errorf("mapper: %w", err)
	}
	bound := make([]querylang.Arg, len(args))
	for i, arg := range args {
		if named, ok := arg.(sql.NamedArg); ok {
			bound[i].Name, arg = named.Name, named.Value
		}
		if bound[i].Value, err = s.store.argument(arg); err != nil {
			return nil, fmt.Errorf("mapper: argument %d: %w", i+1, err)
		}
	}
	values, err := p.prepared.AppendArgs(nil, bound, nil)
	if err != nil {
		return nil, fmt.Errorf("mapper: %w", err)
	}
	if b.within != nil {
		ctx = b.within(ctx)
	}
	result, err := b.engine.NewSession().Run(ctx, &p.run, values)
	if err != nil {
		return nil, fmt.Errorf("mapper: %w", err)
	}
	return result.Rows, nil
}

// plan returns the plan of the statement.
func (s *selectText) plan(ctx context.Context, b *binding) (*planned, error) {
	catalog := b.engine.Catalog()
	if p := s.latest.Load(); p != nil {
		if ok, err := p.prepared.IsCurrent(ctx, catalog); ok || err != nil {
			return p, err
		}
	}
	prepared, err := querylang.PrepareParsed(ctx, s.parsed, catalog, querylang.Options{Namespace: b.namespace, CheckOption: exec.CheckOption})
	if err != nil {
		return nil, err
	}
	p := &planned{prepared, exec.Statement{Plan: prepared.Plan, Args: prepared.ArgCount()}}
	s.latest.Store(p)
	return p, nil
}

// A rowColumn is a column of a SELECT: the index of its field, keyColumn for that of the key.
type rowColumn struct {
	field int
	typ   function.Type
}

const keyColumn = -1

// columns returns the fields of the columns.
func (s *selectText) columns(output []bind.OutputColumn) ([]rowColumn, error) {
	columns, used := make([]rowColumn, len(output)), map[int]bool{}
	for i, c := range output {
		at, ok := s.store.plan.fieldOfColumn(c.Name)
		switch {
		case !ok:
			return nil, fmt.Errorf("mapper: the column %q has no field in %s; name it with AS, or add a field", c.Name, typeName(s.store.plan.typ))
		case used[at]:
			return nil, fmt.Errorf("mapper: two columns are for one field of %s, the second is %q", typeName(s.store.plan.typ), c.Name)
		}
		columns[i], used[at] = rowColumn{at, c.Type}, true
	}
	return columns, nil
}

// fieldOfColumn returns the index of the field of a column, or keyColumn.
func (p *plan) fieldOfColumn(name string) (int, bool) {
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		for i := range p.fields {
			if f := &p.fields[i]; same(f.bin, name) || same(f.path, name) {
				return i, true
			}
		}
		if p.key != nil && (same(p.key.bin, name) || same(p.key.path, name) || same("PK", name)) {
			return keyColumn, true
		}
	}
	return 0, false
}

// decode sets the object at base from a row.
func (s *selectText) decode(base unsafe.Pointer, columns []rowColumn, values []protocol.Value) error {
	p := s.store.plan
	d := p.beginDecoding(placeOf(p.typ, base), true)
	for i, c := range columns {
		if c.field == keyColumn {
			if err := s.store.setKeyValue(base, values[i]); err != nil && !errors.Is(err, ErrNoUserKey) {
				return err
			}
			continue
		}
		f := &p.fields[c.field]
		if err := d.setField(c.field, c.value(values[i], f)); err != nil {
			return p.fieldError(f, err)
		}
	}
	return p.finish(&d)
}

// value returns a value in the form of a field: a decimal as text unless the field has its scale,
// and a time in the unit of the field.
func (c *rowColumn) value(v protocol.Value, f *field) protocol.Value {
	n, isInt := v.Int()
	if !isInt {
		return v
	}
	switch c.typ.Family {
	case function.Decimals:
		if f.tag.form.scale != int(c.typ.Scale)+1 {
			return protocol.String(function.FormatDecimal(n, c.typ.Scale))
		}
	case function.Timestamps, function.Dates:
		if unit := f.tag.form.unix; f.typ == timeType && unit > time.Nanosecond {
			return protocol.Int(n / int64(unit))
		}
	}
	return v
}
