package mapper

import (
	"context"
	"database/sql"
	"reflect"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
)

// A Repo reads and writes the records of one set as objects of type T. It is safe for use by
// multiple goroutines. An object must not be used by others while a method works on it.
type Repo[T any] struct {
	store *store
}

// New returns a Repo for the struct type T. It works on a *sql.DB that was opened with this
// module's driver, on a transaction of it (see [InTx]), on a native client, or on a [Source], which
// is any of them:
//
//	users, err := mapper.New[User](db)
//	users, err := mapper.New[User](client, mapper.WithNamespace("test"))
//
// New reads the type's tags and reports every mistake in them, with struct and field. It does no
// I/O: the first call gets the client of a *sql.DB, which may open it. That call needs no free
// connection of the pool unless another driver wraps this module's.
func New[T any, S *sql.DB | *sql.Tx | *cluster.Client | Source](src S, opts ...Option) (*Repo[T], error) {
	cfg, err := configOf(opts)
	if err != nil {
		return nil, err
	}
	bind, err := bindSource(src, cfg)
	if err != nil {
		return nil, err
	}
	return newRepo[T](cfg, bind)
}

func newRepo[T any](cfg *config, bind bindFunc) (*Repo[T], error) {
	s, err := newStore(reflect.TypeFor[T](), cfg, bind)
	if err != nil {
		return nil, err
	}
	return &Repo[T]{s}, nil
}

// core returns the store, or nil for an empty Repo. The methods of the store return the error.
func (r *Repo[T]) core() *store {
	if r == nil {
		return nil
	}
	return r.store
}

// Set returns the name of the set.
func (r *Repo[T]) Set() string { return r.core().setName() }

// Save writes the object's bins into its record and creates the record if it doesn't exist. Other
// bins of the record are left unchanged, so that programs of different versions can share records.
//
// If a field tagged `asm:"gen"` is not 0 it must be the record's generation, or else the error is a
// [*StaleError]. The field is set to the new generation. If all bins of the object are NULL and
// there is no record the error is [ErrNothingToWrite].
func (r *Repo[T]) Save(ctx context.Context, x *T) error {
	return r.core().put(ctx, save, unsafe.Pointer(x))
}

// Insert creates the record. If it exists the error is [ErrExists]. A generation field is not
// checked; it is set to the new generation.
func (r *Repo[T]) Insert(ctx context.Context, x *T) error {
	return r.core().put(ctx, insert, unsafe.Pointer(x))
}

// Update is like Save, but if the record doesn't exist the error is [ErrNotFound].
func (r *Repo[T]) Update(ctx context.Context, x *T) error {
	return r.core().put(ctx, update, unsafe.Pointer(x))
}

// Replace is like Save, but removes all other bins of the record.
func (r *Repo[T]) Replace(ctx context.Context, x *T) error {
	return r.core().put(ctx, replace, unsafe.Pointer(x))
}

// Find reads a record. If it doesn't exist the error is [ErrNotFound] and protocol.KeyNotFound.
//
// The key is an integer, a string, a []byte or an array of bytes, of the same kind as the field
// tagged pk, or it is a protocol.Key of the Repo's namespace and set.
func (r *Repo[T]) Find(ctx context.Context, key any) (*T, error) {
	x := new(T)
	if _, err := r.core().find(ctx, key, unsafe.Pointer(x), true); err != nil {
		return nil, err
	}
	return x, nil
}

// FindInto is like Find, but sets an existing object. Every mapped field is set, to its zero value
// if the record doesn't have its bin. Other fields are left unchanged. After an error the content
// of the object is not specified.
func (r *Repo[T]) FindInto(ctx context.Context, key any, x *T) error {
	_, err := r.core().find(ctx, key, unsafe.Pointer(x), false)
	return err
}

// Exists reports whether the record of a key or a *T exists.
func (r *Repo[T]) Exists(ctx context.Context, keyOrObject any) (bool, error) {
	return r.core().exists(ctx, keyOrObject)
}

// Delete deletes the record of a key or a *T and reports whether it existed. The generation field
// of a *T is checked as Save does, and is 0 afterwards.
func (r *Repo[T]) Delete(ctx context.Context, keyOrObject any) (existed bool, err error) {
	return r.core().delete(ctx, keyOrObject)
}

// Touch increases the generation of the record of a key or a *T and may change its time to live.
// The new time to live comes from [Repo.With], the object's field tagged `asm:"ttl"` or the write
// policy. The record keeps its expiry if none of them sets one, or if the field is zero or still
// has the value that was read. The generation field of a *T is checked and set as Save does.
//
// For example, this extends a session:
//
//	err := sessions.With(mapper.TTL(30*time.Minute)).Touch(ctx, id)
func (r *Repo[T]) Touch(ctx context.Context, keyOrObject any) error {
	return r.core().touch(ctx, keyOrObject)
}
