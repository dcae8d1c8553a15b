//go:build !mapper_safe

package mapper

import (
	"reflect"
	"unsafe"
)

// A place is a variable of a known type: its address. The codecs access the fields of objects
// through the functions of this file, which compute addresses from offsets. With the build tag
// mapper_safe they use reflection instead: see place_safe.go. Both store the same bytes.
type place = unsafe.Pointer

// unsafeAccess says whether fields are accessed by their offsets.
const unsafeAccess = true

// placeOf returns the place of the object of type t at base.
func placeOf(_ reflect.Type, base unsafe.Pointer) place { return base }

// placeAt returns the place of an addressable variable.
func placeAt(v reflect.Value) place { return v.Addr().UnsafePointer() }

// reflectAt returns the variable of type t at p.
func reflectAt(t reflect.Type, p place) reflect.Value { return reflect.NewAt(t, p).Elem() }

// variable returns the address of the variable at p, whose type has the underlying type N.
func variable[N any](p place) *N { return (*N)(p) }

// loadBytes returns a slice of bytes, or of a named type of bytes.
func loadBytes(p place) []byte { return *(*[]byte)(p) }

// storeBytes sets a slice of bytes, or of a named type of bytes.
func storeBytes(p place, b []byte) { *(*[]byte)(p) = b }

// arrayBytes returns the memory of an array of n bytes.
func arrayBytes(p place, n int) []byte { return unsafe.Slice((*byte)(p), n) }

// stringBytes returns the memory of a string. It must not be changed.
func stringBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// interfaceTo returns the *t at p as the interface I. x is another *t as that interface: the result
// differs from it only in the pointer.
func interfaceTo[I any](x I, _ reflect.Type, p place) I {
	(*struct{ methods, pointer unsafe.Pointer })(unsafe.Pointer(&x)).pointer = p
	return x
}

// isNilPointer reports whether the pointer at p is nil.
func isNilPointer(p place) bool { return *(*unsafe.Pointer)(p) == nil }

// pointee returns the place that the pointer at p points to.
func pointee(p place) place { return *(*unsafe.Pointer)(p) }

// storePointer sets the pointer at p to the address of v.
func storePointer(p place, v reflect.Value) { *(*unsafe.Pointer)(p) = v.Addr().UnsafePointer() }

// clearPointer sets the pointer at p to nil.
func clearPointer(p place) { *(*unsafe.Pointer)(p) = nil }

// A location is where a field is in its struct.
type location struct{ offset uintptr }

// locate returns the location of a field.
func locate(f reflect.StructField) location { return location{f.Offset} }

// in returns the location of a field of an embedded struct at l.
func (l location) in(f reflect.StructField) location { return location{l.offset + f.Offset} }

// of returns the place of the field in the struct at p.
func (l location) of(p place) place { return unsafe.Add(p, l.offset) }

// An elementRun is the memory of the elements of a slice or array.
type elementRun struct {
	first unsafe.Pointer
	size  uintptr
}

// elementsOf returns the elements of a slice or of an addressable array.
func elementsOf(v reflect.Value) elementRun {
	if v.Kind() == reflect.Array {
		return elementRun{v.Addr().UnsafePointer(), v.Type().Elem().Size()}
	}
	return elementRun{v.UnsafePointer(), v.Type().Elem().Size()}
}

// at returns the place of element i.
func (r elementRun) at(i int) place { return unsafe.Add(r.first, uintptr(i)*r.size) }

// checkHop returns an error for an embedded pointer that can't be set.
func checkHop(reflect.StructField) error { return nil }
