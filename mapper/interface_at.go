package mapper

import "reflect"

// interfaceAt returns the *t at an address as the interface I, which it must implement.
func interfaceAt[I any](t reflect.Type, at place) I {
	return reflectAt(t, at).Addr().Interface().(I)
}
