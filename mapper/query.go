package mapper

import (
	"context"
	"errors"
	"iter"
	"slices"
	"unsafe"
)

// A Query selects records of T. It is a value: each method returns another Query, so that a query
// can be kept and refined:
//
//	adults := users.Where(U.Age.Ge(18))
//	named := adults.Where(U.Name.HasPrefix("A")).OrderBy(U.Name.Asc()).Limit(20)
//
// Nothing is sent before one of the methods with a context. Queries run on the SQL engine, with its
// choice of indexes and what the servers check; see [Query.Explain]. A query that no index serves,
// so that it would read the whole set, is an error of kind [ErrNeedsScan] unless AllowScan permits
// it. A Query is safe for use by multiple goroutines.
type Query[T any] struct{ q *query }

// A query is a Query without its type parameter. It doesn't change.
type query struct {
	store *store
	// source is the store whose set is read. It differs from store after Select.
	source     *store
	conditions []*condition
	orders     []order
	limit      int // 0 for none
	allowScan  bool
	reuse      bool
	err        error
}

// Where returns the query for the records that meet all conditions.
func (r *Repo[T]) Where(c ...Cond[T]) Query[T] {
	return Query[T]{r.core().query("Repo.Where", conditionsOf(c))}
}

// query returns the query of some conditions.
//
//go:noinline
func (s *store) query(method string, c []*condition) *query {
	return &query{store: s, source: s, conditions: slices.Clone(c), err: s.ready(method)}
}

// WhereText is like [Repo.Where] with a condition in SQL. Its columns are the bins of T and PK, its
// parameters are ? or $1. Arguments are stored like fields of their types without a tag; a slice
// can be the list of IN (?).
//
//	users.WhereText("age BETWEEN ? AND ? AND tags CONTAINS ?", 18, 30, "tea")
func (r *Repo[T]) WhereText(condition string, args ...any) Query[T] {
	return Query[T]{r.core().query("Repo.WhereText", nil).whereText(condition, args)}
}

// All returns the query for all records of the set, which it may scan.
func (r *Repo[T]) All() Query[T] {
	return Query[T]{r.core().query("Repo.All", nil).scanning()}
}

// whereText returns the query with a condition in SQL.
//
//go:noinline
func (q *query) whereText(text string, args []any) *query {
	return q.where([]*condition{{op: opText, text: text, args: args}})
}

// with returns a copy of the query with a change.
func (q *query) with(change func(*query)) *query {
	if q == nil {
		return nil
	}
	changed := *q
	changed.conditions, changed.orders = slices.Clip(changed.conditions), slices.Clip(changed.orders)
	change(&changed)
	return &changed
}

// where returns the query with more conditions.
//
//go:noinline
func (q *query) where(c []*condition) *query {
	return q.with(func(q *query) { q.conditions = append(q.conditions, c...) })
}

// orderBy returns the query with more sort keys.
//
//go:noinline
func (q *query) orderBy(o []order) *query {
	return q.with(func(q *query) { q.orders = append(q.orders, o...) })
}

// limited returns the query for at most n records.
//
//go:noinline
func (q *query) limited(n int) *query {
	return q.with(func(q *query) {
		if q.limit = n; n < 0 && q.err == nil {
			q.err = errors.New("mapper: the limit of a query is negative")
		}
	})
}

// scanning returns the query that may read the whole set.
//
//go:noinline
func (q *query) scanning() *query { return q.with(func(q *query) { q.allowScan = true }) }

// reusing returns the query whose rows set one object, or not.
//
//go:noinline
func (q *query) reusing(reuse bool) *query { return q.with(func(q *query) { q.reuse = reuse }) }

// Where returns the query with more conditions, all of which must be true.
func (q Query[T]) Where(c ...Cond[T]) Query[T] {
	return Query[T]{q.q.where(conditionsOf(c))}
}

// WhereText is like [Query.Where] with a condition in SQL; see [Repo.WhereText].
func (q Query[T]) WhereText(text string, args ...any) Query[T] {
	return Query[T]{q.q.whereText(text, args)}
}

// OrderBy returns the query with more sort keys. The client sorts. It keeps Limit records, or all
// that the query finds; see the memory limit of the SQL engine.
func (q Query[T]) OrderBy(o ...Order[T]) Query[T] {
	return Query[T]{q.q.orderBy(*(*[]order)(unsafe.Pointer(&o)))}
}

