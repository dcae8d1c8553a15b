package devserver

import (
	"slices"
	"strings"
	"sync"

	"github.com/aerosql/aerosql/cluster/devserver/internal/expression"
	"github.com/aerosql/aerosql/cluster/devserver/internal/secondary"
	"github.com/aerosql/aerosql/protocol"
)

// maxIndexes is the largest number of secondary indexes in a namespace.
const maxIndexes = 256

// maxIndexName is the longest index name, in bytes.
const maxIndexName = 63

// An indexDefinition defines a secondary index (docs/wire-core.md#8.5).
type indexDefinition struct {
	namespace, set, name string
	indexTarget
}

// An indexTarget is what an index covers within its set, in the form that definitions and queries
// use.
type indexTarget struct {
	bin                 string
	context, expression string // packed
	form                secondary.Form
	particle            protocol.ParticleType
}

// sameTarget reports whether two definitions differ at most in their names.
func (d indexDefinition) sameTarget(other indexDefinition) bool {
	other.name = d.name
	return d == other
}

func (d *indexDefinition) isSetIndex() bool { return d.form == formSet }

// A registeredIndex is a definition with its index. The index is nil if the cluster does not have
// the namespace yet, and for set indexes.
type registeredIndex struct {
	indexDefinition
	live *secondaryIndex
}

// An indexRegistry holds the definitions of all namespaces, in order of creation.
type indexRegistry struct {
	mu   sync.Mutex
	list []registeredIndex
}

// create adds a definition and starts to build its index. Repeating a definition is not an error.
// Using its name for a different definition is.
func (x *indexRegistry) create(s *Server, d indexDefinition) *protocol.Error {
	x.mu.Lock()
	defer x.mu.Unlock()
	inNamespace := 0
	for i := range x.list {
		old := &x.list[i]
		if old.namespace != d.namespace {
			continue
		}
		inNamespace++
		switch {
		case old.indexDefinition == d:
			return nil
		case old.name == d.name:
			return &protocol.Error{Code: protocol.IndexFound, Message: "'indexname' already exists with different definition"}
		case old.sameTarget(d):
			old.name = d.name
			return nil
		}
	}
	if inNamespace >= maxIndexes && !d.isSetIndex() {
		return &protocol.Error{Code: protocol.IndexMaxCount, Message: "already at sindex definition limit"}
	}
	live, err := s.openIndex(d)
	if err == nil {
		x.list = append(x.list, registeredIndex{d, live})
		s.journal.add(func(buf []byte) []byte { return indexEntryOf(buf, &d) })
	}
	return err
}

// openIndex creates a definition's index and builds it: immediately if there are no records,
// otherwise in the background.
func (s *Server) openIndex(d indexDefinition) (*secondaryIndex, *protocol.Error) {
	ns := s.namespace([]byte(d.namespace))
	if ns == nil {
		return nil, nil
	}
	set, code := ns.createSet([]byte(d.set))
	if code != protocol.OK {
		return nil, &protocol.Error{Code: code, Message: "failed to get/create set"}
	}
	if d.isSetIndex() {
		ns.indexSet(set)
		return nil, nil
	}
	si := &secondaryIndex{
		ns: ns, set: set, bin: []byte(d.bin), nodes: make([]secondaryUsage, maxNodes), finished: make(chan struct{}),
		target: secondary.Target{Form: d.form, Type: d.particle},
	}
	si.origin = si
	if d.context != "" {
		si.target.Context = []byte(d.context)
	}
	if d.expression != "" {
		if si.expression, code = expression.Parse([]byte(d.expression)); code != protocol.OK {
			return nil, &protocol.Error{Code: code, Message: badExpression}
		}
	}
	if si.isEmpty() {
		si.build()
	} else {
		s.wg.Go(si.build)
	}
	return si, nil
}

// openFor creates the indexes that were defined before their namespace existed.
func (x *indexRegistry) openFor(s *Server, namespace string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range x.list {
		if d := &x.list[i]; d.namespace == namespace && d.live == nil {
			// The definition was valid before, and a new namespace has room for its sets.
			d.live, _ = s.openIndex(d.indexDefinition)
		}
	}
}

func (x *indexRegistry) delete(s *Server, namespace, name string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	i := slices.IndexFunc(x.list, func(d registeredIndex) bool { return d.namespace == namespace && d.name == name })
	if i < 0 {
		return
	}
	s.journal.add(func(buf []byte) []byte { return dropIndexEntry(buf, namespace, name) })
	if live := x.list[i].live; live != nil {
		live.drop()
	}
	if ns := s.namespace([]byte(namespace)); ns != nil && x.list[i].isSetIndex() {
		ns.forgetSetIndex(ns.findSet([]byte(x.list[i].set)))
	}
	x.list = slices.Delete(x.list, i, i+1)
}

// in returns the definitions of a namespace, or all definitions if namespace is "".
func (x *indexRegistry) in(namespace string) []registeredIndex {
	x.mu.Lock()
	defer x.mu.Unlock()
	var list []registeredIndex
	for _, d := range x.list {
		if namespace == "" || d.namespace == namespace {
			list = append(list, d)
		}
	}
	return list
}

// named returns the index with the given name. ok is false if there is none.
func (x *indexRegistry) named(namespace, name string) (d registeredIndex, ok bool) {
	list := x.in(namespace)
	i := slices.IndexFunc(list, func(d registeredIndex) bool { return d.name == name })
	if i < 0 {
		return d, false
	}
	return list[i], true
}

// over returns an index over the target in the set, or else one over the whole namespace.
func (x *indexRegistry) over(namespace, set string, target indexTarget) (d registeredIndex, ok bool) {
	list := x.in(namespace)
	for _, set := range []string{set, ""} {
		i := slices.IndexFunc(list, func(d registeredIndex) bool { return d.set == set && d.indexTarget == target })
		if i >= 0 {
			return list[i], true
		}
	}
	return d, false
}

// count returns the number of secondary indexes of a set, and whether the set itself is indexed.
func (x *indexRegistry) count(namespace, set string) (indexes int, indexed bool) {
	for _, d := range x.in(namespace) {
		switch {
		case d.set != set:
		case d.isSetIndex():
			indexed = true
		default:
			indexes++
		}
	}
	return indexes, indexed
}

// usedBytes returns the memory that the namespace's indexes use on a node.
func (x *indexRegistry) usedBytes(namespace string, node int) int64 {
	var used int64
	for _, d := range x.in(namespace) {
		if d.live != nil {
			used += d.live.usedBytes(node)
		}
	}
	return used
}

// formSet is the form of a set index.
const formSet = secondary.MapValues + 1

var (
	formNames = []string{"default", "list", "mapkeys", "mapvalues", "set"} // by form
	typeNames = map[string]protocol.ParticleType{
		"numeric": protocol.ParticleInteger, "string": protocol.ParticleString,
		"blob": protocol.ParticleBlob, "geo2dsphere": protocol.ParticleGeoJSON,
	}
)

// formOf returns the form with the given name, ignoring case.
func formOf(name string) (secondary.Form, bool) {
	name = strings.ToLower(name)
	if name == "none" {
		return secondary.Whole, true
	}
	i := slices.Index(formNames, name)
	return secondary.Form(max(i, 0)), i >= 0
}

func typeOf(name string) (protocol.ParticleType, bool) {
	t, ok := typeNames[strings.ToLower(name)]
	return t, ok
}

func typeName(t protocol.ParticleType) string {
	for name, other := range typeNames {
		if other == t {
			return name
		}
	}
	return ""
}
