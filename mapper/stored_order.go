package mapper

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// checkTest returns an error if the stored form of a field has not what a condition compares.
func (s *store) checkTest(c *condition) error {
	switch c.op {
	case opLess, opLessEqual, opGreater, opGreaterEqual, opBetween:
		return s.checkOrder(c.place)
	case opLike, opILike, opRegexp:
		return s.checkText(c.place, protocol.KindString)
	case opContains, opHasValue:
		return c.place.checkParts()
	}
	return nil
}

// checkOrder returns an error if the values of a field are not stored in an order that follows
// theirs, such as numbers as strings: "9" comes after "10".
func (s *store) checkOrder(p *binPath) error {
	stored, err := s.storedKind(p)
	if err != nil || stored == protocol.KindNil || p.function != "" {
		return err
	}
	t := innermost(p.typ)
	follows := true
	switch k := t.Kind(); {
	case p.form.json:
		follows = false
	case t == timeType, isInteger(t), k == reflect.Float32, k == reflect.Float64:
		follows = stored == protocol.KindInt || stored == protocol.KindFloat
	case k == reflect.String:
		follows = stored == protocol.KindString || stored == protocol.KindBlob || p.form.scale > 0
	}
	if follows {
		return nil
	}
	return p.fail(fmt.Errorf("%w: the %s is stored in a form (%s) whose order is another; compare after the read, or store it as it is",
		ErrUnsupported, t, stored))
}

// checkText returns an error if the strings of a field are not stored as they are, in values of one
// of some kinds, so that the servers can't search or extend them.
func (s *store) checkText(p *binPath, kinds ...protocol.Kind) error {
	stored, err := s.storedKind(p)
	if err != nil {
		return err
	}
	c, err := s.codecOf(p.typ, p.form)
	if err != nil {
		return p.fail(err)
	}
	plain := slices.Contains(kinds, stored) && !c.custom && !p.form.json && !p.form.text && !hasMethods(p.typ, binMarshalerType, binUnmarshalerType)
	if plain {
		return nil
	}
	return p.fail(fmt.Errorf("%w: the strings are stored in another form, which the servers can't search or extend; use Eq and Set, or Modify", ErrUnsupported))
}

// storedKind returns the kind of value that a field is stored as. It is KindNil if the zero value
// doesn't show it.
func (s *store) storedKind(p *binPath) (protocol.Kind, error) {
	t := p.typ
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	c, err := s.codecOf(t, p.form)
	if err != nil {
		return protocol.KindNil, p.fail(err)
	}
	if t == timeType && !p.form.json && !p.form.text {
		return protocol.KindInt, nil // the zero time is NULL
	}
	v, err := c.encode(placeAt(reflect.New(t).Elem()), 0)
	if err != nil { // such as a number that has no name
		return protocol.KindInvalid, nil
	}
	return v.Kind(), nil
}
