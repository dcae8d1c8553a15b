package mapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// An Aggregate is a value of a group of records; see [GroupBy]. [Count] and the methods of typed
// fields, such as [Num.Sum] and [Ord.Min], make them.
type Aggregate[T any] struct {
	function string // "" for the value that the group has in common
	place    *binPath
	name     string
}

// As sets the name of the field of the result that the value is for: its Go name or its bin. A
// value of [Field.By] needs it only if the field of the result has another bin and another Go name
// than that of the records.
func (a Aggregate[T]) As(name string) Aggregate[T] { a.name = name; return a }

// Count is the number of records of a group.
func Count[T any]() Aggregate[T] { return Aggregate[T]{function: "COUNT"} }

// By is a value that the records of a group have in common. Records without one are a group too.
// The field of the result with the same bin or Go name takes it, unless As names another one.
func (f Field[T, V]) By() Aggregate[T] { return Aggregate[T]{place: f.p} }

// CountDistinct is the number of different values of a group.
func (f Field[T, V]) CountDistinct() Aggregate[T] {
	return Aggregate[T]{function: "COUNT DISTINCT", place: f.p}
}

// GroupBy returns the groups of the records that a query finds. Each aggregate that is made by
// [Field.By] is a part of what the records of a group have in common; without any there is one
// group. The results are structs S with tags like those of records, whose fields have the names of
// the aggregates:
//
//	type byCity struct {
//		City   string `as:"city"`
//		People int64
//		Oldest int
//	}
//
//	groups := mapper.GroupBy[byCity](users.All(),
//		U.City.By(), mapper.Count[User]().As("People"), U.Age.Max().As("Oldest"))
//	cities, err := groups.Slice(ctx)
//
// The client computes the groups, within the memory limit of the SQL engine. Count, Sum and the
// like need no more bins than they name. An order or limit of the query itself is an error; use
// those of Groups.
func GroupBy[S, T any](q Query[T], of ...Aggregate[T]) Groups[S] {
	return Groups[S]{q.q.groupBy(reflect.TypeFor[S](), *(*[]aggregate)(unsafe.Pointer(&of)))}
}

// groupBy is GroupBy for results of type t.
func (q *query) groupBy(t reflect.Type, of []aggregate) *groups {
	if err := q.ready("GroupBy"); err != nil && (q == nil || q.source == nil) {
		return &groups{err: err}
	}
	g := &groups{query: q, items: slices.Clone(of)}
	g.err = g.prepare(t)
	return g
}

// Groups are the groups of a query; see [GroupBy]. Like a Query it is a value.
type Groups[S any] struct{ g *groups }

// groups is a Groups without its type parameter. It doesn't change.
type groups struct {
	query  *query
	items  []aggregate
	plan   *plan // of S
	orders []groupOrder
	limit  int
	err    error
}

// An aggregate is an Aggregate without its type parameter.
type aggregate struct {
	function string
	place    *binPath
	name     string
}

// A groupOrder is a sort key: the index of an aggregate.
type groupOrder struct {
	item       int
	descending bool
}

// prepare compiles the type of the results and finds the field of each aggregate.
func (g *groups) prepare(t reflect.Type) error {
	p, err := g.query.source.newCompiler().compile(t)
	if err != nil {
		return err
	}
	g.plan = p
	problems := []error{g.query.err}
	if len(g.query.orders) > 0 || g.query.limit > 0 {
		problems = append(problems, errors.New("mapper: GroupBy: the query has an order or a limit; use those of Groups"))
	}
	if len(g.items) == 0 {
		problems = append(problems, errors.New("mapper: GroupBy: there is no aggregate"))
	}
	used := map[string]bool{}
	for i := range g.items {
		item := &g.items[i]
		f := p.fieldFor(item)
		switch {
		case item.place == nil && item.function != "COUNT":
			problems = append(problems, fmt.Errorf("mapper: GroupBy: aggregate %d: %w", i+1, errNoField))
		case f == nil && item.name == "":
			problems = append(problems, fmt.Errorf("mapper: GroupBy: aggregate %d has no name; use As", i+1))
		case f == nil:
			problems = append(problems, fmt.Errorf("mapper: GroupBy: %s has no field %s", typeName(t), item.name))
		case used[f.bin]:
			problems = append(problems, fmt.Errorf("mapper: GroupBy: two aggregates are for %s.%s", typeName(t), f.path))
		default:
			item.name, used[f.bin] = f.bin, true
			if err := item.checkUnit(f); err != nil {
				problems = append(problems, fmt.Errorf("mapper: GroupBy: %s.%s: %w", typeName(t), f.path, err))
			}
		}
	}
	return errors.Join(problems...)
}

