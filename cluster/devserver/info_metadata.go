package devserver

import (
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/aerosql/aerosql/protocol"
)

// A real cluster keeps the definitions that all nodes share, such as indexes and truncation times,
// in system metadata. It is a list of modules with keys. The nodes here share their state anyway;
// metadata only counts the changes, for the info command smd-info.
type metadata struct {
	mu      sync.Mutex
	modules map[metadataModule]*moduleChanges
}

type metadataModule string

// The modules in the order in which smd-info lists them.
const (
	metadataEviction metadataModule = "evict"
	metadataIndexes  metadataModule = "sindex"
	metadataTruncate metadataModule = "truncate"
	metadataUDF      metadataModule = "UDF"
)

// moduleChanges counts the changes of a module. Keys that were deleted still count.
type moduleChanges struct {
	changes int
	keys    map[string]struct{}
}

// note counts a change of a key.
func (m *metadata) note(module metadataModule, key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.modules == nil {
		m.modules = make(map[metadataModule]*moduleChanges)
	}
	c := m.modules[module]
	if c == nil {
		c = &moduleChanges{keys: make(map[string]struct{})}
		m.modules[module] = c
	}
	c.changes++
	c.keys[key] = struct{}{}
}

func (m *metadata) copyTo(to *metadata) {
	m.mu.Lock()
	defer m.mu.Unlock()
	to.modules = make(map[metadataModule]*moduleChanges)
	for module, c := range m.modules {
		to.modules[module] = &moduleChanges{c.changes, maps.Clone(c.keys)}
	}
}

func (m *metadata) counts(module metadataModule) (changes, keys int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.modules[module]; c != nil {
		return c.changes, len(c.keys)
	}
	return 0, 0
}

// metadata answers smd-info.
func (r *infoRequest) metadata() string {
	var b strings.Builder
	key := fmt.Sprintf("%X", r.server.cluster.Load().key)
	fmt.Fprintf(&b, "smd:n_pending_sets=0,n_events=0,n_nodes=%d,principal=%s,cluster_key=%s;", len(r.server.members()), r.principal(), key)
	state := "pr" // principal
	if r.principal() != r.node.name {
		state = "npr"
	}
	for _, module := range []metadataModule{metadataEviction, metadataIndexes, metadataTruncate, metadataUDF} {
		changes, keys := r.server.metadata.counts(module)
		committed := "0"
		if changes > 0 {
			committed = key
		}
		fmt.Fprintf(&b, "%s:committed_key=%s,committed_tid=%d,n_keys=%d,state=%s;", module, committed, changes, keys, state)
	}
	return b.String()
}

// noMetadata is the answer to smd-show for a module without entries.
const noMetadata = "<empty>"

// showMetadata answers smd-show: the entries of a module.
func (r *infoRequest) showMetadata() string {
	module, failure := r.required("module")
	if failure != "" {
		return failure
	}
	var list []string
	switch strings.ToLower(module) {
	case "evict":
	case "sindex":
		for _, d := range r.server.indexes.in("") {
			list = append(list, d.metadataKey()+"="+d.name)
		}
	case "truncate":
		for _, ns := range r.server.namespaces.Load().list {
			list = append(list, ns.truncations()...)
		}
	case "udf":
		for _, m := range r.server.modules.all() {
			list = append(list, m.name+"="+m.document())
		}
	case "masking", "roster", "security", "xdr":
		return infoError(protocol.EnterpriseOnly, "enterprise only")
	default:
		return infoError(protocol.ParameterError, "unknown 'module'")
	}
	if len(list) == 0 {
		return noMetadata
	}
	return strings.Join(list, ";")
}

// truncations returns the truncation times of the namespace and its sets.
func (ns *namespace) truncations() (list []string) {
	if at := ns.truncated.Load(); at != 0 {
		list = append(list, fmt.Sprintf("%s=%d", ns.name, at))
	}
	for _, s := range *ns.setList.Load() {
		if at := s.truncated.Load(); at != 0 {
			list = append(list, fmt.Sprintf("%s|%s=%d", ns.name, s.name, at))
		}
	}
	return list
}

// metadataKey returns the key of the index in system metadata: namespace, set, bin, context or
// expression, form and type.
func (d *registeredIndex) metadataKey() string {
	key := d.namespace + "|" + d.set + "|" + d.bin
	switch {
	case d.isSetIndex():
		return key
	case d.context != "":
		key += "|c" + encoded(d.context)
	case d.expression != "":
		key += "|e" + encoded(d.expression)
	}
	kind := map[protocol.ParticleType]string{
		protocol.ParticleInteger: "I", protocol.ParticleString: "S", protocol.ParticleBlob: "B", protocol.ParticleGeoJSON: "G",
	}[d.particle]
	return key + "|" + string(".LKV"[d.form]) + "|" + kind
}