// Limit returns the query for at most n records; 0 means no limit.
func (q Query[T]) Limit(n int) Query[T] {
	return Query[T]{q.q.limited(n)}
}

// AllowScan returns the query that may read the whole set.
func (q Query[T]) AllowScan() Query[T] { return Query[T]{q.q.scanning()} }

// Reuse returns the query whose Rows set one object for each record, which saves its allocation.
// The object is valid until the next iteration. Slices, maps and strings in it are new, but short
// strings share memory: one that is kept keeps up to 2 KiB.
func (q Query[T]) Reuse() Query[T] { return Query[T]{q.q.reusing(true)} }

// Rows returns an iterator over the records. Leaving the loop stops the query.
//
//	for u, err := range adults.Rows(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(u.Name)
//	}
//
// A [*FieldError] is about one record: the object is nil, and the query goes on if the loop does.
// Any other error is the last.
func (q Query[T]) Rows(ctx context.Context) iter.Seq2[*T, error] {
	return objectSeq[T](q.q.objects(ctx, "Query.Rows"))
}

// objects is Rows without its type parameter.
//
//go:noinline
func (q *query) objects(ctx context.Context, method string) iter.Seq2[unsafe.Pointer, error] {
	if err := q.ready(method); err != nil {
		return failing(err)
	}
	return func(yield func(unsafe.Pointer, error) bool) {
		var last unsafe.Pointer // the object of the latest row
		fresh := func() (unsafe.Pointer, bool) {
			isNew := last == nil || !q.reuse
			if isNew {
				last = q.store.newObject()
			}
			return last, isNew
		}
		for err := range q.rows(ctx, fresh) {
			if err != nil {
				if !yield(nil, err) {
					return
				}
			} else if !yield(last, nil) {
				return
			}
		}
	}
}

// Slice returns all records. An error of one record is an error of the call.
func (q Query[T]) Slice(ctx context.Context) ([]*T, error) {
	all, err := q.q.slice(ctx)
	return objectsAt[T](all), err
}

// slice is Slice without its type parameter.
//
//go:noinline
func (q *query) slice(ctx context.Context) ([]unsafe.Pointer, error) {
	return collect(q.reusing(false).objects(ctx, "Query.Slice"))
}

// First returns the first record in the order of the query, or any one without OrderBy. If there is
// none the error is [ErrNotFound].
func (q Query[T]) First(ctx context.Context) (*T, error) {
	x, err := q.q.first(ctx)
	return (*T)(x), err
}

// first is First without its type parameter.
//
//go:noinline
func (q *query) first(ctx context.Context) (unsafe.Pointer, error) {
	return firstOf(q.limited(1).objects(ctx, "Query.First"))
}

// firstOf returns the first object of an iterator.
func firstOf(objects iter.Seq2[unsafe.Pointer, error]) (unsafe.Pointer, error) {
	for x, err := range objects {
		return x, err
	}
	return nil, errNoneFound
}

// errNoneFound is the error of First.
var errNoneFound = noneFound{}

type noneFound struct{}

func (noneFound) Error() string { return "mapper: the query found no record" }
func (noneFound) Unwrap() error { return ErrNotFound }

// Count returns the number of records, at most the query's limit. No bins are read that the
// conditions don't need.
func (q Query[T]) Count(ctx context.Context) (int64, error) {
	return q.q.count(ctx, "Query.Count")
}

// Exists reports whether the query finds a record.
func (q Query[T]) Exists(ctx context.Context) (bool, error) {
	return q.q.exists(ctx)
}

// exists is Exists without its type parameter.
//
//go:noinline
func (q *query) exists(ctx context.Context) (bool, error) {
	n, err := q.limited(1).count(ctx, "Query.Exists")
	return n > 0, err
}

// Explain returns how the query would run now, without running it.
func (q Query[T]) Explain(ctx context.Context) (Plan, error) {
	return q.q.explain(ctx)
}

// ready returns the error of a query that is empty or has a mistake.
func (q *query) ready(op string) error {
	if q == nil {
		return &emptyError{op, "the query is empty; begin with Where or All of a Repo"}
	}
	return q.err
}
