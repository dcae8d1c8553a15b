package mapper

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/function"
)

// A Ref is the key of a record of R in a field of another struct. It is stored as the key alone.
// The zero key refers to nothing and is NULL. Reading a Ref reads no other record: [Load] does.
type Ref[K Key, R any] struct {
	Key K
	// Got is the record that Load has found. It is nil before Load, and if there is no such record.
	// It is not stored.
	Got *R
}

// RefTo returns a Ref to a key.
func RefTo[K Key, R any](key K) Ref[K, R] { return Ref[K, R]{Key: key} }

// IsZero reports whether r refers to nothing.
func (r Ref[K, R]) IsZero() bool { var none K; return r.Key == none }

// MarshalBin returns the key. It implements [BinMarshaler].
func (r Ref[K, R]) MarshalBin() (protocol.Value, error) {
	if r.IsZero() {
		return protocol.Nil(), nil
	}
	switch v := reflect.ValueOf(r.Key); v.Kind() {
	case reflect.String:
		return protocol.String(v.String()), nil
	case reflect.Array:
		key := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(key), v)
		return protocol.Blob(key), nil
	default:
		if v.CanInt() {
			return protocol.Int(v.Int()), nil
		}
		if n := v.Uint(); int64(n) >= 0 {
			return protocol.Int(int64(n)), nil
		}
		return protocol.Value{}, fmt.Errorf("%w: the key %v is above 2^63-1", ErrRange, r.Key)
	}
}

// UnmarshalBin sets the key. It implements [BinUnmarshaler].
func (r *Ref[K, R]) UnmarshalBin(v protocol.Value) error {
	r.Got = nil
	key := reflect.ValueOf(&r.Key).Elem()
	switch key.Kind() {
	case reflect.String:
		text, ok := v.Text()
		if !ok || v.Kind() != protocol.KindString {
			return wrongType(v, "a string as a key")
		}
		key.SetString(string([]byte(text)))
	case reflect.Array:
		bytes, ok := v.Bytes()
		if !ok || len(bytes) != key.Len() {
			return wrongType(v, fmt.Sprintf("a blob of %d bytes as a key", key.Len()))
		}
		reflect.Copy(key, reflect.ValueOf(bytes))
	default:
		n, ok := v.Int()
		switch {
		case !ok:
			return wrongType(v, "an integer as a key")
		case key.CanInt() && !key.OverflowInt(n):
			key.SetInt(n)
		case key.CanUint() && n >= 0 && !key.OverflowUint(uint64(n)):
			key.SetUint(uint64(n))
		default:
			return fmt.Errorf("%w: the key %d does not fit in a %s", ErrRange, n, key.Type())
		}
	}
	return nil
}

// declaredType returns the type of a column that holds the key.
func (r Ref[K, R]) declaredType() function.Type {
	switch reflect.TypeFor[K]().Kind() {
	case reflect.String:
		return textType
	case reflect.Array:
		return blobType
	}
	return integerType
}

// A RefField is a [Field] of references.
type RefField[T any, K Key, R any] struct{ Field[T, Ref[K, R]] }

// To is the condition that the field refers to one of the keys.
func (f RefField[T, K, R]) To(keys ...K) Cond[T] {
	refs := make([]Ref[K, R], len(keys))
	for i, k := range keys {
		refs[i].Key = k
	}
	return f.In(refs...)
}

// SetKey changes the field to refer to a key.
func (f RefField[T, K, R]) SetKey(key K) Change[T] { return f.Set(RefTo[K, R](key)) }

// Load reads what the objects refer to, in one batch, and sets Got of their references. Objects
// that refer to the same record share what was read. If the record does not exist Got is nil. If a
// record can't be read Got is nil too, the others are set, and the error is a [*ManyError] with an
// element for each object.
//
//	err := mapper.Load(ctx, users, func(u *User) *mapper.Ref[string, User] { return &u.Boss }, team...)
func Load[K Key, R, T any](ctx context.Context, to *Table[K, R], ref func(*T) *Ref[K, R], objects ...*T) error {
	_, err := LoadAll(ctx, Via(to, ref), objects...)
	return err
}

