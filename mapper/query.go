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

// errEmptyQuery is the error of a Query that is the zero value.
var errEmptyQuery = errors.New("mapper: the query is empty: begin with Where or All of a Repo")

// Where returns the query for the records that meet all conditions.
func (r *Repo[T]) Where(c ...Cond[T]) Query[T] {
	return Query[T]{&query{store: r.store, source: r.store, conditions: conditionsOf(c)}}
}

// WhereText is like [Repo.Where] with a condition in SQL. Its columns are the bins of T and PK, its
// parameters are ? or $1. Arguments are stored like fields of their types without a tag; a slice
// can be the list of IN (?).
//
//	users.WhereText("age BETWEEN ? AND ? AND tags CONTAINS ?", 18, 30, "tea")
func (r *Repo[T]) WhereText(condition string, args ...any) Query[T] {
	return r.Where().WhereText(condition, args...)
}

// All returns the query for all records of the set, which it may scan.
func (r *Repo[T]) All() Query[T] { return r.Where().AllowScan() }

// with returns a copy of the query with a change.
func (q Query[T]) with(change func(*query)) Query[T] {
	if q.q == nil {
		return q
	}
	changed := *q.q
	changed.conditions, changed.orders = slices.Clip(changed.conditions), slices.Clip(changed.orders)
	change(&changed)
	return Query[T]{&changed}
}

// Where returns the query with more conditions, all of which must be true.
func (q Query[T]) Where(c ...Cond[T]) Query[T] {
	return q.with(func(q *query) { q.conditions = append(q.conditions, conditionsOf(c)...) })
}

// WhereText is like [Query.Where] with a condition in SQL; see [Repo.WhereText].
func (q Query[T]) WhereText(text string, args ...any) Query[T] {
	return q.with(func(q *query) {
		q.conditions = append(q.conditions, &condition{op: opText, text: text, args: args})
	})
}

// OrderBy returns the query with more sort keys. The client sorts. It keeps Limit records, or all
// that the query finds; see the memory limit of the SQL engine.
func (q Query[T]) OrderBy(o ...Order[T]) Query[T] {
	return q.with(func(q *query) {
		for _, o := range o {
			q.orders = append(q.orders, order(o))
		}
	})
}

// Limit returns the query for at most n records; 0 means no limit.
func (q Query[T]) Limit(n int) Query[T] {
	return q.with(func(q *query) {
		if q.limit = n; n < 0 {
			q.err = errors.New("mapper: the limit of a query is negative")
		}
	})
}

// AllowScan returns the query that may read the whole set.
func (q Query[T]) AllowScan() Query[T] { return q.with(func(q *query) { q.allowScan = true }) }

// Reuse returns the query whose Rows set one object for each record, which saves its allocation.
// The object is valid until the next iteration. Slices, maps and strings in it are new, but short
// strings share memory: one that is kept keeps up to 2 KiB.
func (q Query[T]) Reuse() Query[T] { return q.with(func(q *query) { q.reuse = true }) }

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
	return func(yield func(*T, error) bool) {
		if q.q == nil {
			yield(nil, errEmptyQuery)
			return
		}
		var last *T // the object of the latest row
		fresh := func() (unsafe.Pointer, bool) {
			isNew := last == nil || !q.q.reuse
			if isNew {
				last = new(T)
			}
			return unsafe.Pointer(last), isNew
		}
		for err := range q.q.rows(ctx, fresh) {
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
	var all []*T
	for x, err := range q.with(func(q *query) { q.reuse = false }).Rows(ctx) {
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, nil
}

// First returns the first record in the order of the query, or any one without OrderBy. If there is
// none the error is [ErrNotFound].
func (q Query[T]) First(ctx context.Context) (*T, error) {
	for x, err := range q.Limit(1).Rows(ctx) {
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
	if q.q == nil {
		return 0, errEmptyQuery
	}
	return q.q.count(ctx)
}

// Exists reports whether the query finds a record.
func (q Query[T]) Exists(ctx context.Context) (bool, error) {
	n, err := q.Limit(1).Count(ctx)
	return n > 0, err
}

// Explain returns how the query would run now, without running it.
func (q Query[T]) Explain(ctx context.Context) (Plan, error) {
	if q.q == nil {
		return Plan{}, errEmptyQuery
	}
	return q.q.explain(ctx)
}
