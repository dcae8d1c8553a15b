package devserver

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/aerosql/aerosql/protocol"
)

// maxIndexes is the largest number of secondary indexes of a namespace.
const maxIndexes = 256

// An indexDefinition says what a secondary index is over (wire-core.md 8.5).
type indexDefinition struct {
	namespace, set, name string
	bin                  string
	context, expression  string // base64
	indexType, keyType   string
}

// sameTarget reports whether two definitions are of the same index under whatever name.
func (d indexDefinition) sameTarget(other indexDefinition) bool {
	other.name = d.name
	return d == other
}

// line is the definition as sindex-list tells it.
func (d indexDefinition) line() string {
	null := func(s string) string {
		if s == "" {
			return "null"
		}
		return s
	}
	if d.indexType == indexTypeSet {
		return fmt.Sprintf("ns=%s:indexname=%s:set=%s:indextype=%s:state=RW", d.namespace, d.name, d.set, d.indexType)
	}
	return fmt.Sprintf("ns=%s:indexname=%s:set=%s:bin=%s:type=%s:indextype=%s:context=%s:exp=%s:state=RW", d.namespace, d.name,
		null(d.set), null(d.bin), d.keyType, d.indexType, null(d.context), null(d.expression))
}

// An indexRegistry holds the definitions of all namespaces, in the order in
// which they were made.
type indexRegistry struct {
	mu   sync.Mutex
	list []indexDefinition
}

// create adds a definition. One that is there already is no error; a name that
// stands for something else is.
func (x *indexRegistry) create(d indexDefinition) *protocol.Error {
	x.mu.Lock()
	defer x.mu.Unlock()
	inNamespace := 0
	for i, old := range x.list {
		if old.namespace != d.namespace {
			continue
		}
		inNamespace++
		switch {
		case old == d:
			return nil
		case old.name == d.name:
			return &protocol.Error{Code: protocol.IndexFound, Message: "'indexname' already exists with different definition"}
		case old.sameTarget(d):
			x.list[i].name = d.name
			return nil
		}
	}
	if inNamespace >= maxIndexes && d.indexType != indexTypeSet {
		return &protocol.Error{Code: protocol.IndexMaxCount, Message: "already at sindex definition limit"}
	}
	x.list = append(x.list, d)
	return nil
}

func (x *indexRegistry) delete(namespace, name string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.list = slices.DeleteFunc(x.list, func(d indexDefinition) bool { return d.namespace == namespace && d.name == name })
}

// in returns the definitions of a namespace, or of all if it is "".
func (x *indexRegistry) in(namespace string) []indexDefinition {
	x.mu.Lock()
	defer x.mu.Unlock()
	var list []indexDefinition
	for _, d := range x.list {
		if namespace == "" || d.namespace == namespace {
			list = append(list, d)
		}
	}
	return list
}

func (x *indexRegistry) has(namespace, name string) bool {
	return slices.ContainsFunc(x.in(namespace), func(d indexDefinition) bool { return d.name == name })
}

// count returns how many indexes are over a set.
func (x *indexRegistry) count(namespace, set string) int {
	n := 0
	for _, d := range x.in(namespace) {
		if d.set == set {
			n++
		}
	}
	return n
}

// Types of indexes and of what they index.
const (
	indexTypeDefault   = "default"
	indexTypeMapKeys   = "mapkeys"
	indexTypeSet       = "set"
	keyTypeGeo         = "geo2dsphere"
	maxContextPartType = 0x23
)

var (
	indexTypes = []string{indexTypeDefault, "list", indexTypeMapKeys, "mapvalues", indexTypeSet}
	keyTypes   = []string{"numeric", "string", "blob", keyTypeGeo}
)

var errContext = errors.New("'context' invalid cdt context")

// checkContext checks the path into a collection that an index may name: pairs
// of a kind of step and its value, in their shortest form (wire-cdt-exp.md 9.2).
func checkContext(data []byte) error {
	v, err := protocol.ParseMsgpack(data)
	steps, ok := v.List()
	if err != nil || !ok || len(steps) == 0 || len(steps)%2 != 0 {
		return errContext
	}
	for i := 0; i < len(steps); i += 2 {
		if kind, ok := steps[i].Int(); !ok || !isContextStep(kind, steps[i+1]) {
			return errContext
		}
	}
	packed, err := protocol.AppendMsgpack(nil, v)
	if err != nil || string(packed) != string(data) {
		return errors.New("'context' not normalized msgpack")
	}
	return nil
}

func isContextStep(kind int64, value protocol.Value) bool {
	switch kind {
	case 0x00, 0x01, 0x10, 0x11, 0x20, 0x21:
		return value.Kind() == protocol.KindInt
	case 0x02, 0x22:
		return value.CanBeMapKey()
	case 0x03, 0x13, maxContextPartType:
		return true
	}
	return false
}

// lowerOneOf returns the member of a list that a text is when upper and lower case
// don't count.
func lowerOneOf(list []string, text string) (string, bool) {
	text = strings.ToLower(text)
	if text == "none" {
		text = indexTypeDefault
	}
	return text, slices.Contains(list, text)
}
