package exec

import (
	"cmp"
	"context"
	"encoding/base64"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// The bounds of what is known of indexes.
const (
	indexAge     = 10 * time.Second // after which it is read again in the background
	indexTimeout = 2 * time.Second  // of reading it
)

// An environment knows the indexes and the servers of a cluster. The first statement of a namespace
// waits for the servers' answer; later it is read again in the background.
type environment struct {
	client Client
	policy *cluster.InfoPolicy
	work   sync.WaitGroup
	ctx    context.Context // of the work in the background
	cancel context.CancelFunc

	disabled     plan.Rules
	integersOnly bool

	mu         sync.Mutex
	namespaces map[string]*indexes
	forgotten  uint64 // how often a namespace was forgotten
}

// indexes are what is known of one namespace. The fields but reading are not changed.
type indexes struct {
	taken   time.Time
	reading bool
	bySet   map[string][]plan.Index
	objects map[string]int64
}

func newEnvironment(client Client, policy *cluster.InfoPolicy) *environment {
	ctx, cancel := context.WithCancel(context.Background())
	return &environment{client: client, policy: policy, ctx: ctx, cancel: cancel, namespaces: make(map[string]*indexes)}
}

// close ends the work in the background and waits for it.
func (e *environment) close() {
	e.cancel()
	e.work.Wait()
}

// Indexes returns the ready indexes of a set and the number of its records, -1 if it is unknown.
func (e *environment) Indexes(namespace, set string) ([]plan.Index, int64) {
	e.mu.Lock()
	known := e.namespaces[namespace]
	if known != nil && !known.reading && time.Since(known.taken) > indexAge && e.ctx.Err() == nil {
		known.reading = true
		e.work.Go(func() { e.refresh(namespace) })
	}
	e.mu.Unlock()
	if known == nil {
		known = e.refresh(namespace)
	}
	objects, ok := known.objects[set]
	if !ok {
		objects = -1
	}
	return known.bySet[set], objects
}

// refresh reads the indexes of a namespace. If that fails the last ones are kept.
func (e *environment) refresh(namespace string) *indexes {
	ctx, cancel := context.WithTimeout(e.ctx, indexTimeout)
	defer cancel()
	e.mu.Lock()
	forgotten := e.forgotten
	e.mu.Unlock()
	next := e.read(ctx, namespace)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.forgotten != forgotten { // this may be what was known before an index was dropped
		return next
	}
	if last := e.namespaces[namespace]; next.bySet == nil && last != nil {
		next.bySet, next.objects = last.bySet, last.objects
	}
	e.namespaces[namespace] = next
	return next
}

// read asks all nodes. An index that is not ready on a node is left out.
func (e *environment) read(ctx context.Context, namespace string) *indexes {
	list, sets := "sindex-list:"+e.parameter()+namespace+";b64=true", "sets/"+namespace
	state, copies := "namespace/"+namespace, int64(1)
	next := &indexes{taken: time.Now()}
	answers, err := e.client.InfoAll(ctx, e.policy, list, sets, state)
	if err != nil {
		return next
	}
	ready, found := make(map[string]int), make(map[string]infoFields)
	next.objects = make(map[string]int64)
	for _, answer := range answers {
		if answer.Err != nil {
			return &indexes{taken: next.taken}
		}
		for fields := range eachEntry(answer.Values[list]) {
			if fields["state"] == "RW" {
				ready[fields["indexname"]]++
				found[fields["indexname"]] = fields
			}
		}
		for fields := range eachEntry(strings.ReplaceAll(answer.Values[state], ";", ":")) {
			n, _ := strconv.ParseInt(fields["effective_replication_factor"], 10, 64)
			copies = max(copies, n)
		}
		for fields := range eachEntry(answer.Values[sets]) {
			n, _ := strconv.ParseInt(fields["objects"], 10, 64)
			next.objects[fields["set"]] += n
		}
	}
	next.bySet = make(map[string][]plan.Index)
	for name, fields := range found {
		if index, ok := fields.index(); ok && ready[name] == len(answers) {
			next.bySet[fields.set()] = append(next.bySet[fields.set()], index)
		}
	}
	e.count(ctx, namespace, next)
	next.divide(copies)
	return next
}

// divide divides the numbers, which the servers give for all replicas, by the number of replicas.
func (x *indexes) divide(copies int64) {
	for set := range x.objects {
		x.objects[set] = (x.objects[set] + copies - 1) / copies
	}
	for _, list := range x.bySet {
		for i := range list {
			list[i].Entries = (list[i].Entries + copies - 1) / copies
		}
	}
}

// parameter returns the name that the servers' version gives the parameter of the namespace.
func (e *environment) parameter() string {
	if v := e.ServerVersion(); v[0] < 8 || v[0] == 8 && v[1] < 1 {
		return "ns="
	}
	return "namespace="
}

// count reads the number of entries of the indexes.
func (e *environment) count(ctx context.Context, namespace string, known *indexes) {
	for _, list := range known.bySet {
		for i := range list {
			cmd := "sindex-stat:" + e.parameter() + namespace + ";indexname=" + list[i].Name
			answers, err := e.client.InfoAll(ctx, e.policy, cmd)
			if err != nil {
				return
			}
			for _, answer := range answers {
				for fields := range eachEntry(strings.ReplaceAll(answer.Values[cmd], ";", ":")) {
					n, _ := strconv.ParseInt(fields["entries"], 10, 64)
					list[i].Entries += n
					per, _ := strconv.ParseFloat(fields["entries_per_bval"], 64)
					list[i].PerValue = max(list[i].PerValue, per)
				}
			}
		}
	}
}

// infoFields are the fields of an entry of an info answer.
type infoFields map[string]string

// eachEntry returns the entries of an answer: name=value:name=value;...
func eachEntry(answer string) func(yield func(infoFields) bool) {
	return func(yield func(infoFields) bool) {
		for entry := range strings.SplitSeq(answer, ";") {
			fields := make(infoFields)
			for field := range strings.SplitSeq(entry, ":") {
				if name, value, ok := strings.Cut(field, "="); ok {
					fields[name] = value
				}
			}
			if len(fields) > 0 && !yield(fields) {
				return
			}
		}
	}
}

// set returns the set of an index, "" if it is of the whole namespace.
func (f infoFields) set() string {
	if strings.EqualFold(f["set"], "NULL") {
		return ""
	}
	return f["set"]
}

// indexTypes and indexCollections are the servers' names.
var (
	indexTypes = map[string]plan.IndexType{
		"numeric": plan.NumericIndex, "string": plan.StringIndex, "blob": plan.BlobIndex, "geo2dsphere": plan.GeoIndex,
	}
	indexCollections = map[string]protocol.IndexCollection{
		"default": protocol.IndexDefault, "none": protocol.IndexDefault, "list": protocol.IndexList,
		"mapkeys": protocol.IndexMapKeys, "mapvalues": protocol.IndexMapValues,
	}
)

// index returns the index of an entry.
func (f infoFields) index() (plan.Index, bool) {
	kind, known := indexTypes[strings.ToLower(f["type"])]
	collection, knownCollection := indexCollections[strings.ToLower(cmp.Or(f["indextype"], "default"))]
	index := plan.Index{Name: f["indexname"], Bin: f["bin"], Type: kind, Collection: collection}
	if isSet(f["exp"]) {
		packed, err := base64.StdEncoding.DecodeString(f["exp"])
		if err != nil {
			return index, false
		}
		index.Expression, index.Bin = packed, ""
	}
	if isSet(f["context"]) {
		var err error
		if index.Context, err = cdt.ParseContextBase64(f["context"]); err != nil {
			return index, false
		}
	}
	return index, known && knownCollection
}

// isSet reports whether a field has a value.
func isSet(s string) bool { return s != "" && !strings.EqualFold(s, "null") }

// ServerVersion returns the version of the oldest node, the zero Version if it is unknown.
func (e *environment) ServerVersion() function.Version {
	nodes, ok := e.client.(interface{ Nodes() []*cluster.Node })
	if !ok {
		return function.Version{}
	}
	var oldest function.Version
	for i, node := range nodes.Nodes() {
		v := parseVersion(node.Build())
		if i == 0 || cmp.Or(cmp.Compare(v[0], oldest[0]), cmp.Compare(v[1], oldest[1]), cmp.Compare(v[2], oldest[2])) < 0 {
			oldest = v
		}
	}
	return oldest
}

// parseVersion returns the first three numbers of a build such as 8.1.2.0.
func parseVersion(build string) function.Version {
	var v function.Version
	for i, part := range strings.SplitN(build, ".", 4) {
		if i < len(v) {
			v[i], _ = strconv.Atoi(part)
		}
	}
	return v
}

// PushDown reports whether a rule is used.
func (e *environment) PushDown(r plan.Rule) bool { return !e.disabled.Has(r) }

// IntegersOnly reports whether bins with a numeric index have no floats.
func (e *environment) IntegersOnly() bool { return e.integersOnly }

// forget drops what is known of the indexes of a namespace, after one was created or dropped.
func (e *environment) forget(namespace string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.forgotten++
	delete(e.namespaces, namespace)
}
