package mapper

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// A MapOf is a [Field] of maps with keys of type K and values of type V. Structs as values are
// stored as the mapper stores them. For maps of structs see [StructMap].
type MapOf[T any, K comparable, V any] struct{ Field[T, map[K]V] }

// HasKey is the condition that the map has a key. An index of the map's keys serves it.
func (f MapOf[T, K, V]) HasKey(k K) Cond[T] {
	return Cond[T]{&condition{op: opContains, place: f.p, keys: []typedValue{keyValueAt(&k)}}}
}

// HasValue is the condition that a value equals v. An index of the map's values serves it.
func (f MapOf[T, K, V]) HasValue(v V) Cond[T] {
	return Cond[T]{&condition{op: opHasValue, place: f.p, values: []typedValue{elementAt(f.p, &v)}}}
}

// Len is the number of keys.
func (f MapOf[T, K, V]) Len() Size[T] { return sizeOf[T](f.p, "MAP_SIZE") }

// Key is the value of a key.
func (f MapOf[T, K, V]) Key(k K) Field[T, V] {
	if f.p == nil {
		return Field[T, V]{}
	}
	return Field[T, V]{f.p.stepKey(&k, reflect.TypeFor[V]())}
}

// Put sets the value of a key. A missing map is created.
func (f MapOf[T, K, V]) Put(k K, v V) Change[T] { return f.Key(k).Set(v) }

// Delete removes keys.
func (f MapOf[T, K, V]) Delete(k ...K) Change[T] {
	keys := make([]typedValue, len(k))
	for i := range k {
		keys[i] = keyValueAt(&k[i])
	}
	return Change[T]{collectionChange(f.p, keys, func(c *changing, keys []protocol.Value, in cdt.Context) {
		if len(keys) > 0 {
			c.add(cdt.MapRemove(f.p.bin, cdt.ByKeyList(keys...), cdt.ReturnNone, in))
		}
	})}
}

// Clear removes all keys. The map stays.
func (f MapOf[T, K, V]) Clear() Change[T] {
	return Change[T]{collectionChange(f.p, nil, func(c *changing, _ []protocol.Value, in cdt.Context) {
		c.add(cdt.MapClear(f.p.bin, in))
	})}
}

// A StructMap is a map of structs of type E whose fields are the typed fields F; see [StructList].
type StructMap[T any, K comparable, E, F any] struct{ MapOf[T, K, E] }

// Key returns the fields of the struct of a key. A mistake in F is an error of every use of them.
func (f StructMap[T, K, E, F]) Key(k K) F {
	if f.p == nil {
		var fields F
		return fields
	}
	return elementFieldsAt[F](f.p.stepKey(&k, reflect.TypeFor[E]()))
}

// Whole is the struct of a key as one value.
func (f StructMap[T, K, E, F]) Whole(k K) Field[T, E] { return f.MapOf.Key(k) }

func (f *StructMap[T, K, E, F]) checkElement(p *binPath) error {
	_, err := fillElement[F](p, pathStep{isMap: true}, reflect.TypeFor[E]())
	return err
}

// elementFieldsAt returns the fields of the struct at a place.
func elementFieldsAt[F any](p *binPath) (fields F) {
	_ = fillStruct(reflect.ValueOf(&fields).Elem(), p) // Fields has checked it
	return fields
}

// stepKey returns the place of a key's value.
func (p *binPath) stepKey(k any, typ reflect.Type) *binPath {
	v := reflect.ValueOf(k)
	key := protocol.ValueOf(v.Elem().Interface())
	if key.Kind() == protocol.KindInvalid {
		key = protocol.String(fmt.Sprint(v.Elem())) // for the names of paths
	}
	return p.step(pathStep{isMap: true, key: key, of: typedValue{typ: v.Type().Elem(), at: v.UnsafePointer(), isKey: true}}, typ)
}

// mapKey encodes a key of a map.
func (s *store) mapKey(v typedValue) (key protocol.Value, err error) {
	cacheKey := mapKeyCodec{v.typ}
	made, ok := s.codecs.Load(cacheKey)
	if !ok {
		if made, err = s.newCompiler().keyCodec(v.typ); err != nil {
			return protocol.Value{}, err
		}
		s.codecs.Store(cacheKey, made)
	}
	return made.(*codec).encode(placeOf(v.typ, v.at), 0)
}

// A mapKeyCodec is the key of the codec for the keys of maps among the codecs of a store.
type mapKeyCodec struct{ typ reflect.Type }

// keyValueAt returns the value of a variable that is a key of a map.
func keyValueAt[K any](at *K) typedValue {
	return typedValue{typ: reflect.TypeFor[K](), at: unsafe.Pointer(at), isKey: true}
}
