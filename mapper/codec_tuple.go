package mapper

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// versionPrefix begins the element at the end of a list that has the version of its struct, as the
// Java object mapper writes it.
const versionPrefix = "@V"

// A tuple stores a struct as a list with an element for each field, in the order of the fields, for
// option list. A NULL field is a NULL element. Fields with the options since and until are elements
// only in some versions of the struct.
type tuple struct {
	plan    *plan
	version int // that is written: 1 if no field has since or until
}

func (c *compiler) tuple(t reflect.Type) (*codec, error) {
	found := c.collect(t, true)
	found.positional = true
	p := c.plan(found)
	if p.rest != nil {
		found.addProblem(p.rest.path, fmt.Errorf("option rest needs a map; a struct with option list has no keys"))
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	if len(p.fields) == 0 {
		return nil, fmt.Errorf("%s has no fields that can be stored in a list", t)
	}
	tu := &tuple{plan: p, version: 1}
	for i := range p.fields {
		tag := &p.fields[i].tag
		tu.version = max(tu.version, tag.since)
		if tag.until > 0 {
			tu.version = max(tu.version, tag.until+1)
		}
	}
	return &codec{encode: tu.encode, decode: tu.decode, clear: p.clearAll}, nil
}

// inVersion reports whether the field is an element in a version of its struct.
func (f *field) inVersion(version int) bool {
	return version >= f.tag.since && (f.tag.until == 0 || version <= f.tag.until)
}

// count returns the number of fields in a version.
func (tu *tuple) count(version int) (n int) {
	for i := range tu.plan.fields {
		if tu.plan.fields[i].inVersion(version) {
			n++
		}
	}
	return n
}

func (tu *tuple) encode(base place, depth int) (protocol.Value, error) {
	depth, err := nextDepth(depth)
	if err != nil {
		return protocol.Nil(), err
	}
	list := make([]protocol.Value, 0, len(tu.plan.fields)+1)
	for i := range tu.plan.fields {
		f := &tu.plan.fields[i]
		if !f.inVersion(tu.version) {
			continue
		}
		v, _, err := f.encodeNested(base, depth)
		if err != nil {
			return protocol.Nil(), withPath(f.path, err)
		}
		list = append(list, v)
	}
	if tu.version > 1 {
		list = append(list, protocol.String(versionPrefix+strconv.Itoa(tu.version)))
	}
	return protocol.List(list...), nil
}

// decode sets the struct from a list. Fields that the list has no elements for become zero.
func (tu *tuple) decode(base place, v protocol.Value) error {
	list, ok := v.List()
	if !ok {
		return wrongType(v, "a list of the fields of a struct")
	}
	list, version := tu.versionOf(list)
	if n := tu.count(version); len(list) > n {
		return fmt.Errorf("%w: a list of %d elements for a struct with %d fields in its version %d", ErrRange, len(list), n, version)
	}
	d := tu.plan.beginDecoding(base, false)
	next := 0
	for i := range tu.plan.fields {
		f := &tu.plan.fields[i]
		if !f.inVersion(version) || next == len(list) {
			continue
		}
		if err := d.setField(i, list[next]); err != nil {
			return withPath(f.path, err)
		}
		next++
	}
	return d.finish()
}

// versionOf returns the elements without the version, and the version. A string that only looks
// like a version is the last field of version 1.
func (tu *tuple) versionOf(list []protocol.Value) ([]protocol.Value, int) {
	if len(list) == 0 {
		return list, 1
	}
	text, _ := list[len(list)-1].Text()
	number, isVersion := strings.CutPrefix(text, versionPrefix)
	version, err := strconv.Atoi(number)
	if !isVersion || err != nil || version < 2 {
		return list, 1
	}
	elements := list[:len(list)-1]
	if len(list) == tu.count(1) && len(elements) != tu.count(version) {
		return list, 1
	}
	return elements, version
}
