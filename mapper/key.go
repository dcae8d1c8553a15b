package mapper

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
)

// keyOf returns the key of the object at base.
func (s *store) keyOf(namespace string, base unsafe.Pointer) (protocol.Key, error) {
	if s.makeKey != nil {
		user, err := s.callMakeKey(base)
		if err != nil {
			return protocol.Key{}, s.keyError(err)
		}
		return s.newKey(namespace, user)
	}
	f := s.plan.key
	v, err := f.codec.encode(f.placeIn(base), 0)
	if err != nil {
		return protocol.Key{}, s.keyError(err)
	}
	return s.newKeyOf(namespace, v)
}

// callMakeKey returns the key from the program's own method or function.
func (s *store) callMakeKey(base unsafe.Pointer) (user any, err error) {
	defer recovered(s.plan.typ, &err)
	return s.makeKey(base), nil
}

func (s *store) newKey(namespace string, user any) (protocol.Key, error) {
	key, err := protocol.NewKey(namespace, s.set, user)
	if err != nil {
		return key, s.keyError(err)
	}
	return key, nil
}

func (s *store) keyError(err error) error {
	e := &FieldError{Struct: typeName(s.plan.typ), Field: "key", Err: err}
	if s.plan.key != nil {
		e.Field = s.plan.key.path
	}
	return e
}

// keyFrom returns the key for the argument of Find, Delete and similar methods.
func (s *store) keyFrom(namespace string, user any) (protocol.Key, error) {
	switch k := user.(type) {
	case protocol.Key:
		if k.Namespace != namespace || k.Set != s.set {
			return k, fmt.Errorf("mapper: key %v is not in %s:%s", k, namespace, s.set)
		}
		return k, nil
	case protocol.Digest:
		return protocol.KeyFromDigest(namespace, s.set, k)
	}
	if f := s.plan.key; f != nil {
		v, err := f.keyValue(user)
		if err != nil {
			return protocol.Key{}, s.keyError(err)
		}
		return s.newKeyOf(namespace, v)
	}
	return s.newKey(namespace, user)
}

// newKeyOf is newKey for a value. It does not allocate.
func (s *store) newKeyOf(namespace string, v protocol.Value) (protocol.Key, error) {
	key, err := protocol.KeyFromValue(namespace, s.set, v)
	if err != nil {
		return key, s.keyError(err)
	}
	return key, nil
}

// keyValue returns the value that the key field would have for an argument. An argument of another
// kind is an error, because no record could have that key.
func (f *field) keyValue(user any) (protocol.Value, error) {
	switch k := user.(type) { // without an allocation
	case string:
		if f.typ == reflect.TypeFor[string]() && f.tag.form == (form{}) && !f.codec.custom {
			return protocol.String(k), nil
		}
	case int64:
		if f.typ == reflect.TypeFor[int64]() && f.tag.form == (form{}) && !f.codec.custom {
			return protocol.Int(k), nil
		}
	}
	if reflect.TypeOf(user) == f.typ && (f.typ.Kind() != reflect.Slice || f.codec.custom) {
		variable := reflect.New(f.typ).Elem()
		variable.Set(reflect.ValueOf(user))
		return f.codec.encode(placeAt(variable), 0)
	}
	if f.codec.custom {
		return protocol.Nil(), fmt.Errorf("%w: a %T can't be a key, the field takes a %s", ErrType, user, f.typ)
	}
	v, want := protocol.ValueOf(user), f.keyKind()
	switch {
	case v.IsNil():
		return v, fmt.Errorf("%w: the key is nil, the field takes %s", ErrType, article(want.String()))
	case v.Kind() == protocol.KindInvalid && !isNumber(user):
		return v, fmt.Errorf("%w: a %T can't be a key, the field takes %s", ErrType, user, article(want.String()))
	}
	if err := checkStorable(v); err != nil {
		return v, err
	}
	if v.Kind() != want {
		return v, fmt.Errorf("%w: the key is %s, the field takes %s", ErrType, article(v.Kind().String()), article(want.String()))
	}
	return v, nil
}

// isNumber reports whether a value is an integer, or a pointer to one.
func isNumber(x any) bool {
	t := reflect.TypeOf(x)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uintptr
}

func (f *field) keyKind() protocol.Kind {
	switch {
	case f.keyValueKind != protocol.KindNil:
		return f.keyValueKind
	case f.tag.form.text || f.typ.Kind() == reflect.Struct:
		return protocol.KindString
	case f.tag.form.blob || f.typ.Kind() == reflect.Slice:
		return protocol.KindBlob
	case f.typ.Kind() == reflect.String:
		return protocol.KindString
	}
	return protocol.KindInt
}

// setKey sets the object's key field from a key.
func (s *store) setKey(base unsafe.Pointer, key protocol.Key) error {
	if s.plan.key == nil {
		return nil
	}
	return s.setKeyValue(base, key.UserKey())
}

// setText sets the object's key field to a string that a caller has given as the key, without a
// copy. It returns false, without a change, if the key is not a string or needs the field's codec.
func (s *store) setText(base unsafe.Pointer, user any) bool {
	text, ok := user.(string)
	if f := s.plan.key; ok && f != nil && f.codec.text {
		*variable[string](f.placeIn(base)) = text
		return true
	}
	return false
}

// setKeyValue sets the object's key field, which must exist, from a user key.
func (s *store) setKeyValue(base unsafe.Pointer, user protocol.Value) error {
	f := s.plan.key
	switch user.Kind() {
	case protocol.KindNil:
		return s.keyError(ErrNoUserKey)
	case protocol.KindInvalid:
		return s.keyError(user.Err())
	}
	if err := f.codec.decode(f.placeIn(base), user); err != nil {
		if kind, ok := err.(*kindError); ok {
			err = &kindError{holder: "the record's user key is", kind: kind.kind, want: kind.want}
		}
		return s.keyError(err)
	}
	return nil
}

// A target identifies the record that a call works on, by an object or by a key.
type target struct {
	object unsafe.Pointer // nil if there is none
	key    any
}
