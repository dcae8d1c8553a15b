package mapper

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// A Key is a type of user keys: an integer, a string or an array of 16 bytes such as a UUID.
type Key interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~string | ~[16]byte
}

// A Table is a [Repo] whose keys have the type K, so that a key of another type does not compile.
// The methods of Repo that it doesn't replace work on objects, or without a key. For a key of
// another form, such as a protocol.Digest, use the Repo.
type Table[K Key, T any] struct{ *Repo[T] }

// NewTable is like [New]. K must be a type whose values can be the field tagged pk:
//
//	users, err := mapper.NewTable[string, User](db)
func NewTable[K Key, T any, S *sql.DB | *sql.Tx | *cluster.Client | Source](src S, opts ...Option) (*Table[K, T], error) {
	r, err := New[T](src, opts...)
	if err != nil {
		return nil, err
	}
	return TableOf[K](r)
}

// TableOf returns the Table of a Repo. A K that can't be the key of T is an error.
func TableOf[K Key, T any](r *Repo[T]) (*Table[K, T], error) {
	if err := r.core().ready("TableOf"); err != nil {
		return nil, err
	}
	var zero K
	if f := r.store.plan.key; f != nil {
		if _, err := f.keyValue(zero); err != nil {
			return nil, fmt.Errorf("mapper: keys of %s: %w", reflect.TypeFor[K](), r.store.keyError(err))
		}
	}
	return &Table[K, T]{r}, nil
}

// repo returns the Repo, or nil for a nil Table.
func (t *Table[K, T]) repo() *Repo[T] {
	if t == nil {
		return nil
	}
	return t.Repo
}

// With is like [Repo.With].
func (t *Table[K, T]) With(opts ...CallOption) *Table[K, T] {
	return &Table[K, T]{t.repo().With(opts...)}
}

// Key returns the key of a record for native commands.
func (t *Table[K, T]) Key(key K) (protocol.Key, error) { return t.repo().Key(key) }

// Find is like [Repo.Find].
func (t *Table[K, T]) Find(ctx context.Context, key K) (*T, error) { return t.repo().Find(ctx, key) }

// FindInto is like [Repo.FindInto].
func (t *Table[K, T]) FindInto(ctx context.Context, key K, x *T) error {
	return t.repo().FindInto(ctx, key, x)
}

// FindMany is like [Repo.FindMany].
func (t *Table[K, T]) FindMany(ctx context.Context, keys ...K) ([]*T, error) {
	return t.repo().FindMany(ctx, boxed(keys)...)
}

// Exists is like [Repo.Exists].
func (t *Table[K, T]) Exists(ctx context.Context, key K) (bool, error) {
	return t.repo().Exists(ctx, key)
}

// Touch is like [Repo.Touch].
func (t *Table[K, T]) Touch(ctx context.Context, key K) error { return t.repo().Touch(ctx, key) }

// Modify is like [Repo.Modify].
func (t *Table[K, T]) Modify(ctx context.Context, key K, change func(*T) error) (*T, error) {
	return t.repo().Modify(ctx, key, change)
}

// Patch is like [Repo.Patch].
func (t *Table[K, T]) Patch(ctx context.Context, key K, changes ...Change[T]) error {
	return t.repo().Patch(ctx, key, changes...)
}

// Change is like [Repo.Change].
func (t *Table[K, T]) Change(ctx context.Context, key K, changes ...Change[T]) (*T, error) {
	return t.repo().Change(ctx, key, changes...)
}

// Delete is like [Repo.Delete].
func (t *Table[K, T]) Delete(ctx context.Context, key K) (existed bool, err error) {
	return t.repo().Delete(ctx, key)
}

// DeleteMany is like [Repo.DeleteMany].
func (t *Table[K, T]) DeleteMany(ctx context.Context, keys ...K) (deleted int, err error) {
	return t.repo().DeleteMany(ctx, boxed(keys)...)
}

// DeleteObject deletes the record of an object; see [Repo.Delete].
func (t *Table[K, T]) DeleteObject(ctx context.Context, x *T) (existed bool, err error) {
	return t.repo().Delete(ctx, x)
}

func boxed[K any](keys []K) []any {
	all := make([]any, len(keys))
	for i, k := range keys {
		all[i] = k
	}
	return all
}