// A Loader reads what objects of T refer to and returns what it has found, each record once. See
// [Via], [ViaAll] and [Then].
type Loader[T, R any] func(ctx context.Context, objects []*T) ([]*R, error)

// Via returns the Loader of a field.
func Via[K Key, R, T any](to *Table[K, R], ref func(*T) *Ref[K, R]) Loader[T, R] {
	return func(ctx context.Context, objects []*T) ([]*R, error) {
		if ref == nil {
			return nil, &emptyError{"Via", "the function is nil"}
		}
		refs := make([][]*Ref[K, R], len(objects))
		for i, x := range objects {
			if x != nil {
				refs[i] = []*Ref[K, R]{ref(x)}
			}
		}
		return resolve(ctx, to, refs)
	}
}

// ViaAll returns the Loader of a field that is a list of references.
func ViaAll[K Key, R, T any](to *Table[K, R], list func(*T) []Ref[K, R]) Loader[T, R] {
	return func(ctx context.Context, objects []*T) ([]*R, error) {
		if list == nil {
			return nil, &emptyError{"ViaAll", "the function is nil"}
		}
		refs := make([][]*Ref[K, R], len(objects))
		for i, x := range objects {
			if x == nil {
				continue
			}
			all := list(x)
			for j := range all {
				refs[i] = append(refs[i], &all[j])
			}
		}
		return resolve(ctx, to, refs)
	}
}

// Then returns the Loader of a path: what the first one finds, and then what that refers to.
func Then[A, B, C any](first Loader[A, B], second Loader[B, C]) Loader[A, C] {
	return func(ctx context.Context, objects []*A) ([]*C, error) {
		if first == nil || second == nil {
			return nil, &emptyError{"Then", "a Loader is nil"}
		}
		found, err := first(ctx, objects)
		if err != nil {
			return nil, err
		}
		return second(ctx, found)
	}
}

// LoadAll reads along a path, with one batch for each of its steps, and returns the records at its
// end:
//
//	lines := mapper.ViaAll(products, func(o *Order) []mapper.Ref[string, Product] { return o.Products })
//	maker := mapper.Via(makers, func(p *Product) *mapper.Ref[string, Maker] { return &p.Maker })
//	found, err := mapper.LoadAll(ctx, mapper.Then(lines, maker), orders...)
func LoadAll[T, R any](ctx context.Context, path Loader[T, R], objects ...*T) ([]*R, error) {
	if path == nil {
		return nil, &emptyError{"LoadAll", "the Loader is nil"}
	}
	return path(ctx, objects)
}

// resolve sets Got of the references of each object.
func resolve[K Key, R any](ctx context.Context, to *Table[K, R], refs [][]*Ref[K, R]) ([]*R, error) {
	if err := to.repo().core().ready("Load"); err != nil {
		return nil, err
	}
	index := map[K]int{}
	var keys []K
	for _, all := range refs {
		for _, r := range all {
			if r == nil {
				continue
			}
			r.Got = nil
			if _, known := index[r.Key]; !known && !r.IsZero() {
				index[r.Key] = len(keys)
				keys = append(keys, r.Key)
			}
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	records, err := to.FindMany(ctx, keys...)
	many, partly := errors.AsType[*ManyError](err)
	if err != nil && !partly {
		return nil, err
	}
	errs := make([]error, len(refs))
	for i, all := range refs {
		for _, r := range all {
			if r == nil || r.IsZero() {
				continue
			}
			at := index[r.Key]
			if r.Got = records[at]; partly && many.Errors[at] != nil {
				errs[i] = errors.Join(errs[i], many.Errors[at])
			}
		}
	}
	var found []*R
	for _, x := range records {
		if x != nil {
			found = append(found, x)
		}
	}
	return found, manyErrors(errs)
}
