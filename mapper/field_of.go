package mapper

import (
	"errors"
	"fmt"
	"reflect"
	"time"
	"unsafe"
)

// Fields returns a struct F of typed fields of T. The fields of F are matched by name with those of
// T:
//
//	type userFields struct {
//		Name mapper.Text[User, string]
//		Age  mapper.Num[User, int]
//		Tags mapper.ListOf[User, string]
//		Home struct{ City mapper.Text[User, string] } // of a nested struct
//	}
//
//	var U = mapper.MustFields[User, userFields]()
//
// F needs no field for every field of T. A field of F whose name T doesn't have, whose type doesn't
// fit, or that is of another struct than T, is an error that names both. Fields of T that are
// pointers have typed fields of what they point to. The command aerosql gen writes F for a type.
func Fields[T, F any]() (fields F, err error) {
	of, err := fieldsOfType(reflect.TypeFor[T]())
	if err != nil {
		return fields, err
	}
	err = fillFields(reflect.ValueOf(&fields).Elem(), of.root, func(name string) *binPath { return of.named(name) }, of.names)
	return fields, err
}

// MustFields is like [Fields] but panics if there is an error. It is for variables of a package.
func MustFields[T, F any]() F {
	fields, err := Fields[T, F]()
	if err != nil {
		panic(err)
	}
	return fields
}

// A bindable is a pointer to a typed field.
type bindable interface {
	bind(p *binPath)
	types() (root, value reflect.Type)
}

// An elementChecker is a typed field with typed fields of its elements.
type elementChecker interface{ checkElement(p *binPath) error }

// fillFields sets the typed fields of a struct. named returns the place of a field of the mapped
// struct, and names their names for error messages.
func fillFields(fields reflect.Value, root reflect.Type, named func(string) *binPath, names func() string) error {
	t := fields.Type()
	if t.Kind() != reflect.Struct {
		return fmt.Errorf("mapper: Fields: %s is not a struct", t)
	}
	var problems []error
	for i := range t.NumField() {
		if err := fillField(fields.Field(i), t.Field(i), root, named, names); err != nil {
			problems = append(problems, fmt.Errorf("mapper: %s.%s: %w", typeName(t), t.Field(i).Name, err))
		}
	}
	return errors.Join(problems...)
}

func fillField(v reflect.Value, sf reflect.StructField, root reflect.Type, named func(string) *binPath, names func() string) error {
	if !sf.IsExported() {
		return fmt.Errorf("the field is not exported")
	}
	p := named(sf.Name)
	if p == nil {
		return fmt.Errorf("%s has no field %s; it has %s", typeName(root), sf.Name, names())
	}
	f, ok := v.Addr().Interface().(bindable)
	if !ok {
		if sf.Type.Kind() != reflect.Struct {
			return fmt.Errorf("%s is not a typed field, such as mapper.Num[%s, int]", sf.Type, typeName(root))
		}
		return fillStruct(v, p)
	}
	want, value := f.types()
	if want != p.root {
		return fmt.Errorf("the typed field is of %s, not of %s", want, typeName(p.root))
	}
	fitted, err := p.as(value)
	if err != nil {
		return err
	}
	f.bind(fitted)
	if e, ok := f.(elementChecker); ok {
		return e.checkElement(fitted)
	}
	return nil
}

// fillStruct sets the typed fields of a struct that is stored at a place.
func fillStruct(fields reflect.Value, p *binPath) error {
	elem := p.typ
	if elem.Kind() == reflect.Pointer {
		elem = elem.Elem()
	}
	found, err := p.structFields(elem)
	if err != nil {
		return err
	}
	nested := &pathFields{root: elem, fields: found}
	return fillFields(fields, elem, func(name string) *binPath {
		for i := range found {
			if found[i].path == name {
				return p.in(found, i)
			}
		}
		return nil
	}, nested.names)
}

// structFields returns the fields of the struct that is stored at the path.
func (p *binPath) structFields(t reflect.Type) ([]field, error) {
	c := newCompiler(new(config))
	if t.Kind() != reflect.Struct || c.isOpaque(t) || p.form.json || p.form.codec != "" {
		return nil, fmt.Errorf("%s.%s is a %s, which has no fields of its own", typeName(p.root), p.path, p.typ)
	}
	found := c.collect(t, true)
	return found.fields, found.err()
}

// as returns the place as one of values of another type, which must be that of the field, what the
// field points to, or its underlying type.
func (p *binPath) as(value reflect.Type) (*binPath, error) {
	t := p.typ
	fitted := *p
	fitted.typ = value
	if p.kind == inKey && t.Kind() == reflect.Array && !p.form.text {
		fitted.form.blob = true // as compileKey stores it
	}
	if value == timeType && t == timeType && (p.form.text || p.form.json) {
		return nil, fmt.Errorf("%s.%s is stored as text; use mapper.Field[%s, time.Time]", typeName(p.root), p.path, typeName(p.root))
	}
	switch {
	case t == value, t.Kind() == reflect.Pointer && t.Elem() == value:
		return &fitted, nil
	case isUnnamedCollection(value) && t.Kind() == value.Kind() && t.ConvertibleTo(value) && !hasMethods(t, binMarshalerType, binUnmarshalerType):
		return &fitted, nil
	}
	return nil, fmt.Errorf("the typed field has values of %s, but %s.%s is %s; use %s",
		value, typeName(p.root), p.path, article(t.String()), suggestField(p.root, t))
}

