package mapper

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unsafe"
)

// A BeforeSaver is called before an object is written by Save, Insert, Update, Replace, Upsert,
// Modify, OrInsert or one of the batch forms. It may change the object. An error ends the call;
// nothing is written. It is called once for each call, except by Modify, Upsert and OrInsert, which
// may try several times if others write the record in between.
type BeforeSaver interface {
	BeforeSave(ctx context.Context) error
}

// A Validator is called before an object is written, after BeforeSave. An error ends the call and
// is a [*ValidationError].
type Validator interface{ Validate() error }

// An AfterSaver is called after an object was written. Its error is returned by the call, although
// the record has been written.
type AfterSaver interface {
	AfterSave(ctx context.Context) error
}

// An AfterFinder is called after an object was read, by Find, by a query or in any other way. Its
// error is the error of the read.
type AfterFinder interface {
	AfterFind(ctx context.Context) error
}

// A BeforeDeleter is called before the record of an object is deleted. It isn't called if the
// record is deleted by its key or by a query. An error ends the call; nothing is deleted.
type BeforeDeleter interface {
	BeforeDelete(ctx context.Context) error
}

// A ValidationError is an error of a method Validate.
type ValidationError struct {
	Struct string // the mapped type
	Err    error
}

// Error returns a text with the type.
func (e *ValidationError) Error() string {
	return fmt.Sprintf("mapper: %s is not valid: %v", e.Struct, e.Err)
}

// Unwrap returns the error of Validate.
func (e *ValidationError) Unwrap() error { return e.Err }

// A hook calls a method of the object at an address.
type hook func(ctx context.Context, base unsafe.Pointer) error

// hooks are the methods of a type that the mapper calls, nil if the type doesn't have them.
type hooks struct {
	beforeSave, validate, afterSave, afterFind, beforeDelete hook
}

// hooksOf returns the hooks of a type, or an error for methods that look like hooks and would not
// be called.
func hooksOf(t reflect.Type) (hooks, error) {
	return hooks{
		beforeSave: hookOf(t, func(ctx context.Context, x BeforeSaver) error { return x.BeforeSave(ctx) }),
		validate: hookOf(t, func(_ context.Context, x Validator) error {
			if err := x.Validate(); err != nil {
				return &ValidationError{typeName(t), err}
			}
			return nil
		}),
		afterSave:    hookOf(t, func(ctx context.Context, x AfterSaver) error { return x.AfterSave(ctx) }),
		afterFind:    hookOf(t, func(ctx context.Context, x AfterFinder) error { return x.AfterFind(ctx) }),
		beforeDelete: hookOf(t, func(ctx context.Context, x BeforeDeleter) error { return x.BeforeDelete(ctx) }),
	}, checkHooks(t)
}

// checkHooks returns an error for each method that has the name of a hook, but another form, and
// for each hook that several embedded structs have, so that the type itself has none. A method with
// parameters or results that no hook has is not meant as one.
func checkHooks(t reflect.Type) error {
	var problems []error
	for _, hook := range []reflect.Type{
		reflect.TypeFor[BeforeSaver](), reflect.TypeFor[Validator](), reflect.TypeFor[AfterSaver](), reflect.TypeFor[AfterFinder](),
		reflect.TypeFor[BeforeDeleter](),
	} {
		want := hook.Method(0)
		method, has := reflect.PointerTo(t).MethodByName(want.Name)
		switch {
		case !has:
			if two := embeddedWith(t, hook); len(two) > 1 {
				problems = append(problems, fmt.Errorf("mapper: %s: both %s and %s have a method %s, so %[1]s has none and neither is called; add a method that calls them",
					typeName(t), two[0], two[1], want.Name))
			}
		case !reflect.PointerTo(t).Implements(hook) && isAlmostHook(method.Type):
			problems = append(problems, fmt.Errorf("mapper: %s.%s is not a hook and would not be called; change it to %[2]s%[3]s, or rename it",
				typeName(t), want.Name, strings.TrimPrefix(want.Type.String(), "func")))
		}
	}
	return errors.Join(problems...)
}

// isAlmostHook reports whether a method of a type has no parameters and results except those of
// hooks.
func isAlmostHook(method reflect.Type) bool {
	for i := 1; i < method.NumIn(); i++ {
		if method.In(i) != reflect.TypeFor[context.Context]() {
			return false
		}
	}
	for i := range method.NumOut() {
		if method.Out(i) != reflect.TypeFor[error]() {
			return false
		}
	}
	return true
}

// embeddedWith returns the names of the embedded fields whose type has a hook.
func embeddedWith(t, hook reflect.Type) (names []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && (f.Type.Implements(hook) || reflect.PointerTo(f.Type).Implements(hook)) {
			names = append(names, f.Name)
		}
	}
	return names
}

// hookOf returns the hook that calls a method of the interface I, or nil if *t doesn't have it. A
// panic of the method is an error.
func hookOf[I any](t reflect.Type, call func(context.Context, I) error) hook {
	if !reflect.PointerTo(t).Implements(reflect.TypeFor[I]()) {
		return nil
	}
	return func(ctx context.Context, base unsafe.Pointer) (err error) {
		defer recovered(t, &err)
		return call(ctx, interfaceAt[I](t, placeOf(t, base)))
	}
}

// run calls a hook if the type has it.
func (h hook) run(ctx context.Context, base unsafe.Pointer) error {
	if h == nil {
		return nil
	}
	return h(ctx, base)
}

// beforeSave calls the hooks before a write and sets the object's times. See stamp for once.
func (s *store) beforeSave(ctx context.Context, v verb, base unsafe.Pointer) (once string, err error) {
	if err := s.hooks.beforeSave.run(ctx, base); err != nil {
		return "", err
	}
	if err := s.hooks.validate.run(ctx, base); err != nil {
		return "", err
	}
	return s.stamp(v, base), nil
}

// afterFind calls the hook after a read.
func (s *store) afterFind(ctx context.Context, base unsafe.Pointer) error {
	return s.hooks.afterFind.run(ctx, base)
}