// checkUnit returns an error if a field of the result would read the aggregate in another unit. An
// average has the decimal point in its value; see value.
func (a *aggregate) checkUnit(f *field) error {
	switch {
	case a.place == nil || strings.HasPrefix(a.function, "COUNT"):
		return nil
	case a.function == "AVG" && a.place.form.scale > 0 && f.tag.form.scale > 0:
		return errors.New("an average has more decimal places than option scale allows; use a float64 without it")
	case a.function == "AVG":
		return nil
	}
	return f.checkUnit(a.place.typ, a.place.form)
}

// value returns the value of a group for the field of the result. The servers and the SQL engine
// compute with the integers that option scale stores.
func (a *aggregate) value(v protocol.Value) protocol.Value {
	x, ok := v.Float()
	if !ok || a.function != "AVG" || a.place.form.scale == 0 {
		return v
	}
	return protocol.Float(x / math.Pow10(a.place.form.scale-1))
}

// fieldFor returns the field for an aggregate, or nil. A value of By without a name is for the
// field with the same bin, or else with the same Go name.
func (p *plan) fieldFor(a *aggregate) *field {
	if a.name != "" || a.function != "" || a.place == nil {
		return p.fieldNamed(a.name)
	}
	bin := a.place.bin
	if n := len(a.place.steps); n > 0 {
		bin, _ = a.place.steps[n-1].key.Text()
	}
	_, name, _ := cutLast(a.place.path)
	for _, name := range []string{bin, name} {
		if f := p.fieldNamed(name); f != nil {
			return f
		}
	}
	return nil
}

// fieldNamed returns the field with a Go name or bin, or nil.
func (p *plan) fieldNamed(name string) *field {
	for i := range p.fields {
		if f := &p.fields[i]; f.path == name || f.bin == name {
			return f
		}
	}
	return nil
}

// Asc returns the groups in the ascending order of a field of S, after other orders. The name is
// that of [Aggregate.As].
func (g Groups[S]) Asc(name string) Groups[S] { return Groups[S]{g.g.order(name, false)} }

// Desc is like Asc with the greatest value first.
func (g Groups[S]) Desc(name string) Groups[S] { return Groups[S]{g.g.order(name, true)} }

func (g *groups) order(name string, descending bool) *groups {
	return g.with(func(g *groups) {
		if g.err != nil {
			return
		}
		f := g.plan.fieldNamed(name)
		for i := range g.items {
			if f != nil && g.items[i].name == f.bin {
				g.orders = append(slices.Clip(g.orders), groupOrder{i, descending})
				return
			}
		}
		g.err = fmt.Errorf("mapper: GroupBy: no aggregate is named %s", name)
	})
}

// Limit returns at most n of the groups; 0 means all.
func (g Groups[S]) Limit(n int) Groups[S] { return Groups[S]{g.g.limited(n)} }

func (g *groups) limited(n int) *groups {
	return g.with(func(g *groups) {
		if g.limit = n; n < 0 && g.err == nil {
			g.err = errors.New("mapper: the limit of groups is negative")
		}
	})
}

func (g *groups) with(change func(*groups)) *groups {
	if g == nil {
		return nil
	}
	changed := *g
	change(&changed)
	return &changed
}

// ready returns the error of groups that are empty or have a mistake.
func (g *groups) ready(method string) error {
	if g == nil {
		return &emptyError{method, "the groups are empty; make them with GroupBy"}
	}
	return g.err
}

// Rows returns an iterator over the groups. An error ends the iteration.
func (g Groups[S]) Rows(ctx context.Context) iter.Seq2[*S, error] {
	return objectSeq[S](g.g.objects(ctx, "Groups.Rows"))
}

