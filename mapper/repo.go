package mapper

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
)

// A Repo reads and writes the records of one set as objects of type T. It is
// safe for use by any number of goroutines; an object is not while a method
// works on it.
type Repo[T any] struct {
	store *store
}

// New returns a Repo for the struct type T. It works on a *sql.DB that was opened with this module's
// driver, on a native client, or on a [Source], which is either of them:
//
//	users, err := mapper.New[User](db)
//	users, err := mapper.New[User](client, mapper.WithNamespace("test"))
//
// New reads the type's tags and reports every mistake in them, with struct and field. It does no
// I/O: the first call gets the client of a *sql.DB, which may open it. That call needs no free
// connection of the pool unless another driver wraps this module's.
func New[T any, S *sql.DB | *cluster.Client | Source](src S, opts ...Option) (*Repo[T], error) {
	cfg := new(config)
	for _, opt := range opts {
		if err := opt(cfg); err != nil {
			return nil, err
		}
	}
	bind, err := bindSource(src, cfg)
	if err != nil {
		return nil, err
	}
	return newRepo[T](cfg, bind)
}

func newRepo[T any](cfg *config, bind bind) (*Repo[T], error) {
	s, err := newStore(reflect.TypeFor[T](), cfg, bind)
	if err != nil {
		return nil, err
	}
	return &Repo[T]{s}, nil
}

// Set returns the name of the set.
func (r *Repo[T]) Set() string { return r.store.set }

// Save writes the object's bins into its record, which it creates if there is
// none. Bins that the type does not know stay as they are, so that programs of different
// versions can share records. A field tagged `asm:"gen"` that is not 0 must
// be the record's generation, else the error is a [*StaleError]; it is
// refreshed. Where all bins of the object are NULL and there is no record the error is
// [ErrNothingToWrite].
func (r *Repo[T]) Save(ctx context.Context, x *T) error { return r.put(ctx, save, x) }

// Insert creates the record; where there is one the error is [ErrExists]. A
// generation field is not looked at, and set.
func (r *Repo[T]) Insert(ctx context.Context, x *T) error { return r.put(ctx, insert, x) }

// Update is Save for a record that must exist, else the error is [ErrNotFound].
func (r *Repo[T]) Update(ctx context.Context, x *T) error { return r.put(ctx, update, x) }

// Replace is Save that leaves no other bins in the record than the object's.
func (r *Repo[T]) Replace(ctx context.Context, x *T) error { return r.put(ctx, replace, x) }

func (r *Repo[T]) put(ctx context.Context, v verb, x *T) error {
	if x == nil {
		return r.nilObject()
	}
	return r.store.put(ctx, v, unsafe.Pointer(x))
}

func (r *Repo[T]) nilObject() error {
	return fmt.Errorf("mapper: the *%s is nil", typeName(r.store.plan.typ))
}

// Find reads the record under a key, else the error is [ErrNotFound] and
// protocol.KeyNotFound. The key is an integer, a string, a []byte or an array of
// bytes, of the kind that the field tagged pk has, or a protocol.Key.
func (r *Repo[T]) Find(ctx context.Context, key any) (*T, error) {
	x := new(T)
	if _, err := r.store.find(ctx, key, unsafe.Pointer(x), true); err != nil {
		return nil, err
	}
	return x, nil
}

// FindInto is Find into an object of the caller's: every mapped field is set,
// to its zero value if the record does not have its bin. Other fields keep what they have. After an
// error the object's content is not specified.
func (r *Repo[T]) FindInto(ctx context.Context, key any, x *T) error {
	if x == nil {
		return r.nilObject()
	}
	_, err := r.store.find(ctx, key, unsafe.Pointer(x), false)
	return err
}

// Exists reports whether there is a record for a key or a *T.
func (r *Repo[T]) Exists(ctx context.Context, keyOrObject any) (bool, error) {
	target, err := r.target(keyOrObject)
	if err != nil {
		return false, err
	}
	return r.store.exists(ctx, target)
}

// Delete removes the record of a key or a *T and reports whether there was
// one. The generation field of a *T is an expectation as for Save, and 0 afterwards.
func (r *Repo[T]) Delete(ctx context.Context, keyOrObject any) (existed bool, err error) {
	target, err := r.target(keyOrObject)
	if err != nil {
		return false, err
	}
	return r.store.delete(ctx, target)
}

// Touch raises the generation of the record of a key or a *T, and gives it a new time to live where
// one is named: by [Repo.With], by the object's field tagged `asm:"ttl"` or by the write policy.
// Where none is named, where the field is zero, or where it still is what was read, the record
// keeps its expiry. The object gets the generation. A generation field is an expectation as for
// Save.
//
//	err := sessions.With(mapper.TTL(30*time.Minute)).Touch(ctx, id)
func (r *Repo[T]) Touch(ctx context.Context, keyOrObject any) error {
	target, err := r.target(keyOrObject)
	if err != nil {
		return err
	}
	return r.store.touch(ctx, target)
}

// A target is a record that a caller named: by an object or by a key.
type target struct {
	object unsafe.Pointer // nil if there is none
	key    any
}

func (r *Repo[T]) target(keyOrObject any) (target, error) {
	switch x := keyOrObject.(type) {
	case *T:
		if x == nil {
			return target{}, r.nilObject()
		}
		return target{object: unsafe.Pointer(x)}, nil
	case T:
		return target{}, fmt.Errorf("mapper: want a key or a *%s, not a %[1]s", typeName(r.store.plan.typ))
	}
	return target{key: keyOrObject}, nil
}