// isUnnamedCollection reports whether a type is a slice or a map without a name.
func isUnnamedCollection(t reflect.Type) bool {
	return t.Name() == "" && (t.Kind() == reflect.Slice || t.Kind() == reflect.Map)
}

// suggestField returns the typed field for a type.
func suggestField(root, t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name, kind := typeName(root), t.Kind()
	switch {
	case t == timeType:
		return fmt.Sprintf("mapper.Time[%s]", name)
	case t == reflect.TypeFor[GeoJSON]():
		return fmt.Sprintf("mapper.Geo[%s]", name)
	case t == durationType, kind >= reflect.Int && kind <= reflect.Float64 && kind != reflect.Uintptr:
		return fmt.Sprintf("mapper.Num[%s, %s]", name, t)
	case kind == reflect.String:
		return fmt.Sprintf("mapper.Text[%s, %s]", name, t)
	case kind == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		return fmt.Sprintf("mapper.ListOf[%s, %s]", name, t.Elem())
	case kind == reflect.Map:
		return fmt.Sprintf("mapper.MapOf[%s, %s, %s]", name, t.Key(), t.Elem())
	}
	return fmt.Sprintf("mapper.Field[%s, %s]", name, t)
}

// Of returns the typed field that a selector names, without a struct of typed fields:
//
//	var name = mapper.Of(func(u *User) *string { return &u.Name })
//
// get is called once, with a zero T whose embedded pointers are set. The address that it returns
// identifies the field, also one of a nested struct. Anything else is an error of every call that
// uses the field. For more methods use [NumOf], [TextOf] and the other variants.
func Of[T, V any](get func(*T) *V) Field[T, V] { return Field[T, V]{selected(get)} }

// NumOf is [Of] for numbers.
func NumOf[T any, V Number](get func(*T) *V) Num[T, V] { return Num[T, V]{Ord[T, V]{Of(get)}} }

// TextOf is [Of] for strings.
func TextOf[T any, V ~string](get func(*T) *V) Text[T, V] { return Text[T, V]{Ord[T, V]{Of(get)}} }

// TimeOf is [Of] for times.
func TimeOf[T any](get func(*T) *time.Time) Time[T] { return Time[T]{Of(get)} }

// ListFieldOf is [Of] for lists.
func ListFieldOf[T, E any](get func(*T) *[]E) ListOf[T, E] { return ListOf[T, E]{Of(get)} }

// MapFieldOf is [Of] for maps.
func MapFieldOf[T any, K comparable, V any](get func(*T) *map[K]V) MapOf[T, K, V] {
	return MapOf[T, K, V]{Of(get)}
}

// GeoOf is [Of] for points and regions.
func GeoOf[T any](get func(*T) *GeoJSON) Geo[T] { return Geo[T]{Of(get)} }

// selected returns the place of the field whose address a selector returns.
func selected[T, V any](get func(*T) *V) *binPath {
	root := reflect.TypeFor[T]()
	failed := func(err error) *binPath {
		return &binPath{root: root, path: "?", err: fmt.Errorf("mapper: the selector of a field of %s: %w", typeName(root), err)}
	}
	of, err := fieldsOfType(root)
	if err != nil {
		return failed(err)
	}
	object := new(T)
	base := placeOf(root, unsafe.Pointer(object))
	for i := range of.fields {
		of.fields[i].allocate(base)
	}
	at, err := callSelector(get, object)
	if err != nil {
		return failed(err)
	}
	search := addressSearch{want: at, typ: reflect.TypeFor[V]()}
	for i := range of.fields {
		f := &of.fields[i]
		if p := search.in(binPathOf(root, f, of.kinds[i]), f.allocate(base), 0); p != nil {
			return p
		}
	}
	return failed(fmt.Errorf("it returned the address of no mapped field of type %s", search.typ))
}

func callSelector[T, V any](get func(*T) *V, object *T) (at unsafe.Pointer, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("it panicked: %v; it may only return the address of a field", r)
		}
	}()
	return unsafe.Pointer(get(object)), nil
}

// An addressSearch finds the field with an address in an object.
type addressSearch struct {
	want unsafe.Pointer
	typ  reflect.Type
}

// maxNestedPaths is how deep nested structs are searched.
const maxNestedPaths = 32

// in returns the path of the field that is the variable at a place or inside it, or nil.
func (s *addressSearch) in(p *binPath, at place, depth int) *binPath {
	first := uintptr(reflectAt(p.typ, at).Addr().UnsafePointer())
	if depth > maxNestedPaths || uintptr(s.want) < first || uintptr(s.want) >= first+max(p.typ.Size(), 1) {
		return nil
	}
	if first == uintptr(s.want) && p.typ == s.typ {
		fitted, err := p.as(s.typ)
		if err != nil {
			failed := *p
			failed.err = p.fail(err)
			return &failed
		}
		return fitted
	}
	if p.kind != inBin {
		return nil
	}
	found, err := p.structFields(p.typ)
	if err != nil {
		return nil
	}
	for i := range found {
		if len(found[i].hops) > 0 {
			continue
		}
		if inner := s.in(p.in(found, i), found[i].allocate(at), depth+1); inner != nil {
			return inner
		}
	}
	return nil
}
