//go:build mapper_safe

package mapper

import (
	"fmt"
	"reflect"
	"unsafe"
)

// A place is a variable of a known type, addressable. See place_offset.go.
type place = reflect.Value

// unsafeAccess says whether fields are accessed by their offsets.
const unsafeAccess = false

func placeOf(t reflect.Type, base unsafe.Pointer) place { return reflect.NewAt(t, base).Elem() }

func placeAt(v reflect.Value) place { return v }

func reflectAt(_ reflect.Type, p place) reflect.Value { return p }

func variable[N any](p place) *N {
	if x, ok := p.Addr().Interface().(*N); ok {
		return x
	}
	return p.Addr().Convert(reflect.TypeFor[*N]()).Interface().(*N)
}

func loadBytes(p place) []byte { return p.Bytes() }

func storeBytes(p place, b []byte) { p.SetBytes(b) }

func arrayBytes(p place, n int) []byte { return p.Slice(0, n).Bytes() }

func stringBytes(s string) []byte { return []byte(s) }

func interfaceTo[I any](_ I, t reflect.Type, p place) I { return interfaceAt[I](t, p) }

func isNilPointer(p place) bool { return p.IsNil() }

func pointee(p place) place { return p.Elem() }

func storePointer(p place, v reflect.Value) { p.Set(v.Addr().Convert(p.Type())) }

func clearPointer(p place) { p.SetZero() }

type location struct{ index []int }

func locate(f reflect.StructField) location { return location{f.Index} }

func (l location) in(f reflect.StructField) location {
	return location{append(l.index[:len(l.index):len(l.index)], f.Index...)}
}

func (l location) of(p place) place { return p.FieldByIndex(l.index) }

type elementRun struct{ v reflect.Value }

func elementsOf(v reflect.Value) elementRun { return elementRun{v} }

func (r elementRun) at(i int) place { return r.v.Index(i) }

// checkHop returns an error for an embedded pointer that reflection can't set.
func checkHop(f reflect.StructField) error {
	if !f.IsExported() {
		return fmt.Errorf("with the build tag mapper_safe an embedded pointer needs an exported type, not %s", f.Type.Elem())
	}
	return nil
}