// objects is Rows without its type parameter.
//
//go:noinline
func (g *groups) objects(ctx context.Context, method string) iter.Seq2[unsafe.Pointer, error] {
	if err := g.ready(method); err != nil {
		return failing(err)
	}
	return func(yield func(unsafe.Pointer, error) bool) {
		for values, err := range g.rows(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			x := reflect.New(g.plan.typ).UnsafePointer()
			if err := g.decode(x, values); err != nil {
				yield(nil, err)
				return
			}
			if !yield(x, nil) {
				return
			}
		}
	}
}

// Slice returns all groups.
func (g Groups[S]) Slice(ctx context.Context) ([]*S, error) {
	all, err := g.g.slice(ctx)
	return objectsAt[S](all), err
}

// slice is Slice without its type parameter.
//
//go:noinline
func (g *groups) slice(ctx context.Context) ([]unsafe.Pointer, error) {
	return collect(g.objects(ctx, "Groups.Slice"))
}

// One returns the only group, for aggregates without By.
func (g Groups[S]) One(ctx context.Context) (*S, error) {
	x, err := g.g.one(ctx)
	return (*S)(x), err
}

// one is One without its type parameter.
func (g *groups) one(ctx context.Context) (unsafe.Pointer, error) {
	all, err := collect(g.objects(ctx, "Groups.One"))
	switch {
	case err != nil:
		return nil, err
	case len(all) != 1:
		return nil, fmt.Errorf("mapper: GroupBy: there are %d groups, not one", len(all))
	}
	return all[0], nil
}

// statement returns the query of the groups.
func (g *groups) statement(r *running) (*ast.Query, error) {
	items := make([]ast.SelectItem, len(g.items))
	var by []ast.Expr
	for i, item := range g.items {
		x, err := item.expression(&r.builder)
		if err != nil {
			return nil, err
		}
		if item.function == "" {
			by = append(by, x)
		}
		items[i] = ast.SelectItem{Expr: x}
	}
	s, err := r.statement(items)
	if err != nil {
		return nil, err
	}
	s.Body.(*ast.Select).Group = by
	for _, o := range g.orders {
		n := &ast.Literal{Value: protocol.Int(int64(o.item) + 1)}
		s.Order = append(s.Order, ast.OrderItem{Expr: n, Descending: o.descending})
	}
	if g.limit > 0 {
		s.Limit = r.builder.param(protocol.Int(int64(g.limit)))
	}
	return s, nil
}

// expression returns the aggregate in SQL.
func (a *aggregate) expression(b *statement) (ast.Expr, error) {
	if a.function == "COUNT" {
		return &ast.Call{Name: ast.Name{Text: "COUNT"}, Star: true}, nil
	}
	x, err := b.place(a.place)
	switch a.function {
	case "MIN", "MAX", "SUM", "AVG":
		if err == nil {
			err = b.store.checkOrder(a.place)
		}
	case "":
		return x, err
	case "COUNT DISTINCT":
		return &ast.Call{Name: ast.Name{Text: "COUNT"}, Distinct: true, Args: []ast.Expr{x}}, err
	}
	return &ast.Call{Name: ast.Name{Text: a.function}, Args: []ast.Expr{x}}, err
}

// rows runs the query. The values are valid until the next iteration.
func (g *groups) rows(ctx context.Context) iter.Seq2[[]protocol.Value, error] {
	return func(yield func([]protocol.Value, error) bool) {
		r, err := g.query.begin(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		s, err := g.statement(r)
		if err != nil {
			yield(nil, err)
			return
		}
		result, err := r.run(ctx, s.String())
		if err != nil {
			yield(nil, err)
			return
		}
		defer result.Rows.Close()
		values := make([]protocol.Value, len(g.items))
		for {
			err := result.Rows.Next(values)
			if err == io.EOF { //nolint:errorlint // Rows.Next returns it unwrapped
				return
			}
			if err != nil {
				err = g.query.fail(err)
			}
			if !yield(values, err) || err != nil {
				return
			}
		}
	}
}

// decode sets the object at base from the values of a group.
func (g *groups) decode(base unsafe.Pointer, values []protocol.Value) error {
	bins := make(protocol.Bins, len(g.items))
	for i, item := range g.items {
		bins[i] = protocol.Bin{Name: item.name, Value: item.value(values[i])}
	}
	return g.plan.decodeBins(base, bins, true)
}
